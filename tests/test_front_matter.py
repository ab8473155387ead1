"""Front matter as people write it: text stays what it is, and a fault is named with its line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generate.bundles.merged import merge_card
from generate.cards import read_message
from generate.errors import Refusal
from generate.front_matter import split_front_matter
from generate.gallery.pages.articles import read_articles
from generate.settings import read_settings

AS_WRITTEN = [
    *("007", "0123", "12:30", "1.10", "02134", "yes", "No", "on", "null", "~", "1e3", "0x1F"),
    *("2026-05-01", ".5", "1_000", "=", "C#", "true", "1,5", "-0", "+49 30 1", "Nr. 5"),
]


def read(bundle, text):
    (bundle / "postcard.md").write_text(text, encoding="utf-8")
    return merge_card(bundle)


@pytest.mark.parametrize("text", AS_WRITTEN)
def test_text_is_what_was_written(bundle, text):
    card = read(
        bundle,
        f"---\ntitle: {text}\nplace: {text}\nphrase: {text}\nname: {{form: {text!r}}}\n---\n",
    )
    assert (card.title, card.place, card.phrase, card.name["form"]) == (text,) * 4
    card = read(bundle, f"---\ntraits:\n  colour: {text}\nmood:\t{text}   # a note\n---\n")
    assert (card.traits["colour"], card.mood) == (text, text)


@given(
    text=st.text(
        st.characters(min_codepoint=32, max_codepoint=0x2FF, exclude_characters="\x7f"), min_size=1
    )
    .map(str.strip)
    .filter(bool)
)
def test_any_plain_text_is_read_as_written_or_refused(tmp_path_factory, text):
    folder = tmp_path_factory.mktemp("any") / "beast-001"
    folder.mkdir()
    try:
        card = read(folder, f"---\ntitle: {text}\n---\n")
    except Refusal as refusal:
        assert "postcard.md" in str(refusal) and "line" in str(refusal)
        return
    quoted = text[0] in "'\"|>"
    comment = text.startswith("# ") or " # " in text or text.endswith(" #") or text == "#"
    assert quoted or comment or " ".join(card.title.split()) == " ".join(text.split())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("title: Beast #7", "line 2: title: what follows # would be lost; quote the value"),
        ("title: #7", "line 2: title: what follows # would be lost"),
        ("mood: calm\ntitle: a\nmood: dark", "line 4: mood stands here twice"),
        ("name: {form: a, form: b}", "line 2: form stands here twice"),
        ("title: &more rain", "line 2: title: & has a meaning of its own; quote the value"),
        ("title: !important", "line 2: the tag !important is not read; quote the value"),
        ("title: *star*", "at line 2"),
        ("title: [draft]", "title: Input should be a valid string (line 2)"),
        ("mood: calm\nname: Lu", "name: Input should be a valid dictionary (line 3)"),
        ("<<: {title: a}", "line 2: << is not read"),
        ("? [a]\n: b", "line 2: a key must be plain text"),
        ("mine:\n\t- x", "line 3"),
        ("mine:\n\t- x", "use spaces instead of the tab"),
        ("date: yesterday", "date: yesterday is no date; write year-month-day"),
        ("mood: calm\ndate: 05/01/2026", "such as 2026-05-01 (line 3)"),
        ("date: 2026-13-01", "2026-13-01 is no date"),
        ("date: May 2026", "May 2026 is no date"),
        ("hidden: ja", "line 2: hidden is true or false, not ja"),
        ("mood: calm\nkeep: 1", "line 3: keep is true or false, not 1"),
        ("mood: calm\ntitle:Lu", "a space is missing after the colon of 'title:Lu'"),
        ("title:Lu", "line 2: 'title:Lu' is not of the form key: value"),
        ("title = Lu", "line 2: 'title = Lu' is not of the form key: value"),
        ("seed: 7", "seed: a picture is drawn by the jungle's seed; remove this line (line 2)"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(bundle, text, said):
    with pytest.raises(Refusal) as refusal:
        read(bundle, f"---\n{text}\n---\nHi\n")
    assert said in str(refusal.value) and "beast-001/postcard.md" in str(refusal.value)
    # The line is that of the file, also below blank lines.
    with pytest.raises(Refusal) as below:
        read(bundle, f"\n  \n---\n{text}\n---\nHi\n")
    assert "line" not in said or str(below.value) != str(refusal.value)


@pytest.mark.parametrize(
    ("written", "date"),
    [
        ("2026-05-01", "2026-05-01"),
        ("2026-5-1", "2026-05-01"),
        ("2026-05-01 12:30", "2026-05-01"),
        ("2026-05-01T10:00:00Z", "2026-05-01"),
        ("'2024-02-29'", "2024-02-29"),
    ],
)
def test_dates_as_people_write_them(bundle, written, date):
    assert read(bundle, f"---\ndate: {written}\n---\n").date == date


def test_front_matter_below_blank_lines_is_not_the_message(bundle):
    card = read(bundle, "\n\n---\ntitle: Lu\n---\n\nHi")
    assert (card.title, card.message) == ("Lu", "Hi")
    with pytest.raises(Refusal, match=r"postcard\.md: front matter between \+\+\+ is TOML"):
        read(bundle, '\n+++\ntitle = "Lu"\n+++\nHi')
    assert read(bundle, "Hi\n\n---\n\nmore").message == "Hi\n\n---\n\nmore"
    assert read(bundle, "+++ wonderful +++").message == "+++ wonderful +++"


@pytest.mark.parametrize(
    "mark", [":\u00a0", " :\u202f", ":\u3000", ": \u00a0 ", "：", " ： ", ":\ufeff", ":\t"]
)
def test_blanks_and_colons_of_other_keyboards(bundle, mark):
    card = read(bundle, f"---\ntitle{mark}Lu a\u00a0b\nmood{mark}calm\n---\nHi: you")
    assert (card.title, card.mood, card.message) == ("Lu a\u00a0b", "calm", "Hi: you")


@pytest.mark.parametrize(
    ("written", "title"),
    [
        ("Night watch: part two", "Night watch: part two"),
        ("It's 3: 15", "It's 3: 15"),
        ("'It's raining'", "It's raining"),
        ("'It''s raining'", "It's raining"),
        ("'It''s Lu's'", "It's Lu's"),
        ('"She said "hm" again"', 'She said "hm" again'),
        ('"a \\"b\\" c"', 'a "b" c'),
        ("“Night: two”", "“Night: two”"),
        ("ends in a colon:", "ends in a colon:"),
    ],
)
def test_a_title_with_colons_and_quotes_is_what_was_written(bundle, written, title):
    card = read(bundle, f"---\ntitle: {written}\nmood: calm\n---\n")
    assert (card.title, card.mood) == (title, "calm")


@pytest.mark.parametrize("fence", ["—-", "–-", "———", "—", "----", "--", "― ", "−−−"])
def test_a_fence_that_a_word_processor_changed_is_never_printed(bundle, fence):
    with pytest.raises(Refusal) as refusal:
        read(bundle, f"\n{fence}\ntitle: Lu\n{fence}\nHi")
    assert f"postcard.md: line 2 is {fence.strip()}" in str(refusal.value)
    assert "two lines of three hyphens, ---" in str(refusal.value)


@pytest.mark.parametrize("text", ["— Lu", "—\nyours", "--\nLu\n", "----\n\nHi", "a—-b: c"])
def test_dashes_of_a_message_stay(bundle, text):
    assert read(bundle, text).message == text.strip()


def test_front_matter_without_its_fence_is_never_printed(bundle):
    for line in ("title: Lu", "keep: true"):
        with pytest.raises(Refusal, match=r"stands outside front matter; set a line ---"):
            read(bundle, f"{line}\n\nHi")
    for line in ("Title: Lu", "rain: always", "title:", "mood:calm"):
        assert read(bundle, line).message == line


def test_conflict_markers_in_a_message_are_refused(bundle):
    text = "---\n---\n<<<<<<< HEAD\nHi\n=======\nHo\n>>>>>>> other\n"
    with pytest.raises(Refusal, match="conflict markers up to line 7"):
        read(bundle, text)


@pytest.mark.parametrize(
    ("word", "on"), [("yes", True), ("No", False), ("off", False), ("true", True), ("False", False)]
)
def test_flags_may_be_words(bundle, word, on):
    assert read(bundle, f"---\nhidden: {word}\nkeep: {word}\n---\n").hidden is on
    assert read_message(bundle)[0]["keep"] is on


def test_keys_for_templates_follow_yaml_1_2(bundle):
    text = "mine: [1, 0o17, 0x1f, 1.5, -.inf, true, no, ~, 12:30, '7', 2026-05-01]"
    extra = read(bundle, f"---\n{text}\n---\n").extra
    assert extra == {
        "mine": [1, 15, 31, 1.5, float("-inf"), True, "no", None, "12:30", "7", "2026-05-01"]
    }


def test_pages_are_read_by_the_same_rules(tmp_path):
    pages = tmp_path / "content/pages"
    pages.mkdir(parents=True)
    (tmp_path / "content/jungle.toml").write_text("count = 1\n")
    (pages / "no.md").write_text("---\ntitle: No\norder: 2\n---\nHi")
    (pages / "seven.md").write_text("\n---\ntitle: 007\norder: 1.5\n---\nHi")
    (pages / "not.md").write_text("---\nhidden: yes\n---\nHi")
    assert [article.title for article in read_articles(read_settings(tmp_path))] == ["007", "No"]
    (pages / "no.md").write_text("---\ntitle: No\ntitle: Yes\n---\nHi")
    with pytest.raises(Refusal, match=r"no\.md: front matter at line 3: title stands here twice"):
        read_articles(read_settings(tmp_path))
    assert split_front_matter(pages / "seven.md")[0]["title"] == 7


@pytest.mark.parametrize(
    "title",
    [
        *("@home", "`A` walk", "%A", "- so on", "? who", '"Owls" and more', "[Night] walk"),
        *("{A} walk", "'tis late"),
    ],
)
def test_signs_that_begin_a_text_are_of_it(bundle, title):
    assert read(bundle, f"---\ntitle: {title}\n---\nHi").title == title


def test_dots_end_front_matter_and_what_cannot_be_seen_is_passed(bundle):
    card = read(bundle, "---\n\u200btitle: A\nplace: B\n...\nHi")
    assert (card.title, card.place) == ("A", "B")
    assert read(bundle, '---\ntitle: "A" # a note\n---\n').title == "A"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("<!-- mine -->\n---\ntitle: A\n---\nHi", "below something else"),
        ("```yaml\n---\ntitle: A\n---\n```\nHi", "below something else"),
        ("# Hello\n\n---\ntitle: A\nplace: B\n---\nHi", "below something else"),
        ('{"title": "A"}\n\nHi', "in JSON is not read"),
    ],
)
def test_front_matter_that_would_be_printed_is_refused(bundle, text, told):
    with pytest.raises(Refusal, match=told) as refusal:
        read(bundle, text)
    assert "postcard.md" in str(refusal.value) and "\n" not in str(refusal.value)


@pytest.mark.parametrize("text", ["Hi\n\n---\n\nNote: bye\n\n---\n\nBye", "Hi\n---\nHo: x\n---\n"])
def test_lines_across_a_message_are_no_front_matter(bundle, text):
    assert split_front_matter_of(bundle, text) == ({}, text.strip())


def split_front_matter_of(bundle, text):
    """Front matter and body of a message."""
    (bundle / "postcard.md").write_text(text, encoding="utf-8")
    return read_message(bundle)

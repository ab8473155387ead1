"""The embedded writer: fifty cards, none alike, each about its own picture."""

import re
from collections import Counter

import pytest

from generate.errors import Refusal
from generate.evaluation.texts import measure_texts
from generate.phrases.language.clashes import is_clean
from generate.phrases.language.language import Language, make_language
from generate.phrases.language.message import check_message, read_message
from generate.phrases.language.phonology import MOODS
from generate.phrases.stage import write_phrases
from generate.phrases.writing import choosing, offline
from generate.phrases.writing.lines import read_lines
from generate.phrases.writing.naming import list_places
from generate.phrases.writing.offline import Brief, Written
from generate.phrases.writing.subject import read_subject
from generate.settings import Settings
from tests.phrases.writing.briefs import make_briefs

# Beasts that captions may name; no card may name one that its caption does not.
BEASTS = set(
    "snake serpent bird octopus quadruped moth butterfly fish turtle tortoise bat frog toad crab "
    "snail beetle elephant lizard crocodile caterpillar spider cat dog owl parrot monkey tiger "
    "lion bear horse wolf fox worm goat sheep cow pig duck hen goose mouse rat bee ant fly".split()
)


@pytest.fixture(scope="module")
def language() -> Language:
    return make_language(7, "Mossish", "soft")


@pytest.fixture(scope="module")
def fifty(language: Language) -> list[Written]:
    return write_phrases(Settings(), language, make_briefs(50))


def test_fifty_phrases_parse_back_and_none_is_twice(
    language: Language, fifty: list[Written]
) -> None:
    assert len({w.phrase.text for w in fifty}) == 50
    assert len({w.phrase.translation for w in fifty}) == 50
    for written in fifty:
        parsed = language.parse(written.phrase.text)
        assert parsed == written.phrase
        assert 3 <= len(written.phrase.words) <= 9


@pytest.mark.parametrize("mood", MOODS)
def test_variety_in_every_mood(mood: str) -> None:
    language = make_language(11, "Mossish", mood)
    phrases = [w.phrase for w in write_phrases(Settings(), language, make_briefs(50, 11))]
    figures = measure_texts(
        language,
        [p.text for p in phrases],
        [p.gloss for p in phrases],
        [p.translation for p in phrases],
    )
    assert figures.parse_back == 1
    assert figures.repeated == 0
    assert figures.distinct_2 >= 0.7
    assert figures.self_bleu_2 <= 0.35
    assert figures.chrf_english < 20


def test_no_line_is_felt_more_than_three_times(language: Language) -> None:
    memory = choosing.Memory()
    for brief in make_briefs(50):
        offline.write_offline(language, brief, memory)
    assert max(memory.lines.values()) <= 3


def test_titles_names_and_backs_are_unlike(fifty: list[Written]) -> None:
    assert len({w.title for w in fifty}) == 50
    assert len({w.name["form"] for w in fifty}) == 50
    assert len({w.message for w in fifty}) == 50
    first = Counter(re.split(r"(?<=[.!?]) ", w.message)[0] for w in fifty)
    assert max(first.values()) <= 3


def test_names_are_parsed_and_mean_what_they_say(language: Language, fifty: list[Written]) -> None:
    for written in fifty:
        form, meaning = written.name["form"], written.name["meaning"]
        readings = language.reader.read_word(form.lower())
        assert len(readings) == 1
        for part in readings[0].parts[:-1]:
            assert language.concepts[part].english.replace(" ", "-") in meaning
        assert written.title.startswith(form)
        assert written.place.split(" (")[0].lower() != form.lower()


def test_every_form_is_clean(fifty: list[Written]) -> None:
    for written in fifty:
        words = [*written.phrase.text.split(), written.name["form"], written.place.split()[0]]
        assert all(is_clean(word.lower()) for word in words)


def test_no_animal_is_claimed_that_the_caption_does_not_name(fifty: list[Written]) -> None:
    for brief, written in zip(make_briefs(50), fifty, strict=True):
        text = f"{written.title} {written.message} {written.phrase.translation} {written.place}"
        claimed = BEASTS & set(re.findall(r"\w+", text.lower()))
        assert claimed <= set(re.findall(r"[a-z]+", brief.caption.lower())), (claimed, text)


def test_cards_speak_of_their_pictures(fifty: list[Written]) -> None:
    """Openers or titles keyed to the picture: read back which lines were used."""
    keyed = 0
    for brief, written in zip(make_briefs(50), fifty, strict=True):
        subject = read_subject(brief.caption, brief.traits, brief.hour, brief.seed)
        for line in offline.OPENERS + offline.MIDDLES + offline.EPITHETS:
            start = line.text.split("{")[0]
            if len(start) > 12 and (start in written.message or written.title.endswith(line.text)):
                concepts = set(re.findall(r"[a-z]+", written.phrase.gloss))
                held = {*subject.holds, *concepts, *offline_concepts(written)}
                assert line.fits(held), (line, written, sorted(held))
                keyed += line.asks != ("any",)
    assert keyed >= 100


def offline_concepts(written: Written) -> set[str]:
    return {word for w in written.phrase.words for word in w.meaning.split()} | {
        w.meaning.split()[-1].rstrip("s") for w in written.phrase.words
    }


def test_hours_do_not_contradict_the_picture(language: Language, fifty: list[Written]) -> None:
    wrong = {"day": ("at night", "at dawn", "at dusk"), "night": ("at noon", "at dawn")}
    for brief, written in zip(make_briefs(50), fifty, strict=True):
        for words in wrong.get(brief.hour, ()):
            assert words not in written.phrase.translation


def test_a_card_depends_on_those_before_it_only(language: Language, fifty: list[Written]) -> None:
    assert write_phrases(Settings(), language, make_briefs(8)) == fifty[:8]
    changed = make_briefs(8)
    changed[7] = Brief(8, "beast-008", 1, "A white bird at night.", {}, "night")
    assert write_phrases(Settings(), language, changed)[:7] == fifty[:7]


def test_two_hundred_cards(language: Language) -> None:
    many = write_phrases(Settings(), language, make_briefs(200))
    assert len({w.phrase.text for w in many}) == 200
    assert len({w.title for w in many}) == 200


FEW = """
any | statement | s={sky} v=borrow.PST o=my_{thing}
any | wistful | s=my_{kin} v=sleep like=stone
any | alarm | v=give.IMP.NEG o={food} to={sky}
any | statement | s=every_{plant} v=have o=one_secret
"""


def test_lines_are_joined_when_alone_they_have_no_more_to_say(
    language: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choosing, "MESSAGES", read_lines(FEW))
    briefs = [Brief(number, "beast", number, "", {}, "day") for number in range(1, 301)]
    phrases = [written.phrase for written in write_phrases(Settings(), language, briefs)]
    assert len({phrase.text for phrase in phrases}) == 300
    assert all(language.parse(phrase.text) == phrase for phrase in phrases)
    joined = [phrase for phrase in phrases if " and " in phrase.translation]
    # One line alone has 7 × 12, 8, 8 × 7 and 8 phrases to offer; the sun's and others' may clash.
    assert 140 < len(joined) < 300 and joined[0] not in phrases[:60]
    assert all(3 <= len(phrase.words) <= 9 for phrase in phrases)
    assert not [phrase for phrase in joined if "Do not" in phrase.translation]


def test_a_language_with_no_more_to_say_is_refused(
    language: Language, monkeypatch: pytest.MonkeyPatch
) -> None:
    only = "any | wistful | s=my_{kin} v=sleep like=stone"
    monkeypatch.setattr(choosing, "MESSAGES", read_lines(only))
    briefs = [Brief(number, "beast", number, "", {}, "day") for number in range(1, 12)]
    with pytest.raises(Refusal, match="Mossish has no new phrase of 3 to 9 words for card 9; ask"):
        write_phrases(Settings(), language, briefs)


@pytest.mark.parametrize(
    ("caption", "traits", "hour"),
    [
        ("", {}, "day"),
        ("", {}, "no such hour"),
        ("Something blue, soft and round, on dark ground.", {"colour": "blue"}, "night"),
        ("<script>alert(1)</script> {hour} {0} %s", {"plan": "<b>"}, "dusk"),
        ("Ünïcödé 月 picture", {"colour": ""}, "dawn"),
    ],
)
def test_poor_captions_still_get_a_card(
    language: Language, caption: str, traits: dict[str, str], hour: str
) -> None:
    written = write_phrases(Settings(), language, [Brief(1, "mine", 3, caption, traits, hour)])[0]
    assert language.parse(written.phrase.text) == written.phrase
    assert "<" not in written.message + written.title
    assert written.mood in ("statement", "joyful", "wistful", "alarm", "question")


def test_all_messages_can_be_said(language: Language) -> None:
    """Each message is sound, whatever fills its gaps first."""
    picture = read_subject(
        "A calm teal striped bird with horns by the river at dusk, in mist.", {}, "dusk", 1
    )
    fills = {gap: table[0] for gap, table in choosing.TABLES.items()} | dict(picture.gaps)
    for line in choosing.MESSAGES:
        message = read_message(line.text.format(**fills))
        check_message(message)
        assert language.realise(message).translation[-1] in ".?"
        assert line.mood in ("statement", "joyful", "wistful", "alarm", "question")


def test_tables_are_large_and_without_repeats() -> None:
    for lines, least in (
        (choosing.MESSAGES, 100),
        (offline.OPENERS, 50),
        (offline.MIDDLES, 60),
        (offline.CLOSERS, 50),
        (offline.EPITHETS, 60),
    ):
        texts = [line.text for line in lines]
        assert len(texts) >= least
        assert len(set(texts)) == len(texts)


def test_places_are_different_and_shared(language: Language, fifty: list[Written]) -> None:
    places = [name.form for group in list_places(language).values() for name, _ in group]
    assert len(set(places)) == len(places) >= 40
    assert {w.place.split()[0] for w in fifty} <= set(places)
    assert len({w.place for w in fifty}) < 50

"""content/language.toml: written, edited, kept, refused entry by entry."""

import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from generate.errors import Refusal
from generate.phrases.language.concepts import make_noun
from generate.phrases.language.file import (
    enter_coined,
    is_untouched,
    make_or_read_language,
    write_language,
)
from generate.phrases.language.language import Language, make_language
from generate.phrases.language.message import read_message
from generate.phrases.language.validation import read_language
from generate.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


def other(settings: Settings, **changes: object) -> Settings:
    return Settings.model_validate({"home": settings.home, **changes})


def read(settings: Settings) -> str:
    return (settings.content / "language.toml").read_text(encoding="utf-8")


def edit(settings: Settings, old: str, new: str) -> None:
    text = read(settings)
    assert old in text
    (settings.content / "language.toml").write_text(text.replace(old, new, 1), encoding="utf-8")


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    for mood in ("soft", "bright", "dark"):
        language = make_language(3, "O'Fern \\ish", mood)
        path = tmp_path / "language.toml"
        write_language(language, path)
        assert read_language(path) == language
        assert read_language(path).digest == language.digest
        assert is_untouched(path.read_text(encoding="utf-8"))
        assert len(tomllib.loads(path.read_text(encoding="utf-8"))["nouns"]) > 100


def test_made_once_then_read(settings: Settings) -> None:
    first = make_or_read_language(settings)
    before = (settings.content / "language.toml").stat().st_mtime_ns
    assert make_or_read_language(settings) == first
    assert (settings.content / "language.toml").stat().st_mtime_ns == before


@pytest.mark.parametrize(
    "change", [{"seed": 8}, {"language": "Fernish"}, {"phrases": {"mood": "dark"}}]
)
def test_untouched_file_follows_the_settings(settings: Settings, change: dict) -> None:
    first = make_or_read_language(settings)
    second = make_or_read_language(other(settings, **change))
    assert second.digest != first.digest
    assert is_untouched(read(settings))


def test_edited_file_is_kept_and_says_so(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    first = make_or_read_language(settings)
    edit(settings, "# sky", "# the heavens")
    changed = other(settings, seed=8)
    assert make_or_read_language(changed) == first
    said = capsys.readouterr().out
    assert "edited by hand and is kept" in said
    assert said.count("\n") == 1
    assert "the heavens" in read(settings)
    assert make_or_read_language(changed, force=True) == make_language(8, "Mossish", "soft")
    assert "the heavens" not in read(settings)


def test_a_changed_word_is_used_everywhere(settings: Settings) -> None:
    language = make_or_read_language(settings)
    edit(settings, f'moon = "{language.roots["moon"]}"', 'moon = "zhazhiqo"')
    after = make_or_read_language(settings)
    assert after.digest != language.digest
    phrase = after.realise(read_message("s=moon+ v=see o=moon"))
    assert "zhazhaqo" not in phrase.text
    assert phrase.text.split()[0].endswith("zhazhiqo") or "zhazhiqo" in phrase.text
    assert after.parse(phrase.text) == phrase


def test_an_added_noun_can_be_said(settings: Settings) -> None:
    make_or_read_language(settings)
    edit(settings, "[nouns]\n", '[nouns]\nteapot = "zhaqitu"\n')
    language = make_or_read_language(settings)
    phrase = language.realise(read_message("s=teapot+ v=sleep"))
    assert phrase.translation == "The teapots sleep."
    assert language.parse(phrase.text) == phrase


CASES = {
    "nouns.moon: must be text": ("moon = {moon}", "moon = 3"),
    "only these sounds": ("moon = {moon}", 'moon = "Čaj"'),
    "only these sounds can": ("moon = {moon}", 'moon = ""'),
    "cannot be told from": ("moon = {moon}", "moon = {sun}"),
    "moon: is missing": ("moon = {moon}\n", ""),
    "unknown entry; did you mean nouns": ("[nouns]", "[nuons]"),
    "not valid TOML": ("[nouns]", "[nouns"),
    "nested too deeply": ("[nouns]", "[nouns]\nx = " + "[" * 9999),
    "derived.island: must be two": ("stone + water", "stone + wter"),
    "grammar.order: must be one of": ('order = "', 'order = "Q'),
    "affixes.ACC": ("ACC = {ACC}", "ACC = {LOC}"),
    "affixes.ACC: is missing": ("ACC = ", "# ACC = "),
    "sounds.vowels": ("vowels = [", 'vowels = ["k", '),
    "hat is a noun": ("[adverbs]\n", '[adverbs]\nhat = "zhaqitu"\n'),
    "seed: must be a whole number": ("seed = 7", 'seed = "7"'),
}


@pytest.mark.parametrize("why", CASES)
def test_a_bad_entry_is_named(settings: Settings, why: str) -> None:
    language = make_or_read_language(settings)
    words = {**language.roots, **language.grammar.affixes}
    old, new = (
        text.format(**{k: f'"{v}"' for k, v in words.items()}) if "{" in text else text
        for text in CASES[why]
    )
    edit(settings, old, new)
    before = read(settings)
    with pytest.raises(Refusal, match=why.replace(".", r"\.")) as caught:
        make_or_read_language(settings)
    assert "language.toml" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert read(settings) == before


def test_not_utf8_is_refused(settings: Settings) -> None:
    settings.content.mkdir()
    (settings.content / "language.toml").write_bytes(b"\xff\xfe name")
    with pytest.raises(Refusal, match="UTF-8"):
        make_or_read_language(settings)


def coin(settings: Settings) -> tuple[Language, Language]:
    """The language of the file, and the same with a teapot."""
    language = make_or_read_language(settings)
    return language, replace(
        language,
        roots={**language.roots, "teapot": "zhaqitu"},
        added={**language.added, "teapot": make_noun("teapot")},
        coined={**language.coined, "teapot": "zhaqitu"},
    )


def test_coined_words_do_not_change_the_digest(settings: Settings) -> None:
    language, richer = coin(settings)
    enter_coined(richer, settings.content / "language.toml")
    assert is_untouched(read(settings))
    again = make_or_read_language(settings)
    assert again.coined == {"teapot": "zhaqitu"}
    assert again.digest == language.digest
    assert again.analyse("zhaqitu").gloss == "teapot"


def test_coined_words_leave_a_persons_edits_alone(settings: Settings) -> None:
    _, richer = coin(settings)
    edit(settings, "# sky", "# the heavens")
    enter_coined(richer, settings.content / "language.toml")
    assert "# the heavens" in read(settings)
    assert not is_untouched(read(settings))
    assert make_or_read_language(settings).coined == {"teapot": "zhaqitu"}


@pytest.mark.parametrize("head", ["[coined]  # what the model brought", "[ coined ]", '["coined"]'])
@pytest.mark.parametrize("own", ["", 'spoon = ["zhuqita", "noun"]\n'])
def test_coined_words_join_a_persons_own_table(settings: Settings, head: str, own: str) -> None:
    make_or_read_language(settings)
    path = settings.content / "language.toml"
    path.write_text(read(settings) + f"\n{head}\n{own}\n# the end", encoding="utf-8")
    _, richer = coin(settings)
    enter_coined(richer, path)
    enter_coined(richer, path)
    after = make_or_read_language(settings)
    assert after.coined == richer.coined and ("spoon" in after.coined) == bool(own)
    text = read(settings)
    assert head in text and text.endswith("# the end") and text.count("zhaqitu") == 1


SPOON, TEAPOT = 'spoon = ["zhuqita", "noun"]', 'teapot = ["zhaqitu", "noun"]'
# Where a person's file has its coined words, what stands there, and what is to stand there then.
PLACES = {
    "nowhere": ("", "", ""),
    "at the end, without a line feed": ("", "[coined]", f"[coined]\n{TEAPOT}\n"),
    "above a remark about the next table": (
        "[derived]",
        f"[coined]\n{SPOON}  # dear\n\n# about it\n[derived]",
        f"[coined]\n{SPOON}  # dear\n{TEAPOT}\n\n# about it\n[derived]",
    ),
    "in one line": (
        "revision",
        f"coined = {{{SPOON}}}  # mine\nrevision",
        f"coined = {{{SPOON},{TEAPOT}}}  # mine\nrevision",
    ),
}


@pytest.mark.parametrize("place", PLACES)
def test_coined_words_leave_every_other_line_as_it_was(settings: Settings, place: str) -> None:
    _, richer = coin(settings)
    path = settings.content / "language.toml"
    edit(settings, "# sky", "# the heavens")
    text = read(settings)
    at, before, after = PLACES[place]
    path.write_text(text.replace(at, before, 1) if at else text + before, encoding="utf-8")
    enter_coined(richer, path)
    expected = text.replace(at, after, 1) if at else text + after
    assert read(settings) == (expected if after else f"{text}\n[coined]\n{TEAPOT}\n")
    assert make_or_read_language(settings).coined["teapot"] == "zhaqitu"

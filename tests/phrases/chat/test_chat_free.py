"""The free mode: a model continues a list; its words are checked and enter the lexicon."""

import json
import random
from dataclasses import replace

import pytest

from generate.phrases.chat.credentials import KEY
from generate.phrases.chat.free import Free, bend, take_word
from generate.phrases.language.clashes import is_clean
from generate.phrases.language.concepts import make_noun
from generate.phrases.language.file import read_language, write_language
from generate.phrases.language.language import make_language
from generate.phrases.language.lexicon import enter_all
from generate.phrases.language.message import Mistake, read_message
from generate.phrases.language.phonology import is_legal
from generate.phrases.stage import write_phrases
from generate.phrases.writing.offline import Brief
from tests.phrases.chat.chat_server import complete, note, numbers, serve

LANGUAGE = make_language(7, "Mossish", "soft")
BRIEFS = [Brief(n, f"beast-{n:03d}", n * 131, f"a blue frog {n}", {}, "night") for n in range(1, 5)]


def find_new_word() -> str:
    copied = [n for n, c in LANGUAGE.concepts.items() if c.word_class in ("noun", "verb")]
    coiner, _ = enter_all(LANGUAGE.sounds, LANGUAGE.grammar, LANGUAGE.roots, copied)
    return coiner.coin(random.Random(3), make_noun("lantern"), 1.0, False)


NEW = find_new_word()


def line(number: int, index: int | None = None) -> str:
    phrase = LANGUAGE.realise(read_message(note(number if index is None else index)))
    return f"{number}. {phrase.text} = {phrase.gloss} = {phrase.translation}"


def continue_list(request):
    return complete("\n".join(line(number) for number in numbers(request)))


@pytest.fixture
def settings(write_settings, monkeypatch):
    monkeypatch.delenv(KEY, raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return write_settings("")


def run(settings, *answers, briefs=BRIEFS, language=LANGUAGE):
    asked = {"writer": "openai", "mode": "free", "timeout": 5.0, "retries": 0}
    with serve(*answers) as server:
        phrases = settings.phrases.model_copy(update={**asked, "base_url": server.url})
        settings = settings.model_copy(update={"phrases": phrases})
        return write_phrases(settings, language, briefs), server.requests


def test_phrases_of_the_language_are_taken_as_they_are(settings, capfd):
    many = [replace(BRIEFS[0], slug=f"b{n}", seed=n) for n in range(20)]
    index = iter(range(20))
    written, requests = run(
        settings,
        lambda request: complete("\n".join(line(n, next(index)) for n in numbers(request))),
        briefs=many,
    )
    assert "warning" not in capfd.readouterr().err
    assert [len(numbers(request)) for request in requests] == [16, 4]
    assert (requests[0]["temperature"], requests[0]["top_p"]) == (0.7, 1.0)
    assert "response_format" not in requests[0]
    assert all(LANGUAGE.parse(words.phrase.text) == words.phrase for words in written)
    assert not (settings.content / "language.toml").exists()


def test_a_new_word_enters_the_lexicon(settings, capfd):
    moon, sleeps = LANGUAGE.spell("moon"), LANGUAGE.spell("sleep")
    new = NEW
    assert not LANGUAGE.reader.read_word(new)
    lines = [
        f"1. {moon} {new} {sleeps} = moon lantern sleep = The moon's lantern sleeps!",
        f"2) {new.title()}, {sleeps} {moon}. = lantern sleep moon = A lantern sleeps.",
        *(line(3), line(4)),
    ]
    path = settings.content / "language.toml"
    write_language(LANGUAGE, path)
    written, _ = run(settings, complete("\n".join(lines)))
    assert "warning" not in capfd.readouterr().err
    language = read_language(path)
    assert language.coined == {"lantern": new} and language.digest == LANGUAGE.digest
    first = written[0]
    assert first.phrase.text == f"{moon} {new} {sleeps}"
    assert [word.gloss for word in first.phrase.words] == ["moon", "lantern", "sleep"]
    assert first.phrase.translation == "The moon's lantern sleeps!" and first.mood == "joyful"
    assert language.analyse(first.phrase.text).gloss == first.phrase.gloss
    assert written[1].phrase.text == f"{new} {sleeps} {moon}"
    again, _ = run(settings, complete("\n".join(lines)), language=language)
    assert again == written and read_language(path).coined == language.coined


def test_a_rebuild_asks_the_same_question(settings):
    grown = take_word(LANGUAGE, NEW, "lantern")[1]
    assert Free(grown, set()).ask(BRIEFS) == Free(LANGUAGE, set()).ask(BRIEFS)


def test_a_person_s_file_gains_lines_only(settings):
    path = settings.content / "language.toml"
    write_language(LANGUAGE, path)
    text = path.read_text(encoding="utf-8") + "\n# my own remark\n"
    path.write_text(text, encoding="utf-8")
    lines = [line(1), line(2), line(3), f"4. {NEW} vuu shanana = lantern x_y comb = Hm."]
    run(settings, complete("\n".join(lines)))
    grown = path.read_text(encoding="utf-8")
    assert set(text.splitlines()) <= set(grown.splitlines())
    assert {"lantern", "comb"} <= read_language(path).coined.keys()


def test_bad_lines_are_asked_for_once_more(settings, capfd):
    lines = [line(1), "2. moss", f"3. {LANGUAGE.spell('moon')} = moon = Moon.", line(4)]
    written, requests = run(settings, complete("\n".join(lines)), continue_list)
    assert numbers(requests[1]) == [2, 3]
    assert "warning" not in capfd.readouterr().err
    lines[1] = line(2, 1)  # what the first says
    written, requests = run(settings, complete("\n".join(lines)))
    err = capfd.readouterr().err
    assert err.count("warning") == 1 and "2 of 4" in err
    assert len({words.phrase.text for words in written}) == 4


@pytest.mark.parametrize("told", ["river", "PL~river-LOC", "River"])
def test_a_meaning_that_has_a_word_keeps_it(told):
    form, language = take_word(LANGUAGE, "shshsh", told)
    assert form == LANGUAGE.spell("river")
    assert language is LANGUAGE


@pytest.mark.parametrize("token", ["lantern", "xyzzy", "brrrt", "Ünglök", "moon", "月"])
def test_a_word_that_cannot_be_is_mended(token):
    form, language = take_word(LANGUAGE, token, "spoon")
    assert is_legal(form, LANGUAGE.sounds) and is_clean(form)
    (reading,) = language.reader.read_word(form)
    assert reading.concept == "spoon"
    assert take_word(LANGUAGE, token, "spoon")[0] == form
    for name in LANGUAGE.roots:
        if name != "Q":
            assert len(language.reader.read_word(language.spell(name))) == 1


@pytest.mark.parametrize(
    ("token", "told"), [("shshsh", "?"), ("123", "spoon"), ("shshsh", "1SG.POSS")]
)
def test_a_word_without_a_meaning_is_refused(token, told):
    with pytest.raises(Mistake):
        take_word(LANGUAGE, token, told)


def test_strange_sounds_become_the_nearest():
    sounds = LANGUAGE.sounds
    assert bend("mana", replace(sounds, consonants=("m", "n"), vowels=("a",))) == "mana"
    assert bend("fig", replace(sounds, consonants=("v", "k"), vowels=("u", "e"))) == "vek"


def test_tags_do_not_reach_the_translation(settings):
    moon = LANGUAGE.spell("moon")
    text = f"1. {moon} {moon} {moon} = moon moon moon = <script>alert(1)</script>Moons <b>all</b>."
    written, _ = run(settings, complete(text), briefs=BRIEFS[:1])
    assert written[0].phrase.translation == "Moons all."
    assert "script" not in json.dumps([vars(word) for word in written[0].phrase.words])

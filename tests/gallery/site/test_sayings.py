"""The table of names and phrases for summoned beasts: right in the language, none of them twice."""

import json

import pytest

from generate.gallery.summon.sayings import HOURS, PHRASES, write_sayings
from generate.phrases.language.language import make_language
from generate.pictures import STARTER
from generate.pictures.model_folder import read_vocabulary_of


@pytest.mark.parametrize("mood", ["soft", "bright", "dark"])
def test_names_and_phrases_are_read_back(mood):
    language = make_language(7, "Mossish", mood)
    vocabulary = read_vocabulary_of(STARTER)
    data = write_sayings(language, vocabulary.tokens, vocabulary.groups)
    table = json.loads(data)
    assert data == write_sayings(language, vocabulary.tokens, vocabulary.groups)
    assert len(data) < 60_000
    pairs = [name for names in table["pairs"].values() for name in names.values()]
    forms = [form for form, _ in [*pairs, *table["names"]]]
    assert len(pairs) > 100 and len(forms) == len(set(forms))
    for form, meaning in pairs[::7]:
        assert len(language.reader.read_word(form.lower())) == 1
        assert meaning.endswith("-one")
    form, meaning = table["pairs"]["stripes"].get("night") or table["pairs"]["stripes"]["mist"]
    assert meaning in ("night-striped-one", "mist-striped-one")
    for hour in HOURS:
        assert len(table["phrases"][hour]) == PHRASES
        for words, translation in table["phrases"][hour]:
            assert translation and all(form and gloss for form, gloss in words)


def test_words_of_which_the_language_knows_nothing_leave_the_other_names():
    language = make_language(7, "Mossish", "soft")
    table = json.loads(write_sayings(language, ["persian", "beagle"], ["class", "class"]))
    assert table["pairs"] == {} and len(table["names"]) == 64

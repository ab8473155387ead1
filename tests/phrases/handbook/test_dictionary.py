"""The dictionary against the lexicon, and names fitted to a language."""

import json
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from types import SimpleNamespace

import pytest

from generate.phrases.handbook.dictionary import build_dictionary
from generate.phrases.language.language import make_language
from generate.phrases.language.message import read_message
from generate.phrases.language.phonemes import is_spelt, segment
from generate.phrases.language.transliteration import name_table, transliterate

NOTES = (
    "s=I v=eat.PST o=my_blue_hat at=river",
    "s=moon v=sing.NEG",
    "s=you v=sleep.Q",
    "v=dance.IMP",
    "s=small_beast v=see.ITER o=leaf+",
    "s=friend p=happy!",
)


def make_cards(language):
    cards = []
    for number, note in enumerate(NOTES, start=1):
        phrase = language.realise(read_message(note))
        name = language.name_from("moss", "NMLZ")
        cards.append(
            SimpleNamespace(
                slug=f"beast-{number:03d}",
                phrase=phrase.text,
                translation=phrase.translation,
                words=phrase.words,
                name={"form": name.form} if number == 3 and name else {},
            )
        )
    return cards


LANGUAGES = [make_language(s, "Mossish", m) for s, m in ((7, "soft"), (8, "bright"), (9, "dark"))]


@pytest.fixture(params=LANGUAGES, ids=lambda language: language.mood)
def language(request):
    return request.param


@pytest.fixture
def book(language):
    return build_dictionary(language, make_cards(language))


def test_every_word_is_there_once(language, book):
    concepts = [word.concept for word in book.words]
    assert sorted(concepts) == sorted([*language.concepts, "Q"])
    for word in book.words:
        if word.concept != "Q":
            assert word.form == language.spell(word.concept)
        assert word.form == ("".join(form for form, _ in word.parts) or word.form)
    assert sum(bool(word.parts) for word in book.words) == len(language.derived)


def test_words_name_the_cards_that_use_them(book):
    found = {word.concept: word for word in book.words}
    assert found["moon"].cards == ["beast-002"]
    assert found["hat"].cards == found["blue"].cards == found["eat"].cards == ["beast-001"]
    assert found["sleep"].cards == found["Q"].cards == ["beast-003"]
    assert "beast-003" in found["moss"].cards  # by the beast's name
    assert found["beast"].cards == ["beast-005"]
    assert found["supper"].cards == []
    assert (found["leaf"].uses, found["supper"].uses) == (1, 0)


def test_affixes_have_examples_from_the_cards(language, book):
    found = {affix.label: affix for affix in book.affixes}
    assert set(found) == set(language.grammar.affixes)
    assert found["LOC"].example.slug == "beast-001"
    assert "LOC" in found["LOC"].example.gloss
    for label, affix in found.items():
        side = affix.form.endswith("-")
        assert side == (label in language.grammar.prefixes)
        assert affix.form.strip("-") == language.grammar.affixes[label]
    assert found["ABL"].example is None


def test_letters_cover_all_words(book):
    symbols = {letter.symbol for letter in book.letters}
    forms = [word.form for word in book.words] + [a.form.strip("-") for a in book.affixes]
    assert {p.symbol for form in forms for p in segment(form)} <= symbols
    for letter in book.letters:
        if letter.example:
            assert letter.symbol in [p.symbol for p in segment(letter.example)]
        assert letter.sound
        assert letter.feature


def test_words_stand_in_the_order_of_the_alphabet(book):
    order = [letter.symbol for letter in book.letters]
    keys = [[order.index(p.symbol) for p in segment(word.form)] for word in book.words]
    assert keys == sorted(keys)


def test_facts_are_shown_by_cards_that_show_them(language, book):
    facts = {fact.title: fact for fact in book.facts}
    order = {"S": "acts", "O": "acted upon", "V": "the act"}
    text = facts["Order of words"].text
    places = [text.index(order[letter] + ("," if i < 2 else ".")) for i, letter in
              enumerate(language.grammar.order)]  # fmt: skip
    assert places == sorted(places)
    assert facts["Asking"].example.gloss.split()[-1 if language.grammar.question == "after"
                                                else 0] == "Q"  # fmt: skip
    assert "PL~" in facts["Many"].example.gloss
    assert "ITER~" in facts["Again and again"].example.gloss
    assert "INT~" in facts["Very"].example.gloss
    assert "NEG" in facts["Saying no"].example.gloss


def test_it_is_json_and_does_without_cards(language, book):
    assert len(json.loads(json.dumps(asdict(book)))["words"]) == len(book.words)
    empty = build_dictionary(language, [])
    assert all(not word.cards for word in empty.words)
    assert all(fact.example is None for fact in empty.facts)


def test_a_persons_own_phrase_does_no_harm(language):
    card = SimpleNamespace(
        slug="mine",
        phrase="<b>zzz</b> 漢字 ?",
        translation="",
        words=language.analyse("<b>zzz</b> 漢字 ?").words,
        name={"form": "Bob the 3rd"},
    )
    assert not any(word.cards for word in build_dictionary(language, [card]).words)


def test_names_become_letters_of_the_language(language):
    own = {*language.sounds.vowels, *language.sounds.consonants}
    for name in ("Christopher", "Zoë", "Jean-Luc", "Søren", "Þóra", "Nguyễn", "Żółć", "Jacques"):
        fitted = transliterate(language, name)
        assert fitted[0].isupper()
        assert is_spelt(fitted)
        assert {p.symbol if p.symbol in own else p.symbol[0] for p in segment(fitted)} <= own | {
            letter for symbol in own for letter in symbol
        }
    assert len(transliterate(language, "Mary Poppins").split()) == 2
    assert transliterate(language, "李 42 !") == ""
    assert set("".join(name_table(language).values())) <= set("".join(own))


def test_a_name_of_own_letters_is_kept():
    language = next(one for one in LANGUAGES if one.mood == "soft")
    for symbol in language.sounds.consonants:
        if symbol not in ("sh", "zh", "kh"):
            assert transliterate(language, f"{symbol}a") == f"{symbol}a".capitalize()


def test_the_alphabet_does_not_hang_on_hashes():
    code = (
        "from generate.phrases.handbook.dictionary import build_dictionary\n"
        "from generate.phrases.language.language import make_language\n"
        "book = build_dictionary(make_language(7, 'Mossish', 'soft'), [])\n"
        "print([letter.symbol for letter in book.letters], [word.form for word in book.words])"
    )
    root = Path(__file__).parents[3]
    told = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=root,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(root)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(told) == 1

"""The language: one reading for every word, every phrase back to its own gloss and English."""

import itertools
from itertools import pairwise

import pytest

from generate.phrases.language.clashes import is_clean, is_english, is_rude
from generate.phrases.language.concepts import CONCEPTS, DERIVED
from generate.phrases.language.grammar import COPIES, LABELS
from generate.phrases.language.language import Language, make_language
from generate.phrases.language.message import Mistake, read_message
from generate.phrases.language.phonology import MOODS, is_legal, reduplicate

NOTES = """
s=I v=forget.PST o=my_blue!_hat at=two_moon's_leaf ; but s=river v=forget.NEG o=I
x=oh s=moon p=red!.PST.NEG ; and s=I p=your_leaf.dim
s=who v=eat.PST o=my_breakfast
s=you v=eat.PST o=what at=dawn
a=why s=moon v=sleep.ITER
a=where s=rain v=go.FUT
v=tickle.IMP.NEG o=moon ; because s=it p=ticklish!
s=your_hat v=dance.OPT at=rain
s=I v=think ; that s=moon p=lost
x=splash s=my_aunt v=fall.PST from=sky
s=seven_secret v=exist at=mud
s=I v=eat.PST o=island+ ; and v=weep.NEG
s=you v=send.Q o=letter+ to=nobody
s=I p=hungry!.FUT ; until s=sun v=bring o=soup to=I
s=every_small_red!_leaf+ p=my_grandmother.PST with=its_lamp+ like=their_nest
""".strip().splitlines()


@pytest.fixture(scope="module", params=itertools.product(MOODS, range(3)), ids=str)
def language(request: pytest.FixtureRequest) -> Language:
    mood, seed = request.param
    return make_language(seed, "Mossish", mood)


def test_every_phrase_parses_back(language: Language) -> None:
    for note in NOTES:
        message = read_message(note)
        phrase = language.realise(message)
        assert language.read(phrase.text) == message
        assert language.parse(phrase.text) == phrase
        assert phrase.morphemes.replace("-", "").replace("~", "") == phrase.text


def test_lines_agree_word_by_word(language: Language) -> None:
    for note in NOTES:
        phrase = language.realise(read_message(note))
        forms, morphemes, glosses = (
            line.split() for line in (phrase.text, phrase.morphemes, phrase.gloss)
        )
        assert len(forms) == len(morphemes) == len(glosses) == len(phrase.words)
        for pieces, gloss in zip(morphemes, glosses, strict=True):
            assert pieces.count("-") == gloss.count("-")
            assert pieces.count("~") == gloss.count("~")


def test_at_least_150_concepts_each_with_one_form(language: Language) -> None:
    assert len(language.concepts) == len(CONCEPTS) >= 150
    forms = [language.spell(name) for name in language.concepts]
    assert len(set(forms)) == len(forms)
    affixes = [language.grammar.affixes[label] for label in LABELS]
    assert not set(forms) & set(affixes)
    assert len(set(affixes)) == len(affixes)


def test_no_root_begins_another(language: Language) -> None:
    """The claim behind unambiguous parsing, checked the slow way: all pairs."""
    codes = [language.grammar.affixes[label] for label in language.grammar.prefixes]
    for name, form in language.roots.items():
        codes.append(form)
        concept = CONCEPTS.get(name)
        if concept and concept.word_class in COPIES:
            codes.append(reduplicate(form) + form)
    for first, second in pairwise(sorted(codes)):
        assert not second.startswith(first), (first, second)


def test_every_word_has_one_reading(language: Language) -> None:
    for name in language.concepts:
        readings = language.reader.read_word(language.spell(name))
        assert [r.concept for r in readings] == [name]


def test_words_are_sayable_and_clean(language: Language) -> None:
    for name, form in language.roots.items():
        assert is_legal(form, language.sounds), name
        assert is_clean(form), name
    for name, concept in CONCEPTS.items():
        if name not in language.roots or concept.word_class not in (*COPIES, "pronoun"):
            continue
        form = language.roots[name]
        copied = [reduplicate(form) + form] if concept.word_class in COPIES else []
        marks = [language.grammar.affixes[label] for label in language.grammar.prefixes]
        before = [mark + form for mark in marks if concept.word_class == "verb"]
        for start in (form, *copied, *before):
            for end in ("", *language.grammar.suffixes):
                assert is_clean(start + end), (name, start, end)


def test_same_settings_same_language() -> None:
    first, second = (make_language(5, "Fernish", "dark") for _ in range(2))
    assert first == second
    assert first.digest == second.digest
    others = [make_language(6, "Fernish", "dark"), make_language(5, "Fernish", "soft")]
    others.append(make_language(5, "Mossish", "dark"))
    assert len({first.digest, *(other.digest for other in others)}) == 4


def test_phrases_of_another_language_do_not_parse() -> None:
    ours, theirs = make_language(1, "Mossish", "soft"), make_language(2, "Mossish", "soft")
    messages = [read_message(note) for note in NOTES]
    assert not any(ours.parse(theirs.realise(message).text) for message in messages)


def test_broken_order_does_not_parse() -> None:
    language = make_language(1, "Mossish", "soft")
    phrase = language.realise(read_message("s=I v=see.PST o=my_hat at=river"))
    forms = phrase.text.split()
    wrong = [" ".join(p) for p in itertools.permutations(forms) if list(p) != forms]
    assert all(language.parse(text) is None for text in wrong)
    assert language.parse("") is None
    assert language.parse(phrase.text + " zzz") is None


def test_analyse_does_its_best() -> None:
    language = make_language(1, "Mossish", "soft")
    phrase = language.realise(read_message("s=moon v=sleep at=river"))
    assert language.analyse(phrase.text) == phrase
    shouted = language.analyse(f"  {phrase.text.upper()}! ")
    assert shouted.gloss == phrase.gloss
    assert shouted.translation == phrase.translation
    moon = language.spell("moon")
    mixed = language.analyse(f"{moon} <script>alert</script> blorgh 42 月")
    assert mixed.words[0].gloss == "moon"
    assert [w.gloss for w in mixed.words[1:]] == ["?"] * (len(mixed.words) - 1)
    assert "<" not in "".join(w.form for w in mixed.words)
    assert language.analyse("").words == ()
    assert language.analyse("?!").text == "?!"
    for text in (f"{moon}, {moon} !", "a <b>c d</b> e", "«x»"):
        assert len(language.analyse(text).words) == len(text.split())


def test_analyse_reads_a_sentence_in_another_order() -> None:
    language = make_language(1, "Mossish", "soft")
    forms = language.realise(read_message("s=moon v=see o=river")).text.split()
    for order in itertools.permutations(forms):
        assert language.analyse(" ".join(order)).translation == "The moon sees the river."


@pytest.mark.parametrize(
    ("note", "why"),
    [
        ("s=I v=eat", "eat needs an object"),
        ("s=I v=sleep o=hat", "sleep takes no object"),
        ("s=I v=give o=hat", "one who receives"),
        ("s=I v=think", "begins with that"),
        ("s=I v=sleep ; that s=moon p=red", "cannot be followed"),
        ("s=unicorn v=sleep", "no such concept"),
        ("s=sleep v=sleep", "is a verb"),
        ("s=I v=see o=red_you", "takes no modifiers"),
        ("v=sleep", "needs a subject"),
        ("s=I v=sleep.IMP", "has no subject"),
        ("s=I", "either a verb or"),
        ("s=I v=sleep ; s=you v=sleep", "conjunction"),
    ],
)
def test_nonsense_is_refused_with_a_reason(note: str, why: str) -> None:
    language = make_language(1, "Mossish", "soft")
    with pytest.raises(Mistake, match=why):
        language.realise(read_message(note))


def test_derived_words_show_their_parts() -> None:
    language = make_language(1, "Mossish", "soft")
    for name, parts in DERIVED.items():
        joined = "".join(
            language.grammar.affixes.get(part) or language.roots[part] for part in parts
        )
        assert language.spell(name) == joined


def test_names_read_back() -> None:
    language = make_language(1, "Mossish", "soft")
    name = language.name_from("river", "striped", "NMLZ") or language.name_from(
        "fern", "spotted", "NMLZ"
    )
    assert name is not None
    assert name.form[0].isupper()
    readings = language.reader.read_word(name.form.lower())
    assert len(readings) == 1
    assert name.gloss.endswith("-NMLZ")
    assert name.meaning.endswith("-one")


def test_english_and_rude_words_are_known() -> None:
    assert all(is_english(word) for word in ("moon", "salute", "banana", "me", "rotate"))
    assert sum(is_english(w) for w in ("lumero", "vashilo", "nyomi", "seluna", "khoru")) == 0
    assert is_rude("fuk") and is_rude("lafuko")
    assert not is_rude("vashilo")

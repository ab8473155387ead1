"""What the dictionary, alphabet and grammar pages show of a language; writes no file.

That is: letters with their sounds, every word with the cards that use it, affixes and rules in
plain English, with examples from the cards.
"""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache

from generate.phrases.handbook.primer import CardLike, Example, Fact, list_facts
from generate.phrases.language.grammar import LABELS
from generate.phrases.language.language import Language
from generate.phrases.language.parse import Reading
from generate.phrases.language.phonemes import PHONEMES, Phoneme, segment
from generate.phrases.script.font import script_of
from generate.phrases.script.glyphs import describe_letter

SOUNDS = {
    "a": "a in father", "e": "e in bed", "i": "ee in see", "o": "o in more", "u": "oo in moon",
    "ë": "a in about", "ö": "eu in French peu",
    "p": "p in spoon", "t": "t in stone", "k": "k in sky", "b": "b in bee", "d": "d in dew",
    "g": "g in grass", "f": "f in fern", "s": "s in sun", "sh": "sh in ship",
    "kh": "ch in Scottish loch", "v": "v in vine", "z": "z in zebra", "zh": "s in treasure",
    "h": "h in hill", "m": "m in moss", "n": "n in nest", "ny": "ny in canyon",
    "ng": "ng in song", "w": "w in wind", "y": "y in yes", "l": "l in leaf",
    "r": "a tapped r, as in Spanish pero", "rr": "a rolled r, as in Spanish perro",
    "q": "a click of the tongue",
}  # fmt: skip
PLACES = {
    "bilabial": "with both lips", "labiodental": "with lip and teeth",
    "alveolar": "behind the teeth", "postalveolar": "behind the ridge of the gum",
    "palatal": "at the palate", "velar": "at the back of the tongue", "glottal": "in the throat",
}  # fmt: skip


@dataclass(frozen=True)
class Letter:
    """A letter: how it sounds, what kind of sound it is and how it is drawn, a word that has it."""

    symbol: str
    ipa: str
    sound: str
    feature: str
    example: str
    example_meaning: str


@dataclass(frozen=True)
class Entry:
    """A word: ``parts`` (form, gloss) if it is made of others, slugs of the cards that use it.

    ``forms`` are the inflected ones that the cards use. A word that nobody has translated has no
    ``meaning`` and no ``word_class``.
    """

    form: str
    concept: str
    meaning: str
    word_class: str
    parts: list[tuple[str, str]] = field(default_factory=list)
    uses: int = 0
    cards: list[str] = field(default_factory=list)
    forms: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Affix:
    """An affix, "-ka" or "ka-": its gloss label, what it means, and a word that has it."""

    form: str
    label: str
    meaning: str
    example: Example | None


@dataclass(frozen=True)
class Dictionary:
    """All that the three pages show; `dataclasses.asdict` makes it JSON."""

    letters: list[Letter]
    words: list[Entry]
    affixes: list[Affix]
    facts: list[Fact]


def build_dictionary(language: Language, cards: Iterable[CardLike]) -> Dictionary:
    """The dictionary of ``language`` with examples from ``cards``."""
    shown = list(cards)
    uses, places, forms, examples = survey_cards(language, shown)
    words = list_words(language, uses, places, forms)
    return Dictionary(
        list_letters(language, words),
        words,
        list_affixes(language, examples),
        list_facts(language, shown),
    )


def survey_cards(
    language: Language, cards: Sequence[CardLike]
) -> tuple[Counter[str], dict[str, list[str]], dict[str, set[str]], dict[str, Example]]:
    """How often each concept is used, by which cards, in which forms; the shortest word with each
    affix."""

    @cache
    def read(form: str) -> Reading | None:
        plain = unicodedata.normalize("NFC", form).lower()
        return next(iter(language.reader.read_word(plain)), None)

    uses: Counter[str] = Counter()
    places: dict[str, list[str]] = defaultdict(list)
    inflected: dict[str, set[str]] = defaultdict(set)
    shortest: dict[str, Example] = {}
    for card in cards:
        forms = [word.form for word in card.words]
        for form in (*forms, *card.name.get("form", "").split()):
            reading = read(form)
            own = form.lower() in language.untranslated and not reading
            for concept in list_concepts(language, reading) if reading else [form.lower()] * own:
                uses[concept] += 1
                inflected[concept].add(form.lower())
                if places[concept][-1:] != [card.slug]:
                    places[concept].append(card.slug)
        for word in card.words:
            reading = read(word.form)
            found = Example(word.form, word.morphemes, word.gloss, word.meaning, card.slug)
            for label in {m.gloss for m in reading.morphemes} if reading else ():
                if label not in shortest or len(word.form) < len(shortest[label].form):
                    shortest[label] = found
    return uses, places, inflected, shortest


def list_concepts(language: Language, reading: Reading) -> list[str]:
    """The entries that one word uses: its concept, or the parts of a free compound."""
    if reading.concept:
        return [reading.concept]
    return [part for part in reading.parts if part in language.roots]


def list_words(
    language: Language,
    uses: Counter[str],
    places: dict[str, list[str]],
    forms: dict[str, set[str]],
) -> list[Entry]:
    """Every word in the order of the language's alphabet."""
    entries = [
        Entry(language.roots["Q"], "Q", "makes a question", "particle", [], uses["Q"], places["Q"])
    ]
    for name, concept in language.concepts.items():
        parts = []
        if name in language.derived:
            parts = [(m.form, m.gloss) for m in language.speller.stem(name)]
        meaning = f"to {concept.english}" if concept.word_class == "verb" else concept.english
        form, kind = language.spell(name), concept.word_class
        others = sorted(forms[name] - {form})
        entries.append(Entry(form, name, meaning, kind, parts, uses[name], places[name], others))
    entries += [
        Entry(word, word, "", "", [], uses[word], places[word]) for word in language.untranslated
    ]
    order = {symbol: index for index, symbol in enumerate(list_symbols(language))}
    return sorted(
        entries, key=lambda entry: [order.get(p.symbol, len(order)) for p in segment(entry.form)]
    )


def list_symbols(language: Language) -> list[str]:
    """The letters in the order of the alphabet: vowels, then consonants by manner."""
    own = {*language.sounds.vowels, *language.sounds.consonants}
    forms = [*language.roots.values(), *language.grammar.affixes.values()]
    own |= {p.symbol for form in (*forms, *language.untranslated) for p in segment(form)}
    return [symbol for symbol in sorted(PHONEMES, key=rank_symbol) if symbol in own]


def rank_symbol(symbol: str) -> tuple[int, int]:
    """Place in the alphabet, which is that of the pool; a long vowel follows its short one."""
    pool = [*PHONEMES]
    return (pool.index(symbol[0]), 1) if PHONEMES[symbol].long else (pool.index(symbol), 0)


def list_letters(language: Language, words: Sequence[Entry]) -> list[Letter]:
    """Every letter with a word that has it, if possible one that the cards use."""
    found: dict[str, list[Entry]] = defaultdict(list)
    for word in words:
        for symbol in {p.symbol for p in segment(word.form)}:
            found[symbol].append(word)
    hand = script_of(language).hand
    letters = []
    for symbol in list_symbols(language):
        phoneme = PHONEMES[symbol]
        example = min(
            found.get(symbol, []),
            key=lambda w: (not w.form.startswith(symbol), w.word_class != "noun", -w.uses, w.form),
            default=None,
        )
        letters.append(
            Letter(
                symbol,
                phoneme.ipa,
                describe_sound(phoneme),
                f"{describe_feature(phoneme)}: {describe_letter(hand, phoneme)}",
                example.form if example else "",
                example.meaning if example else "",
            )
        )
    return letters


def describe_sound(phoneme: Phoneme) -> str:
    """How it sounds: "like sh in ship"; a long vowel is "held twice as long"."""
    if phoneme.long:
        return f"{describe_sound(PHONEMES[phoneme.symbol[0]])}, held twice as long"
    sound = SOUNDS[phoneme.symbol]
    return sound if sound.startswith("a ") and " in " not in sound else f"like {sound}"


def describe_feature(phoneme: Phoneme) -> str:
    """What kind of sound it is: "voiced stop, made with both lips", "close back vowel"."""
    if phoneme.is_vowel:
        height = phoneme.height or 0.0
        name = "close" if height > 0.8 else "open" if height < 0.2 else "middle"
        kind = f"{name} {phoneme.place} vowel" + (", lips round" if phoneme.rounded else "")
        return f"long {kind}" if phoneme.long else kind
    return f"{phoneme.kind.replace('-', ' ')}, made {PLACES[phoneme.place]}"


def list_affixes(language: Language, examples: dict[str, Example]) -> list[Affix]:
    """Every affix, its hyphen on the side where it is joined to a word."""
    affixes = []
    for label, form in language.grammar.affixes.items():
        shown = f"{form}-" if label in language.grammar.prefixes else f"-{form}"
        affixes.append(Affix(shown, label, LABELS[label], examples.get(label)))
    return affixes

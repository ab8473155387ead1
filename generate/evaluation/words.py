"""The figures of words, with a name and what is wanted of each."""

from collections.abc import Mapping, Sequence
from typing import Any

from generate.cards import Card
from generate.evaluation.figures import Figure, Test
from generate.settings import Settings

WORDS: dict[str, tuple[str, str, Test | None]] = {
    "phrases": ("phrases", "", None),
    "tokens": ("words in all", "", None),
    "parse_back": ("read back to their own gloss", "all: 1", lambda x: x == 1),
    "distinct_1": ("distinct-1: different words per word", "", None),
    "distinct_2": ("distinct-2: different pairs per pair", "at least 0.7", lambda x: x >= 0.7),
    "self_bleu_2": ("self-BLEU-2, a count of 0 taken as 0.1", "at most 0.35", lambda x: x <= 0.35),
    "self_bleu_4": ("self-BLEU-4, likewise", "at most 0.3", lambda x: x <= 0.3),
    "chrf_english": ("chrF against the own translation", "at most 20 of 100", lambda x: x <= 20),
    "zipf_words": ("slope of log frequency on log rank, words", "", None),
    "zipf_morphemes": ("the same, morphemes", "", None),
    "shortest": ("words of the shortest phrase", "at least 3", lambda x: x >= 3),
    "longest": ("words of the longest phrase", "at most 9", lambda x: x <= 9),
    "repeated": ("phrases said before", "none", lambda x: x == 0),
}
# What is judged of any tongue.
COUNTED = ("phrases", "tokens", "distinct_1", "distinct_2", "self_bleu_4", "repeated")


def judge_words(settings: Settings, cards: Sequence[Card]) -> list[Figure]:
    """The figures of the phrases, none where there is no language or no phrase."""
    from generate.evaluation.texts import measure_texts
    from generate.phrases.language.file import read_language

    path = settings.content / "language.toml"
    spoken = [card for card in cards if card.phrase]
    if not spoken or not path.is_file():
        return []
    found: Mapping[str, Any] = measure_texts(
        read_language(path),
        [card.phrase for card in spoken],
        [card.gloss for card in spoken],
        [card.translation for card in spoken],
    ).as_dict()
    figures: list[Figure] = []
    if settings.phrases.writer == "learned":
        from generate.evaluation.tongue import judge_tongue

        figures += judge_tongue(settings, [card.phrase for card in spoken])
        # A tongue of a person's own has no grammar here to read it back by, and its own variety.
        found = {key: value for key, value in found.items() if key in COUNTED}
    for key, value in found.items():
        name, wanted, test = WORDS.get(key, (key.replace("_", " "), "", None))
        figures.append(Figure(name, float(value), wanted, test(value) if test else None))
    return figures

"""Figures of variety against values worked out by hand."""

import math

import pytest

from generate.evaluation.texts import (
    bleu,
    chrf,
    distinct,
    measure_texts,
    self_bleu,
    zipf_slope,
)
from generate.phrases.language.language import make_language
from generate.phrases.language.message import read_message


def test_distinct() -> None:
    texts = [["a", "b", "a"], ["a", "b"]]
    assert distinct(texts, 1) == 2 / 5
    assert distinct(texts, 2) == 2 / 3
    assert distinct([], 2) == 0


def test_bleu_by_hand() -> None:
    # Two of three words and one of two pairs are met; as long as the reference.
    assert bleu("a b c".split(), ["a b d".split()], 2) == pytest.approx(math.sqrt(2 / 3 * 1 / 2))
    # Clipping: "a a a" may count the reference's one "a" once; no pair: 0.1 of 2.
    assert bleu("a a a".split(), ["a b c".split()], 2) == pytest.approx(math.sqrt(1 / 3 * 0.1 / 2))
    # Brevity: two words against four.
    assert bleu("a b".split(), ["a b c d".split()], 2) == pytest.approx(math.exp(1 - 4 / 2))
    assert bleu("a b c".split(), ["a b c".split()], 2) == pytest.approx(1)
    assert bleu([], [["a"]], 2) == 0


def test_self_bleu_of_copies_and_of_strangers() -> None:
    copies = [["a", "b", "c"]] * 3
    strangers = [["a", "b", "c"], ["d", "e", "f"], ["g", "h", "i"]]
    assert self_bleu(copies, 2) == pytest.approx(1)
    assert self_bleu(strangers, 2) == pytest.approx(math.sqrt(0.1 / 3 * 0.1 / 2))
    assert self_bleu(copies[:1], 2) == 0


def test_chrf() -> None:
    assert chrf("mossish", "mossish") == pytest.approx(100)
    assert chrf("abc", "xyz") == 0
    assert chrf("", "xyz") == 0
    # Orders 1 and 2 by hand: letters 2 of 3 and 2 of 3, pairs 1 of 2 and 1 of 2, no triple.
    mean = (2 / 3 + 1 / 2 + 0) / 3
    assert chrf("abc", "abd") == pytest.approx(100 * mean)


def test_zipf_slope_of_a_law() -> None:
    texts = [[f"w{rank}"] * (5040 // rank) for rank in range(1, 8)]
    assert zipf_slope(texts) == pytest.approx(-1, abs=0.001)
    assert zipf_slope([["a", "b"]]) == pytest.approx(0)
    assert zipf_slope([]) == 0


def test_parse_back_counts_only_true_glosses() -> None:
    language = make_language(1, "Mossish", "soft")
    phrase = language.realise(read_message("s=moon v=see o=river"))
    figures = measure_texts(
        language,
        [phrase.text, phrase.text, "not a phrase"],
        [phrase.gloss, "something else", "?"],
        [phrase.translation] * 3,
    )
    assert figures.parse_back == pytest.approx(1 / 3)
    assert figures.repeated == 1
    assert (figures.phrases, figures.tokens) == (3, 9)
    assert set(figures.as_dict()) >= {"distinct_2", "self_bleu_2", "zipf_words"}

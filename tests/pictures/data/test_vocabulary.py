"""The words that a model knows: tokens, synonyms, prompts, hybrids."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generate.errors import Refusal
from generate.pictures.data.vocabulary import (
    Vocabulary,
    collect_vocabulary,
    read_vocabulary,
    tokens_of,
)

JUNGLE = Vocabulary(
    ("snake", "owl", "crocodile", "stripes", "night", "cave mouth"),
    ("plan", "plan", "plan", "coat", "hour", "habitat"),
    {"serpent": "snake", "striped": "stripes", "cavern": "cave mouth"},
)


def test_finds_synonyms_plurals_and_names_of_two_words():
    found, unknown = JUNGLE.find("Two striped serpents at the cave mouth, glowing at night")
    assert found == ["stripes", "snake", "cave mouth", "night"]
    assert unknown == ["glowing"]


def test_prompt_sets_exactly_its_tokens():
    vector, unknown = JUNGLE.read_prompt("a striped serpent at night")
    assert vector.tolist() == [1, 0, 0, 1, 1, 0]
    assert unknown == []


def test_cross_shares_the_rivals_and_keeps_the_rest_whole():
    vector, _ = JUNGLE.read_prompt("striped owl at night + crocodile")
    assert vector.tolist() == [0, 0.5, 0.5, 1, 1, 0]


def test_unknown_words_are_named_with_the_nearest():
    with pytest.raises(Refusal, match=r"did you mean crocodile\?"):
        JUNGLE.read_prompt("a crocodlie")


def test_a_model_without_words_says_so():
    with pytest.raises(Refusal, match="without words"):
        Vocabulary().read_prompt("owl")


def test_words_of_one_picture_only_are_no_tokens():
    texts = ["a red fox", "a red hen", "a blue hen", "a grey heron"]
    rows = [{"text": text, "tags": {}} for text in texts]
    vocabulary = collect_vocabulary(rows)
    assert set(vocabulary.tokens) == {"red", "hen"}
    assert tokens_of(vocabulary, "a red heron", {}) == ["red"]


def test_tags_come_before_words():
    rows = [
        {"text": "a cat", "tags": {"class": "Cat"}},
        {"text": "a dog", "tags": {"class": "dog"}},
    ]
    vocabulary = collect_vocabulary(rows)
    assert vocabulary.tokens == ("cat", "dog")
    assert tokens_of(vocabulary, "a dog with a cat", {"class": "Dog"}) == ["dog"]


@given(st.text(max_size=60))
def test_any_text_is_read_without_fault(text):
    found, _ = JUNGLE.find(text)
    assert set(found) <= set(JUNGLE.tokens)
    assert np.isin(JUNGLE.encode(found), (0, 1)).all()


def test_writes_and_reads_back(tmp_path):
    JUNGLE.write(tmp_path / "vocabulary.json")
    assert read_vocabulary(tmp_path / "vocabulary.json") == JUNGLE
    (tmp_path / "vocabulary.json").write_text('{"tokens": []}')
    with pytest.raises(Refusal, match="no vocabulary"):
        read_vocabulary(tmp_path / "vocabulary.json")


def test_what_both_parents_name_is_kept_whole():
    vector, _ = JUNGLE.read_prompt("owl at night + crocodile at night")
    assert vector.tolist() == [0, 0.5, 0.5, 0, 1, 0]
    assert JUNGLE.read_prompt("owl + owl")[0].tolist() == [0, 1, 0, 0, 0, 0]


DOGS = Vocabulary(
    ("st. bernard", "c++", "wolf", "butterfly", "long-necked"),
    ("class",) * 5,
    {"ermine": "wolf"},
)


@pytest.mark.parametrize(
    ("prompt", "found"),
    [
        ("a St. Bernard", "st. bernard"),
        ("st bernards", "st. bernard"),
        ("C++", "c++"),
        ("two wolves", "wolf"),
        ("butterflies", "butterfly"),
        ("a long-necked one", "long-necked"),
        ("a wolf-like beast", "wolf"),
    ],
)
def test_classes_are_found_however_they_are_written(prompt, found):
    assert DOGS.find(prompt)[0] == [found]


def test_a_word_that_is_nearly_a_synonym_is_suggested():
    assert "did you mean ermine?" in DOGS.suggest(["ermin"])

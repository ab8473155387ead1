"""A metadata.jsonl's further fields: which of them sort the pictures, and what becomes of them."""

import json
from collections import Counter

import numpy as np
import pytest

from generate.pictures.beast import complete
from generate.pictures.deck import Deck
from generate.pictures.listing import FEW, SHARED, read_captions
from generate.pictures.vocabulary import collect_vocabulary, tokens_of


def list_rows(count=24, **fields):
    """Rows whose further fields are functions of their number."""
    return [
        {"file_name": f"{n}.png", "text": f"a {('cat', 'owl', 'eel')[n % 3]}"}
        | {name: of(n) for name, of in fields.items()}
        for n in range(count)
    ]


def read(rows):
    return read_captions("\n".join(map(json.dumps, rows)).encode(), "", "here")


@pytest.mark.parametrize(
    ("of", "sorts"),
    [
        (lambda n: ("flat", "Deep")[n % 2], True),
        (lambda n: "the same", False),
        (lambda n: f"number {n}", False),
        (lambda n: "rare" if n < SHARED - 1 else "common", False),
        (lambda n: "rare" if n < SHARED else "common", True),
        (lambda n: ("flat", "x" * 41)[n % 2], False),
        (lambda n: n % 2, False),
        (lambda n: ("flat", None)[n % 2], False),
    ],
)
def test_a_field_that_sorts_into_a_few_large_groups_is_kept(of, sorts):
    found = read(list_rows(style=of))
    assert len(found) == 24 and found["1.png"].text == "a owl"
    assert all(caption.fields == ({"style": of(n)} if sorts else {}) for n, caption in
               enumerate(found[f"{n}.png"] for n in range(24)))  # fmt: skip


def test_too_many_values_are_names_and_not_kinds():
    count = SHARED * (FEW + 1)
    assert not read(list_rows(count, of=lambda n: f"kind {n % (FEW + 1)}"))["0.png"].fields
    assert read(list_rows(count, of=lambda n: f"kind {n % FEW}"))["0.png"].fields


def make_prompts():
    found = read(list_rows(24, style=lambda n: ("Flat", "Deep")[n // 12]))
    return [{"text": c.text, "tags": {}, "fields": c.fields} for c in found.values()]


def test_fields_are_told_beside_the_words():
    prompts = make_prompts()
    vocabulary = collect_vocabulary(prompts)
    assert dict(zip(vocabulary.tokens, vocabulary.groups, strict=True)) == {
        "flat": "style", "deep": "style", "cat": "word", "owl": "word", "eel": "word"
    }  # fmt: skip
    assert sorted(tokens_of(vocabulary, prompts[0])) == ["cat", "flat"]
    assert tokens_of(vocabulary, {"text": None, "tags": {}, "fields": {"style": "Deep"}}) == [
        "deep"
    ]


def test_cards_ask_for_every_kind_as_often_as_it_comes():
    deck = Deck(7, make_prompts())
    asked = [deck.ask(number) for number in range(1, 7)]
    assert Counter(prompt["text"] for prompt in asked) == {"a cat": 2, "a owl": 2, "a eel": 2}
    assert Counter(prompt["fields"]["style"] for prompt in asked) == {"Flat": 3, "Deep": 3}


def test_a_beast_of_words_is_drawn_in_one_of_the_styles():
    prompts = make_prompts()
    vocabulary = collect_vocabulary(prompts)
    wanted = vocabulary.read_prompt("an owl")[0]
    drawn = {tuple(complete(vocabulary, wanted, prompts, seed)) for seed in range(20)}
    expected = {tuple(vocabulary.encode(["owl", style])) for style in ("flat", "deep")}
    assert drawn == expected
    flat = vocabulary.read_prompt("a flat owl")[0]
    assert np.array_equal(complete(vocabulary, flat, prompts, 3), flat)

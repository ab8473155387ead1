"""What cards ask for: no caption twice before all, and any first few like the whole."""

from collections import Counter

import numpy as np
import pytest

from generate.pictures.sampling.deck import EMPTY, Deck, list_traits


def ask(prompts, seed, count):
    deck = Deck(seed, prompts)
    return [deck.ask(number) for number in range(1, count + 1)]


@pytest.fixture
def prompts():
    """Three groups of traits, some common and some rare, independent of each other."""
    rng = np.random.default_rng(1)
    groups = {"plan": 18, "hour": 4, "weather": 5}
    share = {name: rng.dirichlet(np.full(count, 3.0)) for name, count in groups.items()}
    return [
        {"text": None, "tags": {n: f"{n}{rng.choice(len(p), p=p)}" for n, p in share.items()}}
        for _ in range(600)
    ]


def test_prompts_are_not_repeated_before_all_were_asked():
    prompts = [{"text": f"beast {n}", "tags": {}} for n in range(10)]
    asked = [row["text"] for row in ask(prompts, 7, 20)]
    assert sorted(asked[:10]) == sorted(asked[10:]) == sorted(p["text"] for p in prompts)
    assert asked[:10] != asked[10:]
    assert asked != [row["text"] for row in ask(prompts, 8, 20)]


def test_what_a_card_asks_for_depends_on_its_number_alone(prompts):
    asked = ask(prompts, 7, 60)
    assert asked[:50] == ask(prompts, 7, 50)
    deck = Deck(7, prompts)
    assert [deck.ask(number) for number in (60, 3, 41)] == [asked[59], asked[2], asked[40]]


def test_the_first_cards_show_every_trait_as_often_as_the_whole_set_does(prompts):
    """By lot the count of a trait that half of n cards show strays by √n / 2, dealt by about 1."""
    counts = Counter(trait for prompt in prompts for trait in list_traits(prompt))
    for count in (25, 50, 100):
        found = Counter(trait for prompt in ask(prompts, 7, count) for trait in list_traits(prompt))
        expected = {trait: count * times / len(prompts) for trait, times in counts.items()}
        strays = [abs(found[trait] - times) for trait, times in expected.items()]
        assert np.mean(strays) < 0.75 and max(strays) < 2
        lot = np.random.default_rng(count).permutation(len(prompts))[:count]
        drawn = Counter(trait for place in lot for trait in list_traits(prompts[place]))
        assert np.mean(strays) < 0.6 * np.mean([abs(drawn[t] - e) for t, e in expected.items()])


def test_captions_without_tags_are_told_apart_by_their_words():
    """Five hundred captions of which most name one of fifty animals: none comes twice in fifty."""
    prompts = [{"text": f"A picture of a beast{n % 50}", "tags": {}} for n in range(500)]
    assert len({row["text"] for row in ask(prompts, 7, 50)}) == 50


def test_nothing_is_asked_where_nothing_is_known():
    assert ask([], 7, 2) == [EMPTY, EMPTY]
    silent = [{"text": None, "tags": {}}] * 3
    assert ask(silent, 7, 4) == silent[:1] * 4
    assert list_traits({"text": "of the", "tags": {}}) == []

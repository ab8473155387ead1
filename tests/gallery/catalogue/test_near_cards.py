"""The nearest cards are those of a search of all pairs, however they were found."""

import random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as profile
from hypothesis import strategies as st

from generate.cards import Card
from generate.gallery.catalogue.neighbours import (
    DENSE,
    find_neighbours,
    opponent_colours,
    place_card,
    rank_pair,
)
from generate.gallery.media.card_media import CardMedia
from tests.gallery.pages.rendering import invent_media


def test_neighbours_agree_with_a_search_of_all_pairs():
    chance = random.Random(3)
    cards = [
        Card(
            slug=f"c{n}",
            folder=".",
            hour=chance.choice(("dawn", "day", "dusk", "night")),
            traits={"plan": chance.choice("abcd"), "coat": chance.choice("xyz")},
        )
        for n in range(60)
    ]
    media = invent_media(cards)
    places = [place_card(card, media[card.slug]) for card in cards]
    found = find_neighbours(places)
    points = np.array(places)
    for at, row in enumerate(found):
        distance = np.linalg.norm(points - points[at], axis=1)
        distance[at] = np.inf
        assert distance[row] == pytest.approx(np.sort(distance)[:4])
        assert at not in row


def test_neighbours_of_few_cards():
    places = [place_card(Card(slug=str(n), folder="."), CardMedia()) for n in range(3)]
    assert find_neighbours(places[:1]) == [[]] and find_neighbours([]) == []
    assert find_neighbours(places) == [[1, 2], [0, 2], [0, 1]]


@given(
    st.lists(st.lists(st.integers(-3, 3), min_size=2, max_size=2), min_size=2, max_size=20),
    st.dictionaries(st.integers(0, 19), st.lists(st.integers(-3, 3), min_size=2, max_size=2)),
)
@profile(max_examples=60, deadline=None, derandomize=True)
def test_neighbours_amended_are_those_searched_anew(places, moves):
    """Few places on a small grid, so that many lie equally near."""
    before = find_neighbours(places)
    after = [moves.get(at, place) for at, place in enumerate(places)]
    expected = [
        sorted((n for n in range(len(after)) if n != at), key=lambda n: rank_pair(after, at, n))[:4]
        for at in range(len(after))
    ]
    assert find_neighbours(after) == expected
    assert find_neighbours(after, before=(places, before)) == expected


def test_neighbours_of_very_many_cards():
    chance = random.Random(4)
    places = [[chance.randrange(10**6) for _ in range(3)] for _ in range(DENSE + 1)]
    found = find_neighbours(places)
    for at in (0, 7, DENSE):
        others = sorted(
            (n for n in range(DENSE + 1) if n != at), key=lambda n: rank_pair(places, at, n)
        )
        assert found[at] == others[:4]


def test_greys_have_no_colour():
    assert opponent_colours("#808080") == pytest.approx((128 / 255, 0, 0))
    assert opponent_colours("nonsense") == (0.5, 0, 0)

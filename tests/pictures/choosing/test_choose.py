"""Which candidate a card keeps, and how that is told."""

import numpy as np
import pytest

from generate.pictures.choosing.choose import (
    DUPLICATE,
    FAULTY,
    LOOK,
    ONLY,
    SPARE,
    VARIETY,
    WORDS,
    Round,
    choose,
    make_thumbnails,
    pick,
)
from generate.pictures.choosing.look import describe_look, measure_look, stray

NONE = np.zeros((0, 3, 16, 16), np.uint8)


def paint(seed, count=2, size=16):
    """Smooth random pictures, all far from each other."""
    generator = np.random.default_rng(seed)
    coarse = generator.integers(0, 256, (count, 3, 4, 4)).astype(np.uint8)
    return coarse.repeat(size // 4, 2).repeat(size // 4, 3)


def make_round(pictures, agreement=0.0, stray=0.0, copied=False):
    count = len(pictures)

    def spread(value):
        return np.broadcast_to(np.asarray(value), (count,)).copy()

    frames = np.zeros((count, 2, 3, 4, 4), np.uint8)
    seeds = list(range(count))
    return Round(
        seeds, pictures, frames, spread(agreement), spread(stray), spread(copied), [{}] * count
    )


def no_more(place):
    raise AssertionError("no further round was called for")


def test_one_candidate_is_taken_as_it_comes():
    """Even if it is a copy: what is uncurated stays uncurated."""
    choices, thumbnails = choose([make_round(paint(0), copied=True)], NONE, 1, no_more)
    assert [choice.round for choice in choices] == [0, 0]
    assert np.array_equal(thumbnails, make_thumbnails(paint(0)))


def test_the_candidate_that_shows_its_words_is_kept_and_says_so():
    rounds = [make_round(paint(k), agreement=[0.1, 0.5 - 0.2 * k]) for k in range(3)]
    rounds[2].agreement[0] = 0.9
    choices, _ = choose(rounds, NONE, 3, no_more)
    assert [choice.round for choice in choices] == [2, 0]
    assert choices[0].facts == {"candidate": 3, "of": 3, "why": WORDS, "agreement": 0.9}


def test_where_words_decide_nothing_look_and_variety_do():
    rounds = [make_round(paint(k), stray=[2.0, 2.0 * (k != 1)]) for k in range(2)]
    choices, _ = choose(rounds, NONE, 2, no_more)
    assert [choice.round for choice in choices] == [0, 1]
    assert choices[1].facts["why"] == LOOK
    near = (paint(0).astype(int) * 0.6 + 50).astype(np.uint8)
    rounds = [make_round(near), make_round(paint(1))]
    choices, _ = choose(rounds, make_thumbnails(paint(0)), 2, no_more)
    assert [choice.round for choice in choices] == [1, 1]
    assert choices[0].facts["why"] == VARIETY


def test_copies_and_doubles_are_passed_over_and_counted():
    rounds = [
        make_round(paint(0), agreement=9.0, copied=[True, False]),
        make_round(paint(1), agreement=5.0),
        make_round(paint(2)),
    ]
    choices, _ = choose(rounds, make_thumbnails(paint(1)[..., ::-1]), 3, no_more)
    assert choices[0].round == 2
    assert choices[0].facts | {"agreement": 0} == {
        "candidate": 3,
        "of": 3,
        "why": ONLY,
        "copies": 1,
        "doubles": 1,
        "agreement": 0,
    }
    assert choices[1].round == 0


def test_within_a_company_too_no_card_shows_what_another_does():
    twins = np.concatenate([paint(0, 1), paint(0, 1)])
    choices, thumbnails = choose([make_round(twins), make_round(paint(1))], NONE, 2, no_more)
    assert [choice.round for choice in choices].count(0) == 1
    distance = np.sqrt(np.square(np.diff(thumbnails / 255, axis=0)).mean())
    assert distance > DUPLICATE


def test_a_card_left_with_none_gets_spare_candidates_and_the_others_do_not_change():
    drawn = []

    def draw(place):
        drawn.append(place)
        return make_round(paint(place), agreement=99.0, copied=[place < 4, False])

    first = make_round(paint(0), agreement=[0, 1], copied=[True, False])
    second = make_round(paint(1), copied=[True, False])
    choices, _ = choose([first, second], NONE, 2, draw)
    assert drawn == [2, 3, 4]
    assert [choice.round for choice in choices] == [4, 0]
    assert choices[0].facts["of"] == 5 and choices[0].facts["copies"] == 4
    assert choices[1].facts["of"] == 2


def test_a_set_of_copies_ends_and_says_so():
    choices, _ = choose(
        [make_round(paint(k), agreement=k, copied=True) for k in range(2)],
        NONE,
        2,
        lambda place: make_round(paint(place), copied=True),
    )
    assert choices[0].facts["why"] == FAULTY
    assert choices[0].facts["copies"] == choices[0].facts["of"] <= 2 + SPARE


def test_a_choice_does_not_depend_on_cards_after_it():
    generator = np.random.default_rng(3)
    rounds = [
        make_round(paint(k, 4), generator.normal(size=4), generator.random(4)) for k in range(3)
    ]
    whole, _ = choose(rounds, NONE, 3, no_more)
    changed = [
        make_round(np.concatenate([one.pictures[:3], paint(40 + k, 1)]), one.agreement, one.stray)
        for k, one in enumerate(rounds)
    ]
    again, _ = choose(changed, NONE, 3, no_more)
    assert [one.round for one in whole[:3]] == [one.round for one in again[:3]]


def test_equal_candidates_are_the_first():
    merits = {WORDS: np.zeros(3), LOOK: np.zeros(3)}
    nothing = np.zeros(3, bool)
    assert pick(merits, nothing, nothing, 3)[0] == 0


def test_look_of_known_pictures():
    grey = np.full((1, 3, 16, 16), 90, np.uint8)
    red = np.zeros((1, 3, 16, 16), np.uint8)
    red[:, 0] = 200
    noise = np.random.default_rng(0).integers(0, 256, (1, 3, 16, 16)).astype(np.uint8)
    found = measure_look(np.concatenate([grey, red, noise]))
    assert found["saturation"][:2] == pytest.approx([0, 1])
    assert found["grain"][2] > 0.6 and found["grain"][:2] == pytest.approx([0, 0], abs=1e-9)
    assert measure_look(np.zeros((0, 3, 16, 16), np.uint8))["grain"].shape == (0,)


def test_what_looks_as_usual_strays_least():
    training = paint(5, 40)
    usual = describe_look(training)
    noise = np.random.default_rng(1).integers(0, 256, (4, 3, 16, 16)).astype(np.uint8)
    assert stray(training, usual).mean() < 1.5 < stray(noise, usual).min()
    assert not stray(noise, {}).any()

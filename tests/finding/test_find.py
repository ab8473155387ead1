"""Cards are found by words of any form; by meaning where the weights are there."""

import json

import numpy as np
import pytest

from generate.__main__ import main
from generate.bundles.merged import read_cards
from generate.errors import Refusal
from generate.finding.find import find_cards, rank
from generate.finding.index import Index
from generate.finding.stems import find_stem, list_stems
from generate.finding.texts import read_texts
from generate.meaning.opening import find_weights, open_meanings
from generate.settings import read_settings

CARDS = {
    "A sleepy striped snake rests by the river at night.": "I hide from everyone.",
    "A merry red owl flutters in the swamp by day.": "I danced with my grandmother.",
    "Two crabs near a waterfall at dawn, in the rain.": "The lamp was carried home.",
    "A grumpy blue frog squats among ruins at dusk.": "Nobody laughs at my joke.",
}


@pytest.fixture
def home(tmp_path):
    """Four cards with words, as the stages leave them."""
    for number, (caption, said) in enumerate(CARDS.items(), 1):
        folder = tmp_path / f"content/postcards/beast-{number:03d}"
        folder.mkdir(parents=True)
        card = {
            "number": number,
            "caption": caption,
            "translation": said,
            "title": f"Beast {number}",
        }
        (folder / "card.json").write_text(
            json.dumps(card | {"phrase": f"moru{number}", "made": {}})
        )
    (tmp_path / "content/jungle.toml").write_text("count = 4\n")
    return tmp_path


@pytest.mark.parametrize(
    "forms",
    [
        "frog frogs frog's",
        "stripe striped stripes striping",
        "dance dances danced dancing",
        "carry carries carried carrying",
        "sleep sleeps sleepy sleeping",
        "run runs running",
        "wolf wolves",
        "mouse mice",
        "butterfly butterflies",
        "grump grumpy",
    ],
)
def test_forms_of_a_word_have_one_stem(forms):
    assert len(set(map(find_stem, forms.split()))) == 1, list(map(find_stem, forms.split()))


@pytest.mark.parametrize("pair", ["red reed", "bat bath", "sing sink", "night nigh", "bed bee"])
def test_other_words_have_others(pair):
    assert len(set(map(find_stem, pair.split()))) == 2


def test_words_that_join_are_left_out():
    found = list_stems("someone who is in the rain, with long-eared owls")
    assert found == ["rain", "long-ear", "long", "ear", "owl"]


def test_a_rare_word_counts_more_and_a_text_without_any_not_at_all():
    index = Index([["a red owl"], ["a red frog"], ["a blue frog"], ["a green snail"]])
    scores = index.score("the red owls")
    assert scores[0] > scores[1] > 0 and scores[2] == scores[3] == 0
    assert not index.score("zebra").any() and Index([]).score("owl").shape == (0,)


def test_bm25_is_the_formula():
    """By hand: 2 of 3 texts hold "owl", the first twice among 4 words; the mean length is 3."""
    scores = Index([["owl owl red blue"], ["owl"], ["frog frog frog snail"]]).score("owl")
    rare = np.log(1 + (3 - 2 + 0.5) / (2 + 0.5))
    assert scores[0] == pytest.approx(rare * 2 * 2.2 / (2 + 1.2 * (0.5 + 0.5 * 4 / 3)))
    assert scores[1] == pytest.approx(rare * 2.2 / (1 + 1.2 * (0.5 + 0.5 / 3)))


@pytest.mark.parametrize(
    ("query", "slug"),
    [
        ("a snake with stripes", "beast-001"),
        ("dancing grandmothers", "beast-002"),
        ("crab", "beast-003"),
        ("who carries a lamp", "beast-003"),
        ("moru4", "beast-004"),
    ],
)
def test_the_meant_card_is_first(home, query, slug, monkeypatch, capsys):
    monkeypatch.setattr("generate.finding.find.open_meanings", lambda: None)
    assert find_cards(read_settings(home), query)[0].slug == slug
    assert "by words (make meanings" in capsys.readouterr().out


def test_what_a_person_wrote_is_found_as_well(home, monkeypatch):
    monkeypatch.setattr("generate.finding.find.open_meanings", lambda: None)
    path = home / "content/postcards/beast-002/postcard.md"
    path.write_text("---\ntitle: The marmalade one\n---\nWish you *were* here.\n")
    assert find_cards(read_settings(home), "marmalade")[0].title == "The marmalade one"


@pytest.mark.parametrize(
    ("query", "line"),
    [
        ("", "holds no telling word"),
        ("someone who is in the", "holds no telling word"),
        ("zeppelin", "no card has anything of 'zeppelin'"),
    ],
)
def test_what_cannot_be_found_is_one_clear_line(home, query, line, monkeypatch, capsys):
    monkeypatch.setattr("generate.finding.find.open_meanings", lambda: None)
    assert main(["--home", str(home), "find", f"QUERY={query}"] if query else
                ["--home", str(home), "find", "--query", ""]) == 1  # fmt: skip
    error = capsys.readouterr().err
    assert line in error and error.count("\n") == 1


def test_without_cards_it_says_how_to_make_some(tmp_path):
    (tmp_path / "content").mkdir()
    (tmp_path / "content/jungle.toml").write_text("count = 1\n")
    with pytest.raises(Refusal, match="holds no cards yet; make build"):
        find_cards(read_settings(tmp_path), "an owl")


@pytest.mark.skipif(find_weights() is None, reason="make meanings was not run")
def test_what_is_meant_is_found_in_other_words(home):
    texts = [read_texts(card) for card in read_cards(read_settings(home))]
    meanings = open_meanings()
    for query, place in (("a drowsy serpent", 0), ("angry toad", 3), ("an insult nobody likes", 3)):
        assert rank(texts, query, meanings).argmax() == place
    assert not rank(texts, "qwzx blorf", meanings).any()

"""Children in the studio: from twin to stranger, and the card of one is the very same picture."""

import math

import numpy as np
import pytest
from PIL import Image

from generate.build import build_pictures
from generate.cards import read_card, read_message
from generate.pictures.sampling.crossing import Descent
from generate.settings import read_settings

PARENTS = [{"noise": {"1": 1.0}, "caption": "", "traits": {}} for _ in range(1)]
PARENTS += [{"noise": {"2": 1.0}, "caption": "", "traits": {}}]
ASKED = {"parents": ["beast-001", "beast-002"], "take": 1, "count": 9, "guidance": 3}


@pytest.fixture(scope="module")
def grown_up(studio):
    """The studio over two cards that are drawn."""
    build_pictures(read_settings(studio.home))
    return studio


def test_a_twin_has_its_parents_noise_alone_and_a_stranger_none_of_it():
    twin, usual = Descent(PARENTS, [0.5, 0.5], 0.0), Descent(PARENTS, [0.5, 0.5])
    assert twin.inherit_noise(9, 3) == usual.inherit_noise(1, 3)
    assert usual.inherit_noise(9, 3)["3"] == pytest.approx(math.sqrt(0.3))
    before = 1.0
    for share in (0.1, 0.35, 0.8, 1.0):
        noise = Descent(PARENTS, [0.5, 0.5], share).inherit_noise(1, 3)
        assert noise["3"] ** 2 == pytest.approx(share)
        assert sum(weight**2 for weight in noise.values()) == pytest.approx(1)
        assert noise["1"] < before
        before = noise["1"]
    assert before == 0


def test_a_card_of_a_child_shows_the_very_same(grown_up):
    sheet = grown_up.draw(**ASKED, prompt=None, stranger=0.4)
    assert sheet["state"] == "drawn" and sheet["same"], grown_up.state()
    status, answer, _ = grown_up.post("card", {"sheet": sheet["name"], "take": 5})
    assert status == 200, answer
    settings = read_settings(grown_up.home)
    folder = settings.bundles / answer["slug"]
    front, _ = read_message(folder)
    assert (front["parents"], front["stranger"], front["take"]) == (ASKED["parents"], 0.4, 5)
    build_pictures(settings)
    seen = grown_up.get(f"sheets/{sheet['name']}/5")[1]
    (grown_up.home / "seen.png").write_bytes(seen)
    with (
        Image.open(grown_up.home / "seen.png") as one,
        Image.open(folder / "picture.png") as other,
    ):
        assert np.array_equal(np.asarray(one), np.asarray(other))
    noise = read_card(folder)["made"]["picture"]["noise"]
    assert len(noise) == 3 and sum(w**2 for w in noise.values()) == pytest.approx(1)
    assert min(abs(w**2 - 0.4) for w in noise.values()) < 1e-6
    # Another share is another picture, and the card's is fresh until it is asked for.
    pixels = (folder / "picture.png").read_bytes()
    build_pictures(settings)
    assert (folder / "picture.png").read_bytes() == pixels
    path = folder / "postcard.md"
    path.write_text(path.read_text().replace("stranger: 0.4", "stranger: 0.9"))
    build_pictures(settings)
    assert (folder / "picture.png").read_bytes() != pixels


def test_children_of_parents_that_changed_make_no_card(grown_up):
    sheet = grown_up.draw(**ASKED, prompt=None, stranger=0.2)
    assert sheet["same"]
    path = grown_up.home / "content/postcards/beast-001/postcard.md"
    path.write_text("---\ntake: 5\n---\n")
    build_pictures(read_settings(grown_up.home))
    assert not grown_up.sheet(sheet["name"])["same"]
    status, answer, _ = grown_up.post("card", {"sheet": sheet["name"], "take": 1})
    assert status == 400 and "other parents" in answer["fault"]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"parents": ["beast-001"]}, "names two cards or more"),
        ({"parents": ["beast-001", "beast-001"]}, "names two cards or more"),
        ({"parents": ["beast-001", "beast-01"]}, "did you mean beast-0"),
        ({"parents": ["beast-001", "../../x"]}, "no card is called"),
        ({"parents": ["beast-001", "2"]}, "name the folders of cards"),
        ({"parents": ["beast-001"] * 17}, "parents: "),
        ({"stranger": -0.1}, "stranger: "),
        ({"stranger": 1.1}, "stranger: "),
        ({"stranger": "0.5"}, "stranger: "),
    ],
)
def test_what_cannot_be_bred_is_said(grown_up, wrong, told):
    status, answer, _ = grown_up.post("draw", {**ASKED, "stranger": 0.3, **wrong})
    assert status == 400 and told in answer["fault"]


@pytest.mark.parametrize("value", ["2", "-1", "yes", "much", ".nan", "[1]"])
def test_a_share_that_is_none_is_named_with_its_file(grown_up, value):
    path = grown_up.home / "content/postcards/odd/postcard.md"
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"---\nparents: [beast-001, beast-002]\nstranger: {value}\n---\n")
    try:
        faults = [fault for fault in grown_up.state()["faults"] if "odd" in fault]
        assert len(faults) == 1 and "stranger" in faults[0]
    finally:
        path.unlink()
        path.parent.rmdir()

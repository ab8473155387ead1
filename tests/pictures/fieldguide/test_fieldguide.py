"""The field guide: same seed same picture, whole and readable creatures, captions that are true."""

import hashlib
import re

import numpy as np
import pytest
from PIL import Image

from generate.errors import Refusal
from generate.pictures.fieldguide.captions import SYNONYMS
from generate.pictures.fieldguide.palette import oklch
from generate.pictures.fieldguide.scene import VOCABULARY, choose_tags, draw

SEEDS = range(200)


@pytest.fixture(scope="module")
def drawings():
    return [draw(seed, 64) for seed in SEEDS]


def pixels(image: Image.Image) -> np.ndarray:
    return np.asarray(image, np.float64)


def lab(rgb: np.ndarray) -> np.ndarray:
    """OKLab of sRGB 0..1, written apart from the palette's inverse."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    to_cones = np.array(
        [
            [0.4122214708, 0.5363325363, 0.0514459929],
            [0.2119034982, 0.6806995451, 0.1073969566],
            [0.0883024619, 0.2817188376, 0.6299787005],
        ]
    )
    to_lab = np.array(
        [
            [0.2104542553, 0.7936177850, -0.0040720468],
            [1.9779984951, -2.4285922050, 0.4505937099],
            [0.0259040371, 0.7827717662, -0.8086757660],
        ]
    )
    return np.cbrt(linear @ to_cones.T) @ to_lab.T


def test_same_seed_same_bytes(drawings):
    for seed in (0, 7, 123):
        again = draw(seed, 64)
        assert again.image.tobytes() == drawings[seed].image.tobytes()
        assert (again.text, again.tags) == (drawings[seed].text, drawings[seed].tags)
        assert again.image.mode == "RGB" and again.image.size == (64, 64)


@pytest.mark.parametrize("plan", VOCABULARY["plan"])
def test_sizes_are_one_scene(plan):
    small, large = draw(5, 64, {"plan": plan}), draw(5, 256, {"plan": plan})
    assert (small.text, small.tags) == (large.text, large.tags)
    shrunk = pixels(large.image.resize((64, 64), Image.Resampling.BOX))
    error = np.mean((shrunk - pixels(small.image)) ** 2)
    assert 10 * np.log10(255**2 / error) > 26


def test_no_two_alike(drawings):
    assert len({hashlib.sha256(d.image.tobytes()).digest() for d in drawings}) == len(drawings)
    tiny = np.stack([pixels(d.image.resize((16, 16), Image.Resampling.BOX)) for d in drawings])
    flat = tiny.reshape(len(tiny), -1)
    square = (flat**2).sum(axis=1)
    distance = square[:, None] + square - 2 * flat @ flat.T
    np.fill_diagonal(distance, np.inf)
    assert np.sqrt(distance.min() / flat.shape[1]) > 6


def test_creatures_are_whole_and_large(drawings):
    for seed, drawing in enumerate(drawings):
        assert drawing.mask.shape == (64, 64) and drawing.mask.dtype == np.uint8
        rows, columns = np.nonzero(drawing.mask > 8)
        box = rows.min(), columns.min(), rows.max(), columns.max()
        assert min(box[:2]) >= 2 and max(box[2:]) <= 61, (seed, drawing.tags["plan"], box)
        assert max(box[2] - box[0], box[3] - box[1]) > 0.52 * 64, (seed, drawing.tags["plan"])


def test_creatures_stand_out(drawings):
    contrasts = []
    for seed, drawing in enumerate(drawings):
        picture = lab(pixels(drawing.image) / 255)
        inside = drawing.mask > 200
        grown = np.asarray(
            Image.fromarray((drawing.mask > 8).astype(np.uint8) * 255).resize((64, 64))
        )
        ring = np.zeros((64, 64), bool)
        for dy in range(-4, 5):
            for dx in range(-4, 5):
                ring |= np.roll(grown > 0, (dy, dx), (0, 1))
        ring &= grown == 0
        # Inside against the surround, pixel by pixel: a striped beast may average to its ground.
        surround = np.median(picture[ring], axis=0)
        far = np.linalg.norm(picture[inside] - surround, axis=1)
        contrasts.append(np.median(far))
        assert contrasts[-1] > 0.06, (seed, drawing.tags, contrasts[-1])
    assert np.percentile(contrasts, 5) > 0.09


def test_every_word_is_drawn_sooner_or_later():
    for group, tokens in VOCABULARY.items():
        seen = {choose_tags(seed).get(group) for seed in range(3000)}
        assert seen - {None} == set(tokens), group
    assert len(VOCABULARY["plan"]) >= 12 and len(VOCABULARY["coat"]) >= 10
    assert len(VOCABULARY["habitat"]) >= 6 and len(VOCABULARY["hour"]) == 4


def test_captions_name_what_was_drawn_and_nothing_else(drawings):
    for drawing in drawings:
        words = re.findall(r"[a-z]+(?:-[a-z]+)*", drawing.text.lower())
        named = {SYNONYMS[word] for word in words if word in SYNONYMS}
        assert named == set(drawing.tags.values()), drawing.text
        assert drawing.text[0].isupper() and drawing.text.endswith(".")
        assert not re.search(r"\ba [aeiou]|\ban [^aeiou]", drawing.text.lower()), drawing.text
    assert len({d.text for d in drawings}) == len(drawings)


def test_synonyms_are_words_of_the_vocabulary():
    tokens = [token for group in VOCABULARY.values() for token in group]
    assert len(tokens) == len(set(tokens))
    assert set(SYNONYMS.values()) == set(tokens)
    assert all(SYNONYMS[token] == token for token in tokens)


def test_what_is_asked_for_is_drawn():
    asked = {"plan": "snake", "colour": "teal", "hour": "dusk", "feature": "none"}
    drawing = draw(3, 64, asked)
    assert {**drawing.tags, **asked, "feature": "none"} == {**drawing.tags, "feature": "none"}
    assert "feature" not in drawing.tags
    assert draw(3, 64, {"plan": "snail", "feature": "mane"}).tags.get("feature") is None


def test_asked_colour_is_the_colour_seen():
    """The creature's hue, measured, lies nearer the asked colour than its opposite."""
    for colour, hue in (("red", 26), ("green", 138), ("blue", 258), ("gold", 86)):
        tags = {"plan": "quadruped", "coat": "plain", "colour": colour, "hour": "day"}
        drawing = draw(11, 64, {**tags, "feature": "none", "weather": "clear"})
        seen = lab(pixels(drawing.image) / 255)[drawing.mask > 240]
        a, b = np.median(seen[:, 1]), np.median(seen[:, 2])
        turn = abs((np.degrees(np.arctan2(b, a)) - hue + 180) % 360 - 180)
        assert turn < 35, (colour, turn)


def test_palette_inverts_oklab():
    for lightness, chroma, hue in ((0.6, 0.1, 30), (0.8, 0.05, 200), (0.4, 0.08, 300)):
        found = lab(oklch(lightness, chroma, hue).astype(np.float64))
        a, b = chroma * np.cos(np.radians(hue)), chroma * np.sin(np.radians(hue))
        assert np.allclose(found, [lightness, a, b], atol=2e-3)


@pytest.mark.parametrize(
    ("size", "tags"), [(8, None), (4096, None), (64, {"plan": "unicorn"}), (64, {"tail": "long"})]
)
def test_bad_requests_are_refused(size, tags):
    with pytest.raises(Refusal):
        draw(1, size, tags)

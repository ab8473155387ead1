"""Animals by their names: kinds of breeds and species, and what phrases and voices make of them."""

import random

import pytest

from generate.phrases.language.concepts import CONCEPTS
from generate.phrases.writing import choosing, offline
from generate.phrases.writing.offline import EPITHETS
from generate.phrases.writing.subject import read_subject
from generate.pictures.captioning.measured import COLOURS, LIGHTS
from generate.pictures.fieldguide.captions import write_caption
from generate.pictures.fieldguide.scene import choose_tags
from generate.sounds.voice.body import imagine_beast
from generate.sounds.voice.kinds import FAMILIES
from generate.words.animals import find_kind, find_named, read_kinds

# A class, its kind, and the mass in kg that nobody would deny.
ANIMALS = [
    ("dog", "dog", 2, 80),
    ("chihuahua", "dog", 2, 80),
    ("horse", "horse", 100, 700),
    ("elephant", "elephant", 200, 6000),
    ("butterfly", "butterfly", 0.02, 0.05),
    ("hen", "chicken", 0.3, 5),
    ("chicken", "chicken", 0.3, 5),
    ("cat", "cat", 1.5, 9),
    ("maine coon", "cat", 1.5, 9),
    ("cow", "cow", 150, 900),
    ("sheep", "sheep", 20, 150),
    ("spider", "spider", 0.02, 0.2),
    ("squirrel", "squirrel", 0.05, 2),
    ("black footed albatross", "bird", 0.02, 12),
    ("elephant seal", "seal", 40, 600),
    ("great white shark", "shark", 30, 600),
    ("prairie dog", "squirrel", 0.05, 2),
    ("two wolves", "wolf", 15, 80),
]


@pytest.mark.parametrize(("name", "kind", "low", "high"), ANIMALS)
def test_a_class_gives_the_voice_its_size(name, kind, low, high):
    assert find_kind(name, last=True).name == kind
    for seed in range(12):
        # What is measured in the picture stands before the class and says nothing of an animal.
        traits = {"colour": "brown", "ground": "green", "shape": "round", "class": name}
        assert low <= imagine_beast(seed, traits, "A round figure in brown").mass_kg <= high
        assert low <= imagine_beast(seed, {}, f"a {name} by the sea").mass_kg <= high


@pytest.mark.parametrize(("name", "kind", "low", "high"), ANIMALS)
def test_a_class_gives_phrases_and_titles_something_to_speak_of(name, kind, low, high):
    subject = read_subject(f"a {name}", {"colour": "brown", "class": name}, "day", 1)
    assert kind in subject.holds
    for gap in ("feature", "coat"):
        assert subject.gaps[gap].rstrip("+") in CONCEPTS
    unknown = read_subject("a thing", {"colour": "brown"}, "day", 1)
    assert "coat" not in unknown.gaps and kind not in unknown.holds


def test_the_first_titles_of_a_kind_are_its_own():
    memory = choosing.Memory()
    lines = [line.text for line in offline.EPITHETS if line.asks == ("dog",)]
    titles = []
    for seed in range(4):
        subject = read_subject("a chihuahua", {"class": "chihuahua"}, "day", seed)
        titles.append(offline.write_title("Mo", subject, memory, random.Random(seed)))
    said = [title.partition(", ")[2] for title in titles]
    assert set(said[: len(lines)]) == set(lines)
    assert not set(said[len(lines) :]) & set(lines)


def test_what_the_picture_shows_comes_before_what_its_kind_has():
    subject = read_subject("a spotted dog with long ears", {"class": "dog"}, "day", 1)
    assert subject.gaps["coat"] == "spotted"
    assert subject.gaps["feature"] == "ear+"


def test_the_table_speaks_the_language_and_has_a_voice():
    for kind in set(read_kinds().values()):
        assert {kind.feature.rstrip("+"), kind.coat} <= set(CONCEPTS), kind
        low, high = kind.mass
        for voice in kind.voices:
            least, most = FAMILIES[voice].build
            assert least <= high and low <= most, kind
    asked = {word for line in EPITHETS for word in line.asks}
    assert {"dog", "horse", "elephant", "butterfly", "chicken", "cat", "cow"} <= asked


def test_the_field_guide_is_described_by_its_plan_alone():
    for seed in range(200):
        tags = choose_tags(seed)
        assert find_named(tags, write_caption(random.Random(seed), tags)) is None


def test_measured_captions_name_no_animal():
    said = " ".join([*COLOURS, *(way for ways in LIGHTS.values() for way in ways)])
    assert find_kind(f"{said} tall long round branching figure before against") is None


@pytest.mark.parametrize("name", ["cane", "gatto", "farfalla", "mucca", "trattore", "number 5", ""])
def test_what_is_no_english_animal_is_of_no_kind(name):
    assert find_kind(name) is None

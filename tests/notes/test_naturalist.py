"""The built-in naturalist: no template felt twice in fifty cards, true to what a card shows."""

import random
import re
from collections import Counter

import pytest

from generate.notes.naturalist import open_part, write_note
from generate.notes.runs import Taken, list_runs
from generate.notes.sighting import Sighting, read_name
from generate.notes.species import find_species
from generate.pictures.fieldguide.scene import caption, choose_tags
from generate.recipe import derive_seed
from generate.words.voices import FAMILIES

PARTS = ("lives", "eats", "speaks", "habits")


def see(number: int, kind: str, jungle: int = 7) -> Sighting:
    """A beast of a jungle of the field guide, of dogs alone, or of pictures that say nothing."""
    seed = derive_seed("card", jungle, number)
    rng = random.Random(seed)
    tags = choose_tags(seed) if kind == "guide" else {"class": "dog"} if kind == "dogs" else {}
    told = caption(seed, tags) if kind == "guide" else "a dog" if kind == "dogs" else ""
    families = ("howler", "chatterer", "roarer") if kind == "dogs" else FAMILIES
    family = rng.choice(families) if kind != "mute" else ""
    name = "".join(rng.choice("klmnrst") + rng.choice("aeiou") for _ in range(3)).title()
    mood = rng.choice(("statement", "joyful", "wistful", "alarm", "question"))
    return Sighting(f"b{number}", seed, told, tags, tags.get("hour", "day"), name, mood, family)


def write_all(sightings: list[Sighting]) -> list[str]:
    taken = Taken([sighting.name for sighting in sightings])
    return [write_note(sighting, taken) for sighting in sightings]


def count_shared(notes: list[str], names: list[str]) -> list[str]:
    """Runs of five words that two notes share: counted here on their own, names left out."""
    found: Counter[str] = Counter()
    for note in notes:
        for name in names:
            note = re.sub(rf"\b{name}\b", "NAME", note)
        words = re.findall(r"[A-Za-z'’-]+", note.replace("NAME", "Name"))
        words = [word.lower() for word in words]
        found.update({" ".join(words[at : at + 5]) for at in range(len(words) - 4)})
    return [run for run, times in found.items() if times > 1]


@pytest.mark.parametrize("kind", ["guide", "dogs", "mute"])
@pytest.mark.parametrize("jungle", [7, 8])
def test_no_two_of_fifty_share_five_words(kind: str, jungle: int) -> None:
    sightings = [see(number, kind, jungle) for number in range(50)]
    notes = write_all(sightings)
    assert count_shared(notes, [s.name for s in sightings]) == []
    for sighting, note in zip(sightings, notes, strict=True):
        assert 20 <= len(note.split()) <= 90
        assert f"he {sighting.name}" in note and "{" not in note and "\n" not in note
        # It names itself once, and is "it" from there on.
        assert note.count(sighting.name) == 1 and note.endswith(".")


def test_a_card_depends_on_those_before_it_alone() -> None:
    sightings = [see(number, "guide") for number in range(12)]
    assert write_all(sightings[:5]) == write_all(sightings)[:5]
    assert write_all(sightings) == write_all(sightings)


def test_lines_share_no_five_words_and_can_be_filled() -> None:
    found: Counter[tuple[str, ...]] = Counter()
    for part in PARTS:
        lines = open_part(part)
        assert sum(line.asks == ("any",) for line in lines) >= (50 if part != "habits" else 30)
        for line in lines:
            told = line.text.format(It="It", it="it", where="·", food="·", hour="·")
            found.update(set(list_runs(told)))
            assert part == "habits" or re.search(r"\{[Ii]t\}", line.text), line.text
            assert find_species(told) is None, line.text
    assert [run for run, times in found.items() if times > 1] == []


def test_lines_are_of_what_the_card_shows() -> None:
    wearing = {"horn": "horns", "shell": "shell", "crest": "crest", "wing": "wings"}
    for number in range(50):
        sighting = see(number, "guide")
        note = write_note(sighting, Taken())
        for concept, word in wearing.items():
            if re.search(rf"\bits {word}\b", note.lower()):
                assert concept in sighting.holds, note
        for family, word in (("roarer", "roar"), ("singer", "it sings"), ("hisser", "hisses")):
            if word in note:
                assert sighting.family == family, note


def test_a_long_jungle_repeats_what_was_heard_least() -> None:
    sightings = [see(number, "dogs") for number in range(120)]
    notes = write_all(sightings)
    assert len(set(notes)) == 120
    heard = Counter(part for note in notes for part in list_runs(note, {s.name for s in sightings}))
    assert max(heard.values()) <= 9


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ({"form": "Mesuli"}, "Mesuli"),
        ("Mes*u*li <b>", "Mesuli b"),
        ({"form": "x" * 61}, ""),
        (None, ""),
        ({"form": "a\u202eb"}, ""),
        (["a"], "'a'"),
    ],
)
def test_names_are_plain_words(name: object, read: str) -> None:
    assert read_name(name) == read


def test_without_a_name_or_a_caption_there_is_a_note() -> None:
    note = write_note(Sighting("x", 5), Taken())
    assert "his beast" in note


@pytest.mark.parametrize(
    ("text", "allowed", "found"),
    [
        ("It lives like a toad in the mud.", "a blue frog", None),
        ("It lives like a toad in the mud.", "a blue bird", "toad"),
        ("Owls avoid it.", "a bird", "owls"),
        ("It swallows moss and ducks under a branch.", "", None),
        ("It moves like a duck.", "", "duck"),
        ("Scholars call it Bufo viridis.", "", "Bufo viridis"),
        ("It was named *Rana temporaria* once; also Testudo graecus.", "", "Testudo graecus"),
        ("The Sabre lives under ferns.", "", None),
    ],
)
def test_animals_that_exist_are_found(text: str, allowed: str, found: str | None) -> None:
    assert find_species(text, [allowed]) == found

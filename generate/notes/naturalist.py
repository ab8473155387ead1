"""The built-in naturalist: a note put together from lines that suit the beast, by a seeded choice.

Of the lines that fit, those are taken that share no run of words with the notes before; only where
none is left is a line heard twice.
"""

import random
import re
from functools import cache
from pathlib import Path

from generate.notes.runs import Taken
from generate.notes.sighting import Sighting
from generate.phrases.writing.lines import Line, read_lines
from generate.recipe import derive_seed

# In which order a note tells: each has where it lives, what it eats, and why it speaks so.
ORDERS = (
    ("lives", "eats", "speaks"),
    ("lives", "speaks", "eats"),
    ("eats", "lives", "speaks"),
    ("lives", "eats", "speaks", "habits"),
    ("lives", "habits", "eats", "speaks"),
    ("eats", "lives", "habits", "speaks"),
)
# How often a line is chosen for what its beast is like, where there is such a line.
FITTING = 0.6
PLACES = {
    "branch": ("under the canopy", "along mossy boughs", "in the treetops", "up among leaves"),
    "river": ("beside the river", "along the riverbank", "near slow water", "at the ford"),
    "meadow": ("in flowery clearings", "out in the glade", "in long grass", "among wild flowers"),
    "cave": ("in cave mouths", "behind cool stone", "under the overhang", "below dripping rock"),
    "swamp": ("among marsh pools", "in the swamp", "on wet ground", "between the reeds"),
    "tent": ("around old camps", "near lantern light", "behind the tents", "by cold campfires"),
    "waterfall": (
        "beneath the waterfall",
        "in constant spray",
        "on slippery ledges",
        "by the fall",
    ),
    "ruin": ("among the ruins", "under fallen arches", "on temple steps", "in roofless halls"),
    "shore": ("along the shore", "above the tide", "behind the dunes", "on driftwood"),
    "lake": ("around the pond", "at the lakeside", "over still water", "in the shallows"),
    "hill": ("on high slopes", "below the summit", "on windy ridges", "up the hillside"),
    "forest": ("deep among trees", "on the forest floor", "in green shade", "where ferns grow"),
}
FOODS = (  # none of them plural, so that all fit every sentence
    *("windfall fruit", "bark dust", "river foam", "fallen blossom", "moss", "reed pith"),
    *("seed fluff", "old honey", "lichen", "sweet grass", "soft clay", "bog salt", "pond skin"),
    *("tree sap", "pollen", "leaf mould", "stale bread", "candle wax", "tree gum", "wet bark"),
    *("fern dust", "root mash", "sour fruit", "green wood", "hill cress", "cold porridge"),
    *("sundried mud", "nut meal", "petal jam", "night dew"),
)
HOURS = {"dawn": "dawn", "day": "noon", "dusk": "dusk", "night": "midnight"}
NAMELESS = "this beast"
FIRST = re.compile(r"\{[Ii]t\}")


@cache
def open_part(part: str) -> list[Line]:
    """The lines of one part of a note: lives, eats, speaks or habits."""
    path = Path(__file__).with_name(f"{part}.txt")
    return read_lines(path.read_text(encoding="utf-8"))


def write_note(sighting: Sighting, taken: Taken) -> str:
    """Three or four sentences about one beast, plain Markdown; ``taken`` learns them."""
    rng = random.Random(derive_seed("field note", sighting.seed))
    habitat = sighting.subject.gaps["habitat"]
    places = list(PLACES.get(habitat, PLACES["forest"]))
    foods = list(FOODS)
    rng.shuffle(places)
    rng.shuffle(foods)
    note = ""
    for part in rng.choice(ORDERS):
        gaps = {"where": places[len(note) % len(places)], "food": foods[0]}
        gaps["hour"] = HOURS.get(sighting.hour, "noon")
        note = choose_sentence(part, note, gaps, sighting, taken, rng)
    taken.add(note)
    return note


def choose_sentence(
    part: str,
    note: str,
    gaps: dict[str, str],
    sighting: Sighting,
    taken: Taken,
    rng: random.Random,
) -> str:
    """``note`` with the sentence of a part after it that shares the least with other notes."""
    holds = sighting.holds
    fitting = [line for line in open_part(part) if line.fits(holds)]
    rng.shuffle(fitting)
    own = rng.random() < FITTING
    fitting.sort(key=lambda line: (line.asks == ("any",)) == own)
    name = f"the {sighting.name}" if sighting.name else NAMELESS
    best: tuple[int, str] | None = None
    for line in fitting:
        told = f"{note} {fill_line(line.text, gaps, '' if note else name)}".strip()
        shared = taken.count_shared(told)
        if best is None or shared < best[0]:
            best = shared, told
        if not shared:
            break
    assert best is not None
    return best[1]


def fill_line(text: str, gaps: dict[str, str], name: str) -> str:
    """A line with its gaps filled; the beast is called ``name`` where that is given, at first."""
    if name:
        called = {"{It}": name[:1].upper() + name[1:], "{it}": name}
        text = FIRST.sub(lambda gap: called[gap[0]], text, count=1)
    return text.format(It="It", it="it", **gaps)

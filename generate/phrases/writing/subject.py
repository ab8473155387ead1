"""What a picture shows, as concepts to speak of: found in the traits and the caption of a brief.

Of a picture that a person brought little may be known but a colour and an hour. Its beast then
speaks of what every beast has.
"""

from __future__ import annotations

import random
import re
from collections.abc import Mapping
from dataclasses import dataclass

from generate.words.animals import find_named

# Each concept, and the words of captions and traits that mean it.
COLOURS = {
    "red": "red crimson scarlet ruby",
    "orange": "orange tangerine",
    "gold": "gold golden amber",
    "yellow": "yellow",
    "green": "green emerald olive",
    "teal": "teal turquoise cyan",
    "blue": "blue azure indigo",
    "violet": "violet purple magenta",
    "pink": "pink rosy rose",
    "white": "white ivory",
    "grey": "grey gray silver",
    "black": "black",
    "brown": "brown chestnut tan",
}
COATS = {
    "striped": "stripes striped stripy",
    "spotted": "spots spotted dotted rosettes rosetted rosette-marked starred",
    "patched": "patches patched piebald marbled saddled checked",
    "ringed": "rings ringed banded hooped",
    "speckled": "freckles freckled speckled",
    "zigzag": "zigzag zigzags chevroned",
    "scaly": "scales scaled scaly",
    "pale": "belly pale-bellied light-bellied pale gradient two-tone shaded",
    "furry": "furry woolly",
    "feathered": "feathered",
    "plain": "plain unmarked",
    "dappled": "dappled",
}
# Each body part in the notation of messages, and the words that mean it.
FEATURES = {
    "horn+": "horn horns horned antlers antlered antler",
    "crest": "crest crested plumed",
    "mane": "mane maned",
    "feeler+": "antennae feelers antenna",
    "thorn+": "spines spiny spiked spikes",
    "ear+": "ears eared long-eared",
    "frill": "frill frilled ruff",
    "wing+": "wings winged bat moth butterfly",
    "tusk+": "tusks tusked",
    "tail": "long-tailed",
    "shell": "shell shelled turtle tortoise snail",
    "nose": "trunked elephant long-billed",
    "neck": "long-necked longneck",
    "fin+": "fish finned",
}
EVERYONE_HAS = ("back", "belly", "eye+", "heart")
HABITATS = {
    "branch": "canopy bough treetops branch tree trees",
    "river": "river riverbank stream",
    "meadow": "clearing glade meadow",
    "cave": "cave cavern",
    "swamp": "swamp marsh bog",
    "tent": "camp tent lanterns lantern-lit",
    "waterfall": "waterfall cascade",
    "ruin": "ruins ruined temple",
    "shore": "shore beach",
    "lake": "lake pond pool",
    "hill": "hill hills mountain",
}
SOMEWHERE = "forest"
WEATHERS = {
    "mist": "mist misty fog foggy",
    "rain": "rain rainy drizzle",
    "snow": "snow snowy",
    "storm": "storm stormy",
    "wind": "wind windy breeze",
    "cloud": "cloud clouds cloudy overcast",
    "petal+": "petals petal blossoms",
}
HOUR_WEATHERS = {
    "dawn": ("dew", "mist", "light"),
    "day": ("wind", "cloud", "light"),
    "dusk": ("wind", "shadow", "mist"),
    "night": ("wind", "dew", "silence"),
}
HOURS = {"dawn": "dawn", "day": "noon", "dusk": "dusk", "night": "night"}
FEELINGS = {
    "calm": "calm quiet serene",
    "sleepy": "sleepy drowsy",
    "grumpy": "stern grumpy angry",
    "merry": "merry cheerful happy",
    "shy": "shy timid",
}
# More that lines may ask for, and the words that mean it.
HINTS = {
    "antler": "antlers antlered antler",
    "firefly": "fireflies firefly",
    "rosetted": "rosettes rosetted rosette-marked",
    "shaded": "gradient two-tone shaded",
    "leg": "quadruped four-legged biped two-legged caterpillar many-legged beetle crab",
}


@dataclass(frozen=True)
class Subject:
    """What one card can speak of.

    gaps: gap name to a token of the notation (feature "horn+"), those that hold only.
    holds: words that lines may ask for: concepts of the picture, its hour, hints, and the kind.
    kind: what animal it is, where a person's own pictures name one.
    """

    gaps: Mapping[str, str]
    holds: frozenset[str]
    kind: str = ""


def read_subject(caption: str, traits: Mapping[str, str], hour: str, seed: int) -> Subject:
    """The concepts that ``traits`` name, or else ``caption``; the rest is drawn by ``seed``."""
    rng = random.Random(seed)
    words = set(re.findall(r"[a-z][a-z-]*", " ".join(traits.values()).lower()))
    said = set(re.findall(r"[a-z][a-z-]*", caption.lower()))

    def find(table: Mapping[str, str], group: str) -> str | None:
        own = set(re.findall(r"[a-z][a-z-]*", str(traits.get(group, "")).lower()))
        for pool in (own, words, said):
            for concept, meant in table.items():
                if pool & set(meant.split()):
                    return concept
        return None

    hour = hour if hour in HOURS else "day"
    seen = {
        "feature": find(FEATURES, "feature"),
        "habitat": find(HABITATS, "habitat"),
        "weather": find(WEATHERS, "weather"),
        "colour": find(COLOURS, "colour"),
        "coat": find(COATS, "coat"),
        "feeling": find(FEELINGS, "mood"),
    }
    kind = find_named(traits, caption)
    if kind:
        seen["feature"] = seen["feature"] or kind.feature
        seen["coat"] = seen["coat"] or kind.coat
    guessed = {
        "hour": HOURS[hour],
        "feature": rng.choice(EVERYONE_HAS),
        "habitat": SOMEWHERE,
        "weather": rng.choice(HOUR_WEATHERS[hour]),
    }
    gaps = guessed | {gap: token for gap, token in seen.items() if token}
    every = words | said
    hints = {hint for hint, meant in HINTS.items() if every & set(meant.split())}
    holds = {token.rstrip("+") for token in seen.values() if token} | {hour} | hints
    holds |= {kind.name} if kind else set()
    if seen["weather"] in (None, "petal+"):
        holds |= {"day": {"sunny"}, "night": {"starry"}}.get(hour, set())
    # Where a hint is more exact than a concept, only the hint holds.
    for hint, rough in (("antler", "horn"), ("rosetted", "spotted"), ("shaded", "pale")):
        if hint in hints:
            holds.discard(rough)
    return Subject(gaps, frozenset(holds), kind.name if kind else "")

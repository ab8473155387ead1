"""Briefs to test the writers with: captions like those of pictures, put together by chance."""

import random

from generate.phrases.writing.offline import Brief
from generate.recipe import derive_seed

TRAITS = {
    "plan": ("snake", "bird", "octopus", "quadruped", "moth", "fish", "turtle"),
    "coat": ("stripes", "spots", "plain", "rings", "freckles", "zigzag", "scales"),
    "colour": ("red", "gold", "teal", "blue", "violet", "white", "brown"),
    "feature": ("horns", "crest", "mane", "ears", "none"),
    "habitat": ("river", "cave", "swamp", "ruins", "canopy", "clearing"),
    "hour": ("dawn", "day", "dusk", "night"),
    "weather": ("clear", "mist", "rain", "petals"),
    "mood": ("calm", "sleepy", "stern", "merry"),
}


def make_briefs(count: int, seed: int = 7) -> list[Brief]:
    """``count`` briefs; the first n are the same for every count."""
    return [make_brief(number, seed) for number in range(1, count + 1)]


def make_brief(number: int, seed: int = 7) -> Brief:
    rng = random.Random(derive_seed("brief", seed, number))
    traits = {group: rng.choice(words) for group, words in TRAITS.items()}
    worn = "" if traits["feature"] == "none" else f" with {traits['feature']}"
    caption = (
        f"A {traits['mood']} {traits['colour']} {traits['plan']}, its coat {traits['coat']}{worn}, "
        f"by the {traits['habitat']} at {traits['hour']}, {traits['weather']}."
    )
    own = derive_seed("card", seed, number)
    return Brief(number, f"beast-{number:03d}", own, caption, traits, traits["hour"])

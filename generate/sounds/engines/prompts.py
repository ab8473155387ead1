"""Write the prompt by which a sound model makes the call of a beast."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence

from generate.recipe import derive_seed
from generate.sounds.voice.body import SIZES, Beast, imagine_beast

# Models know real animals, not invented ones. So each family names some that sound like it, by
# size: up to 1 kg, up to 30 kg, heavier.
LIKENESS: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "roarer": (("ferret",), ("wild boar", "lynx"), ("lion", "walrus", "brown bear")),
    "howler": (("gibbon infant",), ("coyote", "howler monkey"), ("wolf", "moose", "seal")),
    "chatterer": (
        ("squirrel", "marmoset", "guinea pig"),
        ("otter", "raccoon", "macaque"),
        ("sea lion",),
    ),
    "singer": (("warbler", "nightingale", "blackbird"), ("lyrebird", "curlew"), ("crane", "swan")),
    "croaker": (("tree frog", "toad"), ("bullfrog", "raven"), ("alligator",)),
    "clicker": (("gecko", "bat", "cicada"), ("woodpecker", "toucan"), ("dolphin",)),
    "hummer": (("hummingbird", "bumblebee", "dove"), ("owl", "grouse"), ("elephant", "bittern")),
    "hisser": (("hedgehog", "lizard"), ("goose", "monitor lizard"), ("crocodile", "python")),
}
VERBS: dict[str, tuple[str, ...]] = {
    "roarer": ("roaring", "growling", "bellowing"),
    "howler": ("howling", "wailing", "calling"),
    "chatterer": ("chattering", "barking", "squeaking"),
    "singer": ("trilling", "whistling", "chirping"),
    "croaker": ("croaking", "grunting", "gurgling"),
    "clicker": ("clicking", "rattling", "ticking"),
    "hummer": ("humming", "purring", "cooing"),
    "hisser": ("hissing", "snorting", "breathing"),
}
# What words of the caption say of the sound.
TEXTURES: dict[str, str] = {
    "scales": "dry and raspy",
    "scaly": "dry and raspy",
    "fur": "warm and throaty",
    "furry": "warm and throaty",
    "woolly": "soft and muffled",
    "shaggy": "soft and muffled",
    "feathers": "airy",
    "feathered": "airy",
    "spiny": "sharp",
    "spikes": "sharp",
    "shell": "hollow",
    "wet": "wet",
    "rain": "wet",
    "moss": "soft and muffled",
    "mossy": "soft and muffled",
    "striped": "rough",
    "glowing": "shimmering",
}
HOURS = {"dawn": "at dawn", "dusk": "at dusk", "night": "at night"}
# Words of captions for animals that a model knows, or nearly.
HEARD = {name: name for name in ("elephant", "frog", "toad", "bird", "snake", "bat", "wolf", "cat")}
HEARD |= {"lizard": "gecko", "beetle": "beetle", "moth": "moth", "owl": "owl", "monkey": "monkey"}
RECORDING = "single animal, close-up field recording, dry, isolated, high quality"


def write_prompt(
    seed: int, traits: Mapping[str, str] | None = None, caption: str = "", hour: str = ""
) -> str:
    """The prompt for one beast: size, animal and action, texture, hour, how it is recorded."""
    beast = imagine_beast(seed, traits, caption)
    rng = random.Random(derive_seed("prompt", seed))
    words = re.findall(r"[a-z]+", " ".join([*map(str, (traits or {}).values()), caption]).lower())
    texture = next((TEXTURES[word] for word in words if word in TEXTURES), "")
    likeness = LIKENESS[beast.family][0 if beast.mass_kg < 1 else 1 + (beast.mass_kg > 30)]
    animal = rng.choice(likeness)
    animal = next((HEARD[word] for word in words if word in HEARD), animal)
    verb = rng.choice(VERBS[beast.family])
    known = {word for names in SIZES for word in names}
    size = next((word for word in words if word in known), name_size(beast))
    parts = [f"{size} {animal} {verb}", texture, HOURS.get(hour, ""), RECORDING]
    return ", ".join(part for part in parts if part)


def name_size(beast: Beast) -> str:
    """A word for the mass of a beast."""
    for limit, word in ((0.2, "tiny"), (3.0, "small"), (40.0, "medium-sized"), (180.0, "large")):
        if beast.mass_kg < limit:
            return word
    return "huge"


def choose_prompt(own: Sequence[str], number: int, written: str) -> str:
    """The prompt of a card: the user's own prompts in turn, or else the one ``written`` for it."""
    return own[(number - 1) % len(own)] if own else written

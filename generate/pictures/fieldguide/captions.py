"""Write varied English captions of drawings. Each tag is named by one of its words."""

from __future__ import annotations

import random
from collections.abc import Mapping

NOUNS: dict[str, tuple[str, ...]] = {
    "quadruped": ("four-legged beast", "quadruped", "four-legged creature"),
    "biped": ("two-legged runner", "biped", "two-legged creature"),
    "longneck": ("long-necked grazer", "longneck", "long-necked beast"),
    "elephant": ("elephant", "trunked giant", "trunked beast"),
    "lizard": ("lizard", "crocodile", "long-tailed lizard"),
    "turtle": ("turtle", "tortoise"),
    "snake": ("snake", "serpent"),
    "snail": ("snail", "snail in its whorled shell"),
    "caterpillar": ("caterpillar", "many-legged crawler", "many-legged caterpillar"),
    "beetle": ("beetle", "dome-backed beetle"),
    "fish": ("fish out of water", "walking fish", "fish on two feet"),
    "frog": ("frog", "toad"),
    "crab": ("crab", "big-clawed crab"),
    "octopus": ("octopus", "many-armed octopus", "kraken"),
    "bird": ("bird", "long-billed bird"),
    "puffball": ("puffball", "round ball of fluff", "owlish puffball"),
    "bat": ("bat", "bat on spread wings"),
    "moth": ("moth", "butterfly", "great moth"),
}
COATS: dict[str, tuple[str, ...]] = {
    "plain": ("plain", "unmarked"),
    "stripes": ("striped", "stripy"),
    "spots": ("spotted", "dotted"),
    "rosettes": ("rosetted", "rosette-marked"),
    "patches": ("patched", "piebald"),
    "belly": ("pale-bellied", "light-bellied"),
    "gradient": ("two-tone", "shaded"),
    "scales": ("scaly", "scaled"),
    "rings": ("ringed", "banded"),
    "freckles": ("freckled", "speckled"),
    "zigzag": ("zigzag", "chevroned"),
}
COLOURS: dict[str, tuple[str, ...]] = {
    "red": ("red", "crimson", "scarlet"),
    "orange": ("orange", "tangerine"),
    "gold": ("gold", "yellow", "amber"),
    "green": ("green", "emerald"),
    "teal": ("teal", "turquoise"),
    "blue": ("blue", "azure"),
    "violet": ("violet", "purple"),
    "pink": ("pink", "rosy"),
    "white": ("white", "ivory"),
    "brown": ("brown", "chestnut"),
}
FEATURES: dict[str, tuple[str, ...]] = {
    "horns": ("with curved horns", "with two horns", "wearing horns"),
    "antlers": ("with antlers", "with branching antlers"),
    "crest": ("with a crest", "with a plumed crest"),
    "mane": ("with a mane", "with a thick mane"),
    "antennae": ("with antennae", "with two feelers"),
    "spines": ("with spines along its back", "with a spiny back"),
    "ears": ("with tall ears", "with long ears"),
    "frill": ("with a frill", "with a broad ruff"),
}
HABITATS: dict[str, tuple[str, ...]] = {
    "canopy": ("on a mossy bough", "high in the canopy", "in the treetops"),
    "river": ("by the river", "on the riverbank"),
    "clearing": ("in a clearing", "in a flowery glade"),
    "cave": ("in the mouth of a cave", "before a cavern"),
    "swamp": ("in the swamp", "among the pools of a marsh"),
    "camp": ("by a camp", "near a lantern-lit tent"),
    "waterfall": ("by a waterfall", "beneath a waterfall", "near the cascade"),
    "ruins": ("among ruins", "before a ruined temple"),
}
HOURS: dict[str, tuple[str, ...]] = {
    "dawn": ("at dawn", "at sunrise", "at daybreak"),
    "day": ("by day", "in daylight", "at noon"),
    "dusk": ("at dusk", "at sunset", "at twilight"),
    "night": ("at night", "by moonlight"),
}
WEATHERS: dict[str, tuple[str, ...]] = {
    "clear": ("under a clear sky", "in clear air"),
    "mist": ("in mist", "in a misty hush", "in drifting fog"),
    "rain": ("in the rain", "in a fine drizzle"),
    "fireflies": ("among fireflies", "with fireflies about"),
    "petals": ("among falling petals", "in a drift of petals"),
}
MOODS: dict[str, tuple[str, ...]] = {
    "calm": ("calm", "quiet"),
    "sleepy": ("sleepy", "drowsy"),
    "stern": ("stern", "grumpy"),
    "merry": ("merry", "cheerful"),
}
PHRASES: dict[str, dict[str, tuple[str, ...]]] = {
    "plan": NOUNS,
    "coat": COATS,
    "colour": COLOURS,
    "feature": FEATURES,
    "habitat": HABITATS,
    "hour": HOURS,
    "weather": WEATHERS,
    "mood": MOODS,
}

# The words of captions and prompts that mean a token. A word means the same token everywhere.
_WORDS: dict[str, str] = {
    "quadruped": "four-legged quadruped dog cat fox wolf lion tiger bear horse",
    "biped": "two-legged biped runner dinosaur kangaroo",
    "longneck": "long-necked longneck giraffe llama",
    "elephant": "elephant trunked mammoth",
    "lizard": "lizard crocodile gecko dragon newt",
    "turtle": "turtle tortoise",
    "snake": "snake serpent viper",
    "snail": "snail slug",
    "caterpillar": "caterpillar many-legged centipede worm",
    "beetle": "beetle ladybird insect",
    "fish": "fish mudskipper",
    "frog": "frog toad",
    "crab": "crab lobster",
    "octopus": "octopus kraken squid many-armed",
    "bird": "bird songbird parrot toucan",
    "puffball": "puffball ball fluff furball owl owlish",
    "bat": "bat",
    "moth": "moth butterfly",
    "plain": "plain unmarked",
    "stripes": "stripes striped stripy stripe",
    "spots": "spots spotted dotted dots",
    "rosettes": "rosettes rosetted rosette-marked",
    "patches": "patches patched piebald patchy",
    "belly": "belly pale-bellied light-bellied",
    "gradient": "gradient two-tone shaded",
    "scales": "scales scaly scaled",
    "rings": "rings ringed banded",
    "freckles": "freckles freckled speckled",
    "zigzag": "zigzag chevroned zigzags",
    "red": "red crimson scarlet",
    "orange": "orange tangerine",
    "gold": "gold golden yellow amber",
    "green": "green emerald",
    "teal": "teal turquoise",
    "blue": "blue azure",
    "violet": "violet purple",
    "pink": "pink rosy",
    "white": "white ivory",
    "brown": "brown chestnut",
    "horns": "horns horned horn",
    "antlers": "antlers antlered",
    "crest": "crest crested plumed",
    "mane": "mane maned",
    "antennae": "antennae feelers",
    "spines": "spines spiny spiked",
    "ears": "ears eared long-eared",
    "frill": "frill frilled ruff",
    "canopy": "canopy bough treetops branch",
    "river": "river riverbank stream",
    "clearing": "clearing glade meadow",
    "cave": "cave cavern",
    "swamp": "swamp marsh bog",
    "camp": "camp tent lanterns lantern-lit",
    "waterfall": "waterfall cascade",
    "ruins": "ruins ruined temple",
    "dawn": "dawn sunrise daybreak morning",
    "day": "day daylight noon",
    "dusk": "dusk sunset twilight evening",
    "night": "night moonlight midnight",
    "clear": "clear",
    "mist": "mist misty fog foggy",
    "rain": "rain rainy drizzle",
    "fireflies": "fireflies firefly",
    "petals": "petals petal blossoms",
    "calm": "calm quiet",
    "sleepy": "sleepy drowsy",
    "stern": "stern grumpy angry",
    "merry": "merry cheerful happy",
}
SYNONYMS: dict[str, str] = {
    word: token for token, words in _WORDS.items() for word in words.split()
}

VERBS: dict[str, tuple[str, ...]] = {
    "bird": ("perches", "stands", "waits"),
    "bat": ("hovers", "flutters", "hangs in the air"),
    "moth": ("hovers", "flutters", "floats"),
    "snake": ("rests", "lies", "sways"),
    "snail": ("creeps along", "rests", "glides"),
    "caterpillar": ("creeps along", "rests", "crawls"),
    "frog": ("squats", "sits", "waits"),
    "puffball": ("sits", "stands", "waits"),
}
GROUNDED = ("stands", "waits", "pauses", "rests")


def write_caption(rng: random.Random, tags: Mapping[str, str]) -> str:
    """One English sentence, sometimes two, that names every tag."""
    said = {group: rng.choice(PHRASES[group][token]) for group, token in tags.items()}
    looks = [said[group] for group in ("mood", "coat", "colour") if group in said]
    if rng.random() < 0.35 and len(looks) == 3:
        looks = [looks[0], looks[2], looks[1]]
    subject = " ".join([*looks, said["plan"]])
    if "feature" in said:
        subject += " " + said["feature"]
    subject = _article(subject)
    verb = rng.choice(VERBS.get(tags["plan"], GROUNDED))
    place, hour, weather = said["habitat"], said["hour"], said["weather"]
    form = rng.randrange(5)
    if form == 0:
        text = f"{subject} {verb} {place} {hour}, {weather}."
    elif form == 1:
        text = f"{hour}, {weather}, {subject} {verb} {place}."
    elif form == 2:
        text = f"{subject} {place} {hour}, {weather}."
    elif form == 3:
        text = f"{place}, {subject} {verb} {weather} {hour}."
    else:
        text = f"{subject}, {place} {hour}. It {verb} {weather}."
    return text[0].upper() + text[1:]


def _article(phrase: str) -> str:
    return ("an " if phrase[0] in "aeiou" else "a ") + phrase

"""Choose the body and the voice of a beast from what its card says."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

from generate.recipe import derive_seed
from generate.sounds.voice.kinds import FAMILIES, Family
from generate.words.animals import find_named

# What card.json says of every beast; the rest of it where a person asked for it.
OLDER = {"seed", "mass_kg", "family"}
LIGHTEST, HEAVIEST = 0.02, 600.0
BANDS = 9
SCALE = (0.0, 2 / 12, 4 / 12, 7 / 12, 9 / 12, 1.0)

# Mass in kg, from and to, and likely voices of the bodies that captions name.
BODIES: dict[tuple[str, ...], tuple[float, float, tuple[str, ...]]] = {
    ("elephant", "mammoth", "rhino", "hippo", "trunk"): (150.0, 600.0, ("roarer", "hummer")),
    ("longneck", "giraffe", "dinosaur", "dragon"): (80.0, 450.0, ("roarer", "howler", "hummer")),
    ("quadruped", "wolf", "dog", "cat", "tiger", "lion", "bear", "horse", "deer", "boar"): (
        8.0,
        200.0,
        ("roarer", "howler", "chatterer"),
    ),
    ("biped", "ape", "monkey", "raptor"): (4.0, 90.0, ("howler", "chatterer", "roarer")),
    ("lizard", "crocodile", "gecko", "iguana"): (0.4, 60.0, ("hisser", "croaker", "clicker")),
    ("turtle", "tortoise", "armadillo"): (2.0, 120.0, ("hummer", "hisser", "croaker")),
    ("snake", "serpent", "worm", "eel"): (0.5, 40.0, ("hisser", "hummer")),
    ("fish", "salmon", "carp"): (0.05, 30.0, ("clicker", "croaker", "hummer")),
    ("octopus", "squid"): (0.5, 40.0, ("hummer", "croaker", "clicker")),
    ("snail", "slug", "jellyfish"): (0.05, 2.0, ("hummer", "clicker", "croaker")),
    ("frog", "toad", "newt"): (0.05, 8.0, ("croaker", "croaker", "singer")),
    ("caterpillar", "grub"): (0.03, 0.8, ("clicker", "hummer", "chatterer")),
    ("beetle", "spider", "crab", "ant"): (0.02, 0.6, ("clicker", "hummer")),
    ("bird", "owl", "parrot", "duck", "chicken", "rooster"): (0.03, 5.0, ("singer", "singer")),
    ("puffball", "mouse", "rabbit", "hamster"): (0.05, 3.0, ("chatterer", "singer", "hummer")),
    ("bat",): (0.03, 1.2, ("clicker", "chatterer", "singer")),
    ("moth", "butterfly", "bee", "fly", "dragonfly"): (0.02, 0.3, ("hummer", "singer")),
}
# What words of size multiply the mass by.
SIZES: dict[tuple[str, ...], float] = {
    ("tiny", "minute", "miniature"): 0.12,
    ("small", "little", "young", "slender"): 0.4,
    ("big", "large", "tall", "heavy", "fat"): 2.5,
    ("huge", "giant", "enormous", "gigantic", "towering"): 6.0,
}


@dataclass(frozen=True)
class Beast:
    """A body that can speak: its seed, its mass in kg, and the family of its voice.

    ``higher`` and ``faster`` are factors on the pitch and the pace that these give it.
    """

    seed: int
    mass_kg: float
    family: str
    higher: float = 1.0
    faster: float = 1.0

    def __post_init__(self) -> None:
        if self.family not in FAMILIES:
            raise ValueError(f"family {self.family!r}; known: {', '.join(FAMILIES)}")
        if not 0 < self.mass_kg < 1e6:
            raise ValueError(f"mass {self.mass_kg} kg")

    @property
    def pitch(self) -> float:
        """Mean pitch in Hz: falls with mass to the power 0.38.

        The fundamental of vertebrate calls falls as mass to about -0.4 (Fletcher 2004, A simple
        frequency-scaling rule for animal communication).
        """
        return 560.0 * self.mass_kg**-0.38 * self.voice.pitch * self.higher

    @property
    def tract_cm(self) -> float:
        """Length of the vocal tract in cm.

        In bodies of one shape it grows with the cube root of mass (Fitch 1997). A slightly smaller
        power keeps the vowels of the largest beasts where loudspeakers can play them.
        """
        return 8.5 * self.mass_kg**0.28 * self.voice.length

    @property
    def voice(self) -> Voice:
        """The beast's own values from the ranges of its family."""
        return draw_voice(self.seed, self.family)


@dataclass(frozen=True)
class Voice:
    """One beast's values for the ranges of `Family`, and the shape of its head.

    length: factor on the tract length of its mass. head: resonances and notches of skull and
    cheeks, each with its place in the beast's range (0 low, 1 high), gain in dB and Q. melody:
    octaves from its middle, one step for each syllable in turn.
    """

    pitch: float
    edge: float
    effort: float
    tone: float
    breath: float
    jitter: float
    growl: float
    sub: float
    pulses: float
    depth: float
    sharp: float
    side: float
    lean: float
    sweep: float
    arc: float
    vibrato: float
    flutter: float
    pace: float
    attack: float
    nose: float
    ring: float
    snaps: float
    hold: float
    bridge: float
    swing: float
    tune: float
    arch: float
    last: float
    close: float
    quaver: float
    hiss: float
    length: float
    growl_rate: float
    head: tuple[tuple[float, float, float], ...]
    melody: tuple[float, ...]


def draw_voice(seed: int, family: str) -> Voice:
    """A voice from the ranges of a family; the same for the same seed."""
    rng = random.Random(derive_seed("voice", seed, family))
    drawn = {
        f.name: rng.uniform(*getattr(FAMILIES[family], f.name))
        for f in fields(Family)
        if f.name != "build"
    }
    # One resonance or notch in each band, so that every head colours a sound differently.
    head = tuple(
        (
            (band + rng.uniform(0.15, 0.85)) / BANDS,
            # The two lowest are never notches, so that a voice keeps its low frequencies.
            rng.choice((-1.0 if band > 1 else 0.3, 1.0)) * rng.uniform(5.0, 12.0),
            rng.uniform(1.3, 2.4),
        )
        for band in range(BANDS)
    )
    return Voice(
        **drawn,
        length=rng.uniform(0.9, 1.1),
        growl_rate=rng.uniform(32.0, 68.0),
        head=head,
        melody=compose(rng, drawn["tune"]),
    )


def compose(rng: random.Random, tune: float) -> tuple[float, ...]:
    """A melody of three to five steps of a pentatonic scale, `tune` octaves wide, around 0."""
    steps = [rng.choice(SCALE) for _ in range(rng.randint(3, 5))]
    wide = max(steps) - min(steps) or 1.0
    middle = sum(steps) / len(steps)
    return tuple(round(tune * (step - middle) / wide, 4) for step in steps)


def tell_beast(beast: Beast) -> dict[str, Any]:
    """What card.json says of a beast."""
    body = {name: value for name, value in asdict(beast).items() if value != 1.0 or name in OLDER}
    return {**body, "pitch_hz": round(beast.pitch, 1)}


def imagine_beast(
    seed: int,
    traits: Mapping[str, str] | None = None,
    caption: str = "",
    wish: Mapping[str, Any] | None = None,
) -> Beast:
    """The beast of a card: body plan and size words in its traits and caption, else its seed.

    A person's ``wish`` (`VoiceWish.asked`) goes before all of them.

    A card without a plan, of a person's own pictures, may name an animal by its class or caption.
    The same card gives the same beast; words that name no body leave mass (even over the
    logarithm, 0.02 to 600 kg) and family to the seed.
    """
    rng = random.Random(derive_seed("beast", seed))
    traits = traits or {}
    values = [str(traits.get("plan", "")), *map(str, traits.values())]
    words = re.findall(r"[a-z]+", " ".join([*values, caption]).lower())
    low, high, families = find_body(traits, caption, words)
    mass = math.exp(rng.uniform(math.log(low), math.log(high)))
    for word in dict.fromkeys(words):
        mass *= next((factor for names, factor in SIZES.items() if word in names), 1.0)
    wish = wish or {}
    mass = float(wish.get("mass", round(min(max(mass, LIGHTEST), HEAVIEST), 4)))
    fitting = [name for name in families if fits(mass, name)] or list(families)
    family = wish.get("family") or rng.choice(fitting)
    return Beast(seed, mass, family, wish.get("pitch", 1.0), wish.get("pace", 1.0))


def find_body(
    traits: Mapping[str, str], caption: str, words: list[str]
) -> tuple[float, float, tuple[str, ...]]:
    """Mass from and to, and voices, of the body that traits or caption name; else of any."""
    if kind := find_named(traits, caption):
        return *kind.mass, kind.voices
    for word in words:
        found = next((body for names, body in BODIES.items() if _is_in(word, names)), None)
        if found:
            return found
    return LIGHTEST, HEAVIEST, tuple(FAMILIES)


def fits(mass: float, family: str) -> bool:
    """Whether a body of `mass` kg may have a voice of the family."""
    low, high = FAMILIES[family].build
    return low <= mass <= high


def _is_in(word: str, names: tuple[str, ...]) -> bool:
    return word in names or (word.endswith("s") and word[:-1] in names)

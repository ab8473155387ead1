"""Whose voice speaks in a browser: the body of a card's beast, and those of a model's words."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from generate.cards import Card
from generate.sounds.voice.body import HEAVIEST, LIGHTEST, SIZES, find_body, imagine_beast
from generate.sounds.voice.kinds import FAMILIES

# Groups of a model's words that say what a beast is.
BEINGS = ("plan", "class", "kind", "word")
# Keys of a body as card.json has it, and as the browser's script wants it.
KEYS = {
    "seed": "seed",
    "mass_kg": "mass",
    "family": "family",
    "higher": "higher",
    "faster": "faster",
}


def find_voice(card: Card) -> dict[str, Any]:
    """The beast that speaks a card: {"seed", "mass" in kg, "family", …}; one that fits its words
    where the card's sound is no voice of ours."""
    sound = card.made.get("sound")
    beast = sound.get("beast") if isinstance(sound, Mapping) else None
    if not isinstance(beast, Mapping) or not {"seed", "mass_kg", "family"} <= beast.keys():
        traits = {str(name): str(value) for name, value in card.traits.items()}
        found = imagine_beast(card.seed, traits, card.caption)
        beast = {"seed": found.seed, "mass_kg": found.mass_kg, "family": found.family}
    return {short: beast[name] for name, short in KEYS.items() if name in beast}


def table_bodies(tokens: Sequence[str], groups: Sequence[str]) -> dict[str, Any]:
    """{"bodies": {token: [mass from, to, families]}, "sizes": {token: factor}} of a model's words.

    Masses in kg. Only groups that say what a beast is give bodies: a "bat" in the sky is none.
    """
    bodies, sizes = {}, {}
    anybody = (LIGHTEST, HEAVIEST, tuple(FAMILIES))
    for token, group in zip(tokens, groups, strict=True):
        words = token.lower().split()
        body = find_body({group: token}, "", words)
        if group in BEINGS and body != anybody:
            bodies[token] = body
        factor = math.prod(
            next((times for names, times in SIZES.items() if word in names), 1.0) for word in words
        )
        if factor != 1:
            sizes[token] = factor
    return {"bodies": bodies, "sizes": sizes}

"""What a taste believes, in plain sentences: each can be switched off."""

from dataclasses import dataclass

import numpy as np
from scipy.special import betainc

from generate.studio.taste.model import Taste

# A belief is told where it is true with this chance, and of looks with as many deviations, and
# where as many pictures were seen. A word counts as one that is liked as often as others (a beta
# distribution that has seen `BEFORE` such pictures) until it is seen otherwise.
CHANCE, SURE, SEEN, BEFORE, MOST = 0.85, 1.2, 3, 2.0, 12
PLACES = {"canopy": "in the treetops", "river": "by the river", "ruins": "among ruins"}
HOURS = {"dawn": "at dawn", "day": "by day", "dusk": "at dusk", "night": "at night"}
LOOKS = {
    "bright": ("bright pictures", "dark pictures"),
    "warm": ("warm colours", "cool colours"),
    "colourful": ("strong colours", "pale colours"),
}
UNCHANGED = ("fish", "sheep", "deer")


@dataclass(frozen=True)
class Belief:
    """A feature that is believed to be liked, or not, the sentence that says so, and what it rests
    on: "5 of 6 liked"."""

    name: str
    likes: bool
    says: str
    counted: str


def tell_beliefs(taste: Taste) -> list[Belief]:
    """The surest beliefs, the strongest first."""
    found = []
    deviation, usual = np.sqrt(np.diag(taste.spread)), taste.liked[0] / max(1, taste.seen[0])
    for place, name in enumerate(taste.names[1:], 1):
        weight, seen, liked = taste.mean[place], int(taste.seen[place]), int(taste.liked[place])
        if seen < SEEN:
            continue
        if name.startswith("look:"):
            sure, counted = abs(weight) >= SURE * deviation[place], ""
        else:
            parts = liked + BEFORE * usual, seen - liked + BEFORE * (1 - usual)
            more = 1 - float(betainc(*parts, usual)) if 0 < usual < 1 else 0.5
            sure = (more if weight > 0 else 1 - more) >= CHANCE
            counted = f"{liked} of {seen} liked"
        if sure:
            told = Belief(name, bool(weight > 0), tell(name, weight > 0), counted)
            found.append((abs(weight), told))
    found.sort(key=lambda one: -one[0])
    return [belief for _, belief in found[:MOST]]


def tell(name: str, likes: bool) -> str:
    """One sentence: "You like stripes at night." """
    if name.startswith("look:"):
        more, less = LOOKS[name.removeprefix("look:")]
        return f"You like {more if likes else less}."
    parts = [part.split("=", 1) for part in name.split("&")]
    parts.sort(key=lambda part: part[0] in ("habitat", "hour"))  # what, before where and when
    told = " ".join(
        name_part(group, token, place > 0) for place, (group, token) in enumerate(parts)
    )
    return f"You {'like' if likes else 'avoid'} {told}."


def name_part(group: str, token: str, follows: bool) -> str:
    """What a sentence calls a word of a group, alone or after another one."""
    if group in ("habitat", "hour"):
        told = HOURS.get(token) or PLACES.get(token) or f"in the {token}"
        return told if follows else f"what is {told}"
    named = {
        "plan": pluralise(token),
        "coat": f"{token} coats" if token in ("plain", "belly", "gradient", "zigzag") else token,
        "weather": f"{token} weather" if token == "clear" else token,
        "mood": f"{token} beasts",
    }.get(group, token)
    return f"with {named}" if follows else named


def pluralise(noun: str) -> str:
    """The plural of an animal's name, by the common rules."""
    if noun.endswith(UNCHANGED):
        return noun
    if noun.endswith(("s", "sh", "ch", "x")):
        return f"{noun}es"
    return f"{noun[:-1]}ies" if noun.endswith("y") and noun[-2:-1] not in "aeiou" else f"{noun}s"

"""How a mouth makes each phoneme of the language: formants, voicing, noise.

The features of the phoneme decide, so a phoneme added to the pool can be spoken at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from generate.phrases.language.phonemes import Phoneme

REFERENCE_TRACT = 17.5
"""Length in cm of the vocal tract that the formants below are given for."""

# Second and third formant in Hz towards which each place of articulation moves its neighbours
# (locus theory: Delattre, Liberman and Cooper 1955).
LOCUS = {
    "bilabial": (900.0, 2300.0),
    "labiodental": (1100.0, 2350.0),
    "alveolar": (1750.0, 2650.0),
    "postalveolar": (1950.0, 2500.0),
    "palatal": (2250.0, 2950.0),
    "velar": (1450.0, 2050.0),
    "glottal": (1500.0, 2500.0),
}
# Centre in Hz and width in octaves of the noise of a constriction at each place.
NOISE = {
    "bilabial": (1100.0, 2.2),
    "labiodental": (4200.0, 2.4),
    "alveolar": (6200.0, 0.9),
    "postalveolar": (3300.0, 0.9),
    "palatal": (3800.0, 0.9),
    "velar": (1900.0, 0.9),
    "glottal": (1500.0, 2.5),
}


@dataclass(frozen=True)
class Articulation:
    """How the vocal tract makes one phoneme.

    formants: F1 to F4 in Hz for the reference tract.
    seconds: length at an even pace.
    voicing, breath, hiss: levels of the glottis, of aspiration, of a constriction, 0 to 1.
    noise: centre (Hz) and width (octaves) of hiss and burst.
    burst: level of the release, 0 to 1. closed: the mouth shuts first.
    nasal: 0 to 1. trill: beats per second, 0 for none. click: a snap instead of a burst.
    tone: -1 (low) to 1 (high), the pitch of a vowel for voices too high to show formants.
    """

    formants: tuple[float, float, float, float]
    seconds: float
    voicing: float = 1.0
    breath: float = 0.0
    hiss: float = 0.0
    noise: tuple[float, float] = (1500.0, 2.5)
    burst: float = 0.0
    closed: bool = False
    nasal: float = 0.0
    trill: float = 0.0
    click: bool = False
    tone: float = 0.0


@lru_cache(maxsize=128)
def articulate(phoneme: Phoneme) -> Articulation:
    """The articulation of a phoneme."""
    if phoneme.is_vowel:
        return _open(phoneme)
    f2, f3 = LOCUS.get(phoneme.place, LOCUS["glottal"])
    noise = NOISE.get(phoneme.place, NOISE["glottal"])
    narrow = (300.0, f2, f3, 3500.0)
    match phoneme.kind:
        case "stop":
            return Articulation(
                narrow, 0.075, 0.0, breath=0.35, noise=noise, burst=0.75, closed=True
            )
        case "voiced-stop":
            return Articulation(narrow, 0.062, 0.16, noise=noise, burst=0.4, closed=True)
        case "fricative":
            return Articulation(narrow, 0.088, 0.0, breath=0.1, hiss=0.6, noise=noise)
        case "voiced-fricative":
            return Articulation(narrow, 0.070, 0.34, hiss=0.32, noise=noise)
        case "aspirate":
            return Articulation((500.0, f2, f3, 3500.0), 0.062, 0.05, breath=0.9)
        case "nasal":
            return Articulation((270.0, f2, f3, 3500.0), 0.070, 0.5, nasal=1.0)
        case "glide":
            rounded = phoneme.place == "bilabial"
            second = 720.0 if rounded else 2250.0
            return Articulation((290.0, second, f3, 3500.0), 0.062, 0.5)
        case "liquid":
            if phoneme.symbol == "l":
                return Articulation((340.0, 1150.0, 2850.0, 3600.0), 0.060, 0.5)
            return Articulation((400.0, 1350.0, 1800.0, 3300.0), 0.040, 0.3)
        case "trill":
            return Articulation((420.0, 1300.0, 2000.0, 3300.0), 0.115, 0.6, trill=27.0)
        case _:  # a click
            return Articulation(
                narrow, 0.080, 0.0, noise=(2600.0, 0.7), burst=1.0, closed=True, click=True
            )


def _open(vowel: Phoneme) -> Articulation:
    """A vowel: F1 falls with height, F2 with backness and rounding."""
    height = 0.5 if vowel.height is None else vowel.height
    back = 0.5 if vowel.backness is None else vowel.backness
    f1 = 790.0 - 510.0 * height
    f2 = float(np.interp(back, [0.0, 0.5, 1.0], [2350.0, 1480.0, 760.0]))
    f2 *= 1.0 - 0.14 * (1.0 - height) * (1.0 - abs(2 * back - 1))
    if vowel.rounded and back < 0.5:
        f2 *= 0.80
    f3 = 2450.0 + 550.0 * height * (1.0 - back)
    seconds = 0.215 if vowel.long else 0.135
    if vowel.symbol == "ë":
        seconds = 0.105
    tone = height * (1.0 - 1.7 * back) if height > 0.3 else -0.1
    return Articulation((f1, f2, f3, 3500.0), seconds, breath=0.04, tone=tone)

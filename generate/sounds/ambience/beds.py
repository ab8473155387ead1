"""The jungle around the beasts: one seamless bed of sound for each hour.

A bed is periodic by construction. Noise and slow swells are made in the frequency domain of the
loop; sounds that pass its end, and their reverberation, continue at its beginning.
"""

from __future__ import annotations

import numpy as np

from generate.errors import Refusal
from generate.recipe import derive_seed
from generate.sounds.ambience.hours import HOURS
from generate.sounds.ambience.scenery import (
    RATE,
    Array,
    add_wrapped,
    gain,
    make_bird,
    make_cicada,
    make_cricket,
    make_drop,
    make_rustle,
    make_wind,
    soften,
    spread,
)
from generate.sounds.mastering.encoding import GRAIN
from generate.sounds.report.measures import measure_seam
from generate.sounds.voice.body import Beast
from generate.sounds.voice.reverb import add_reverb_to_loop, grow_room
from generate.sounds.voice.voice import speak


def make_bed(hour: str, seed: int, seconds: float = 12.8) -> Array:
    """Seamless ambience (n, 2) at 44.1 kHz for "dawn", "day", "dusk" or "night".

    It lasts the multiple of 1.28 s nearest to ``seconds``. Raises `Refusal` for another hour, and
    where ``seconds`` is not within 2 to 600.
    """
    if hour not in HOURS:
        raise Refusal(f"ambience: no hour {hour!r}; known: {', '.join(HOURS)}")
    if not 2.0 <= seconds <= 600.0:
        raise Refusal(f"ambience: {seconds} s; it must last 2 to 600 seconds")
    heard, n = HOURS[hour], round(seconds * RATE / GRAIN) * GRAIN
    rng = np.random.default_rng(derive_seed("bed", hour, seed))
    turns = seconds / 12.0
    far = np.zeros((n, 2), np.float32)
    for _ in range(round(heard.drops * turns)):
        add_wrapped(far, make_drop(rng), rng, gain(rng.uniform(-33, -21)), rng.uniform(-0.9, 0.9))
    for _ in range(round(heard.birds * turns)):
        add_wrapped(far, make_bird(rng), rng, gain(rng.uniform(-34, -25)), rng.uniform(-0.9, 0.9))
    for number, (family, mass) in enumerate(heard.far):
        call = speak("o oru uo", Beast(derive_seed(seed, hour, number), mass, family), "calm")
        mono = soften(call.samples.mean(axis=1), 1600.0)
        add_wrapped(far, mono, rng, gain(-19), rng.uniform(-0.8, 0.8))
    room = grow_room(derive_seed("bed", seed) % 8, RATE, 1.6, 3000.0)
    bed = add_reverb_to_loop(far, room, 0.9)
    bed += make_wind(rng, n, heard.bright) * gain(heard.wind)
    bed += make_rustle(rng, n) * gain(heard.rustle)
    for carrier in heard.crickets:
        pan = rng.uniform(-0.8, 0.8)
        bed += spread(make_cricket(rng, n, carrier * rng.uniform(0.97, 1.03)), pan) * gain(-37)
    for carrier in heard.cicadas:
        pan = rng.uniform(-0.6, 0.6)
        bed += spread(make_cicada(rng, n, carrier * rng.uniform(0.95, 1.05)), pan) * gain(-38)
    return rotate(bed.astype(np.float32))


def rotate(bed: Array, places: int = 16) -> Array:
    """The same loop, begun where its seam is least audible: where no drop or chirp starts."""

    def measure(turned: Array) -> float:
        ratio, hole = measure_seam(turned, RATE)
        return ratio + 0.5 * abs(hole)

    turns = [np.roll(bed, -k * (len(bed) // places), axis=0) for k in range(places)]
    return min(turns, key=measure)

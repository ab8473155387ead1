"""The jungle around the beasts: one seamless bed for each hour, work/ambience/<hour>.flac.

A bed is periodic by construction. Noise and slow swells are made in the frequency domain of the
loop; sounds that pass its end, and their reverberation, continue at its beginning.
"""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from generate.errors import Refusal
from generate.recipe import Recipe, derive_seed, holds, write_recipe
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
from generate.sounds.mastering.encoding import GRAIN, write_flac
from generate.sounds.mastering.mastering import master
from generate.sounds.report.measures import measure_seam
from generate.sounds.voice.body import Beast
from generate.sounds.voice.reverb import add_reverb_to_loop, grow_room
from generate.sounds.voice.voice import speak

SECONDS = 12.8
REVISION = 2


@dataclass(frozen=True)
class Hour:
    """What is heard at an hour.

    wind, rustle: levels in dB. bright: brightness of the wind in Hz. crickets, cicadas: carriers in
    Hz, one for each animal. drops, birds: counts in twelve seconds. far: family and mass in kg of
    each beast that calls from far away.
    """

    wind: float
    bright: float
    rustle: float
    crickets: tuple[float, ...] = ()
    cicadas: tuple[float, ...] = ()
    drops: int = 0
    birds: int = 0
    far: tuple[tuple[str, float], ...] = ()


HOURS: dict[str, Hour] = {
    "dawn": Hour(
        -41, 420, -56, crickets=(4300.0,), drops=14, birds=9, far=(("howler", 9.0), ("singer", 0.2))
    ),
    "day": Hour(
        -40, 700, -51, cicadas=(5200.0, 6900.0), drops=3, birds=5, far=(("chatterer", 8.0),)
    ),
    "dusk": Hour(
        -42,
        380,
        -55,
        crickets=(3900.0, 4800.0),
        cicadas=(5800.0,),
        drops=5,
        birds=3,
        far=(("hummer", 60.0), ("howler", 20.0)),
    ),
    "night": Hour(
        -42,
        260,
        -58,
        crickets=(3600.0, 4200.0, 5100.0),
        drops=9,
        far=(("croaker", 0.8), ("croaker", 1.5), ("roarer", 150.0)),
    ),
}


def make_bed(hour: str, seed: int, seconds: float = SECONDS) -> Array:
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


def make_beds(settings: Any) -> dict[str, Path]:
    """Make work/ambience/<hour>.flac where it is stale; hour to path of the mastered loop."""
    folder = Path(settings.work) / "ambience"
    paths = {hour: folder / f"{hour}.flac" for hour in HOURS}
    recipe = Recipe(
        "ambience",
        {
            "loudness": settings.sounds.bed_loudness,
            "seconds": SECONDS,
            "revision": REVISION,
            "hours": {hour: asdict(heard) for hour, heard in HOURS.items()},
        },
        seed=settings.seed,
    )
    if holds(folder, recipe):
        return paths
    began = time.perf_counter()
    for hour, path in paths.items():
        bed = master(make_bed(hour, settings.seed), RATE, settings.sounds.bed_loudness, loop=True)
        write_flac(path, bed.samples, bed.rate)
    write_recipe(folder, recipe, paths.values(), time.perf_counter() - began, ["numpy", "scipy"])
    return paths

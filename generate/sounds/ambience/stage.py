"""Bring the beds of jungle sound up to date: work/ambience/<hour>.flac."""

from __future__ import annotations

import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from generate.recipe import Recipe, holds, write_recipe
from generate.sounds.ambience.hours import HOURS

SECONDS = 12.8
REVISION = 2


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
    # With these comes scipy.signal, most of the time of a build that has nothing to do.
    from generate.sounds.ambience.beds import RATE, make_bed
    from generate.sounds.mastering.encoding import write_flac
    from generate.sounds.mastering.mastering import master

    began = time.perf_counter()
    for hour, path in paths.items():
        bed = master(
            make_bed(hour, settings.seed, SECONDS), RATE, settings.sounds.bed_loudness, loop=True
        )
        write_flac(path, bed.samples, bed.rate)
    write_recipe(folder, recipe, paths.values(), time.perf_counter() - began, ["numpy", "scipy"])
    return paths

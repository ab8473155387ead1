"""Draw the field guide's training pictures, seeded, on all cores."""

import multiprocessing
import os
from collections.abc import Iterator
from typing import Any

from PIL import Image

from generate.pictures.data.source import FIELD_GUIDE, Entry, Source
from generate.recipe import derive_seed
from generate.settings import Settings


def open_field_guide(settings: Settings) -> Source:
    """The field guide's first ``settings.pictures.examples`` drawings of this jungle's seed."""
    from generate.pictures.fieldguide.captions import SYNONYMS
    from generate.pictures.fieldguide.scene import VOCABULARY

    total, size = settings.pictures.examples, settings.pictures.size
    seeds = [derive_seed("drawing", settings.seed, number) for number in range(total)]
    return Source(
        FIELD_GUIDE,
        total,
        draw_all(seeds, size),
        {group: tuple(values) for group, values in VOCABULARY.items()},
        dict(SYNONYMS),
    )


def draw_all(seeds: list[int], size: int) -> Iterator[Entry]:
    """Entries for ``seeds``, drawn by a pool of processes, in order."""
    jobs = [(seed, size) for seed in seeds]
    cores = min(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2, 16)
    if cores < 2 or len(jobs) < 16:
        yield from map(as_entry, map(draw_one, jobs))
        return
    # "spawn" starts clean processes: forking one that holds torch's threads can deadlock.
    with multiprocessing.get_context("spawn").Pool(cores) as pool:
        yield from map(as_entry, pool.imap(draw_one, jobs, chunksize=4))


def draw_one(job: tuple[int, int]) -> tuple[int, Image.Image, str, dict[str, Any]]:
    """One drawing as (seed, picture, text, tags)."""
    from generate.pictures.fieldguide.scene import draw

    drawing = draw(*job)
    return job[0], drawing.image, drawing.text, dict(drawing.tags)


def as_entry(drawn: tuple[int, Image.Image, str, dict[str, Any]]) -> Entry:
    seed, image, text, tags = drawn
    return Entry(f"drawing-{seed}", lambda: image, text, tags)

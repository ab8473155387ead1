"""Drawings to learn from: the field guide's outlines, files of Quick, Draw!, or traces."""

import multiprocessing
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from PIL import Image

from generate.pictures.data.pixels import FAULTS, quiet
from generate.pictures.data.source import FIELD_GUIDE, Entry, Source
from generate.pictures.strokes.ink import draw_ink
from generate.pictures.strokes.lines import Strokes, to_lists
from generate.pictures.strokes.outlines import draw_outlines
from generate.pictures.strokes.quickdraw import list_files, open_quickdraw
from generate.pictures.strokes.tracing import trace_picture
from generate.recipe import derive_seed
from generate.settings import Settings


def open_strokes(settings: Settings, open_pictures: Callable[[Settings], Source]) -> Source:
    """The drawings of the source that the settings name, each ink on paper, with its strokes.

    Pictures that are no drawings are opened by ``open_pictures`` and traced.
    """
    name = settings.pictures.source
    if name == FIELD_GUIDE:
        return open_guide(settings)
    if list_files(settings.home / name):
        return open_quickdraw(settings.home / name, settings.pictures.examples)
    source = open_pictures(settings)
    traced = (trace_entry(entry, settings.pictures.size) for entry in source.entries)
    return replace(source, entries=traced)


def open_guide(settings: Settings) -> Source:
    """The outlines of the drawings that the other recipes learn from, with the same words."""
    from generate.pictures.fieldguide.captions import SYNONYMS
    from generate.pictures.fieldguide.scene import VOCABULARY

    total, size = settings.pictures.examples, settings.pictures.size
    seeds = [derive_seed("drawing", settings.seed, number) for number in range(total)]
    known = {group: tuple(values) for group, values in VOCABULARY.items()}
    entries = (make_entry(*one, size) for one in draw_all(seeds))
    return Source(FIELD_GUIDE, total, entries, known, dict(SYNONYMS))


def draw_all(seeds: list[int]) -> Iterator[tuple[str, Strokes, str, dict[str, str]]]:
    """`draw_one` of each of ``seeds``, by a pool of processes, in order."""
    cores = min(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 2, 16)
    if cores < 2 or len(seeds) < 64:
        yield from map(draw_one, seeds)
        return
    # "spawn" starts clean processes: forking one that holds torch's threads can deadlock.
    with multiprocessing.get_context("spawn").Pool(cores) as pool:
        yield from pool.imap(draw_one, seeds, chunksize=16)


def draw_one(seed: int) -> tuple[str, Strokes, str, dict[str, str]]:
    """Name, strokes, caption and tags of the field guide's drawing of ``seed``."""
    from generate.pictures.fieldguide.scene import caption, choose_tags

    tags = choose_tags(seed)
    return f"drawing-{seed}", draw_outlines(seed), caption(seed, tags), tags


def make_entry(name: str, strokes: Strokes, text: str, tags: dict[str, str], size: int) -> Entry:
    """A drawing as an entry of the source."""
    open_it = partial(draw_ink, strokes, size)
    return Entry(name, open_it, text, tags, strokes=to_lists(strokes))


def trace_entry(entry: Entry, size: int) -> Entry:
    """A picture as the drawing that its lines make; as it is where it cannot be opened."""
    try:
        with quiet(), entry.open() as opened:
            strokes = trace_picture(opened)
    except FAULTS:
        return entry
    if not strokes:
        return replace(entry, open=refuse_plain)
    return replace(entry, open=partial(draw_ink, strokes, size), strokes=to_lists(strokes))


def refuse_plain() -> Image.Image:
    """Nothing to draw: counted among the pictures that cannot be used."""
    raise ValueError("a plain picture has no lines")

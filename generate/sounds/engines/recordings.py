"""Use a folder of recordings as the beasts' calls: choose one for each card, cut it, mend it."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from generate.errors import Refusal
from generate.recipe import derive_seed
from generate.safety.leading_out import require_within
from generate.sounds.engines.blocks import Levels, cut_long, is_long, measure_levels
from generate.sounds.engines.call import Call
from generate.sounds.engines.clips import (
    cut_event,
    find_clip_edges,
    hear,
    mend_clipping,
    open_clip,
    profile_clip,
)
from generate.sounds.engines.events import RUMBLE
from generate.sounds.engines.silence import check_contrast, check_levels, is_quiet, measure_step
from generate.sounds.engines.weather import CALM, Edges
from generate.sounds.enhancing.enhancing import enhance, list_wishes
from generate.sounds.enhancing.finishing import finish_event
from generate.sounds.enhancing.room import Room
from generate.sounds.judging.judge import judge_music
from generate.sounds.mastering.mastering import Mastered, check_call, master

LONGEST = 6.0
RUINED = 0.35
# So many files are named with what is wrong with them where none can be used.
NAMED = 8
# Several threads that want the same survey wait for the first of them.
SURVEYING = Lock()
# Semitones by which a recording used again is turned, so that it becomes another animal.
TURNS = (0, -4, 3, -7, 5, -2, 7)


@lru_cache(maxsize=4)
def survey_folder(
    folder: Path, loudness: float, wishes: tuple[str, ...] = ()
) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """The recordings of a folder that can be used, and one line for each that cannot.

    loudness: LUFS that they are to have. wishes: how they are enhanced. Raises `Refusal` for a
    folder that is missing or holds no usable recording.
    """
    good, lines = [], []
    for path in find_recordings(folder):
        try:
            call = cut_recording(path, wishes=wishes)
            check_call(call.samples, call.rate, loudness)
            good.append(path)
        except Refusal as refusal:
            lines.append(name_file(path, refusal))
    if not good:
        raise Refusal(f"sounds.folder: {folder} holds no usable recording{list_reasons(lines)}")
    return tuple(good), tuple(lines)


def find_recordings(folder: Path) -> list[Path]:
    """The files below a folder, hidden ones not; `Refusal` if it is missing."""
    if not folder.is_dir():
        raise Refusal(f"sounds.folder: no such folder {folder}; give a folder of recordings")
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and not any(p.startswith(".") for p in path.relative_to(folder).parts)
    )


def name_file(path: Path, refusal: Refusal, semitones: int = 0) -> str:
    """One line: the file, how it was turned, and what is wrong with it."""
    turned = f"turned by {semitones} semitones, " if semitones else ""
    return f"{path}: {turned}{str(refusal).removeprefix(f'{path}: ')}"


def list_reasons(lines: Sequence[str]) -> str:
    """In brackets, what is wrong with each file: the first few of ``lines``."""
    further = f"; and {len(lines) - NAMED} more" if len(lines) > NAMED else ""
    return f" ({'; '.join(lines[:NAMED])}{further})" if lines else ""


def list_recordings(settings: Any) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """The usable recordings in the order in which cards take them, and a line for each refused.

    The order is shuffled by the jungle's seed.
    """
    if not settings.sounds.folder:
        raise Refusal('sounds.folder is not set; engine = "folder" needs a folder of recordings')
    folder = Path(settings.home) / settings.sounds.folder
    require_within(Path(settings.home), folder)
    with SURVEYING:
        good, refused = survey_folder(folder, settings.sounds.loudness, list_wishes(settings))
    files = list(good)
    random.Random(derive_seed("recordings", settings.seed)).shuffle(files)
    return tuple(files), refused


def list_choices(files: Sequence[Path], number: int) -> Iterator[tuple[Path, int]]:
    """Recordings for card `number` (from 1) and the semitones to turn them by, the best first.

    Every card gets one of its own as long as there are enough; beyond that they are used again,
    turned. What stands in for a recording that cannot be used is another, turned as those of
    other cards rarely are.
    """
    turn, place = divmod(number - 1, len(files))
    yield files[place], TURNS[turn % len(TURNS)]
    for further in (3, 4, 5, 6, 2, 1, 0):
        for step in range(1, len(files) + 1):
            yield files[(place + step) % len(files)], TURNS[(turn + further) % len(TURNS)]


def master_recording(
    settings: Any,
    number: int,
    files: Sequence[Path] | None = None,
    take: int = 1,
    room: Room | None = None,
) -> tuple[Call, Mastered, dict[Path, str]]:
    """The call of card `number`, mastered, and a line for each recording that was passed over.

    files: the usable recordings in order, by default those of the settings. take: 2 for the second
    best choice, and so on. room: where the call is heard. Raises `Refusal` where not one of them
    can be used.
    """
    files = files or list_recordings(settings)[0]
    passed: dict[Path, str] = {}
    choices = list(list_choices(files, number))
    skipped = (take - 1) % len(choices)
    for path, semitones in choices[skipped:] + choices[:skipped]:
        try:
            call = cut_recording(path, semitones, list_wishes(settings), room)
            mastered = master(call.samples, call.rate, settings.sounds.loudness)
            if call.facts.get("enhanced"):
                call = replace(call, before=cut_recording(path, semitones).samples)
            return add_likeness(call, path.name), mastered, passed
        except Refusal as refusal:
            passed.setdefault(path, name_file(path, refusal, semitones))
    why = list_reasons([*passed.values()])
    raise Refusal(f"sounds.folder: none of its {len(files)} recordings can be used{why}")


def choose_recording(
    settings: Any, number: int, files: Sequence[Path], take: int, room: Room
) -> Call:
    """The recording that is choice ``take`` of card ``number``, cut and enhanced.

    Raises `Refusal`.
    """
    choices = list(list_choices(files, number))
    path, semitones = choices[(take - 1) % len(choices)]
    return cut_recording(path, semitones, list_wishes(settings), room)


def add_likeness(call: Call, name: str) -> Call:
    """``call`` with how much it is like music; a person's recording is used all the same."""
    found = judge_music(call.samples, call.rate)
    facts = {**call.facts, "music": round(found.music, 3)}
    notes = (
        [f"{name}: sounds like music ({found.music:.2f}: {found.why})"] if found.is_music else []
    )
    return replace(call, facts=facts, notes=[*call.notes, *notes])


def cut_recording(
    path: Path, semitones: int = 0, wishes: tuple[str, ...] = (), room: Room | None = None
) -> Call:
    """The event of a recording that a card plays, turned by `semitones`. Raises `Refusal`.

    wishes: how it is enhanced. room: where it is heard.
    """
    samples, rate, flat, enhanced, edges = cut_file(path, wishes)
    if flat > RUINED:
        raise Refusal(f"is clipped beyond repair ({flat:.0%} of it); replace it")
    if semitones:
        count = round(len(samples) * 2 ** (-semitones / 12))
        samples = signal.resample(samples, count).astype(np.float32)
    samples, finished = finish_event(samples, rate, wishes, room)
    enhanced = {**enhanced, **finished}
    notes = []
    if flat:
        how = "drawn anew" if "tops" in enhanced else "rounded"
        notes.append(f"{path.name}: clipped tops {how}")
    if rate < 16_000:
        notes.append(f"{path.name}: recorded at {rate} Hz, so it sounds dull")
    if edges.cut > RUMBLE:
        weather = f"wind or a hum covers what lies below {edges.cut:g} Hz, which is cut off"
        notes.append(f"{path.name}: {weather}")
    facts = {"recording": path.name, "semitones": semitones, "clipped": round(flat, 5)}
    if enhanced:
        facts["enhanced"] = enhanced
    return Call(samples, rate, None, facts, notes)


def open_recording(path: Path) -> tuple[NDArray[np.float32], int]:
    """Samples (n, channels) of a short recording, without offset, and its rate.

    Raises `Refusal` for one that cannot be used.
    """
    samples, rate = open_clip(path)
    if not len(samples):
        raise Refusal("is empty; replace it")
    with np.errstate(all="ignore"):
        offset = samples.mean(axis=0)
        samples = samples - offset
    peak = float(np.abs(samples).max())
    check_levels(len(samples), rate, peak, measure_step(path, float(np.abs(offset).max())))
    return samples, rate


def open_levels(path: Path) -> Levels:
    """The levels of a long recording; `Refusal` for one that cannot be used."""
    levels = measure_levels(path)
    step = measure_step(path, float(np.abs(levels.offset).max()))
    check_levels(levels.frames, levels.rate, float(levels.top.max()), step)
    return levels


def cut_file(
    path: Path, wishes: tuple[str, ...] = ()
) -> tuple[NDArray[np.float32], int, float, dict[str, Any], Edges]:
    """Samples (n, channels) of the event of a recording, its rate, its share of flat tops, what
    `enhance` did to it, and the edges of the weather in it.

    A long one is cut first, so that only the event is held in memory and enhanced.
    """
    if is_long(path):
        levels = open_levels(path)
        event, flat, edges = cut_long(path, levels, LONGEST)
        wishes = list_fitting(wishes, float(levels.top.max()))
        samples, enhanced = enhance(event, levels.rate, wishes)
        return samples, levels.rate, flat, enhanced, edges
    samples, rate = open_recording(path)
    peak = float(np.abs(samples).max())
    if quiet := is_quiet(peak):
        # As loud as others are, since what follows knows those.
        samples = samples / np.float32(peak)
        check_contrast(
            profile_clip(hear(samples, rate), rate), samples if len(samples) < rate else None
        )
        wishes = list_fitting(wishes, peak)
    mended, flat = (samples, 0.0) if quiet else mend_clipping(samples)
    samples, enhanced = enhance(samples if "clipping" in wishes else mended, rate, wishes)
    edges = CALM
    if len(samples) > rate:
        # Loud enough for the search, and never beyond full scale, which pydub would clip.
        samples = samples / np.float32(np.abs(samples).max())
        edges = find_clip_edges(samples, rate, LONGEST)
        samples = cut_event(samples, rate, LONGEST, edges)
    return samples, rate, flat, enhanced, edges


def list_fitting(wishes: tuple[str, ...], peak: float) -> tuple[str, ...]:
    """``wishes`` for a recording with this peak: only at full scale is anything cut off."""
    return tuple(wish for wish in wishes if wish != "clipping" or not is_quiet(peak))

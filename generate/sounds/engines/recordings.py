"""Use a folder of recordings as the beasts' calls: choose one for each card, cut it, mend it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from scipy import signal

from generate.errors import Refusal
from generate.recipe import derive_seed
from generate.sounds.engines.call import Call
from generate.sounds.engines.clips import cut_event, mend_clipping, open_clip
from generate.sounds.mastering.loudness import measure_call
from generate.sounds.mastering.mastering import master, trim

LONGEST = 6.0
SHORTEST = 0.1
RUINED = 0.35
FAINTEST = -60.0
SHARP = 22.0
# Semitones by which a recording used again is turned, so that it becomes another animal.
TURNS = (0, -4, 3, -7, 5, -2, 7)


@lru_cache(maxsize=4)
def survey_folder(folder: Path) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """The recordings of a folder that can be used, and one line for each that cannot.

    Raises `Refusal` for a folder that is missing or holds no usable recording.
    """
    if not folder.is_dir():
        raise Refusal(f"sounds.folder: no such folder {folder}; give a folder of recordings")
    files = sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and not any(p.startswith(".") for p in path.relative_to(folder).parts)
    )
    good, lines = [], []
    for path in files:
        try:
            check_recording(path)
            good.append(path)
        except Refusal as refusal:
            lines.append(str(refusal))
    if not good:
        why = f" ({lines[0]})" if lines else ""
        raise Refusal(f"sounds.folder: {folder} holds no usable recording{why}")
    return tuple(good), tuple(lines)


def check_recording(path: Path) -> None:
    """Raise `Refusal`, one line with the file and the reason, unless the file can be used."""
    samples, rate = open_clip(path)
    if len(samples) < SHORTEST * rate:
        raise Refusal(f"{path}: lasts {1000 * len(samples) / rate:.0f} ms; at least 100 are needed")
    if not np.isfinite(samples).all():
        raise Refusal(f"{path}: holds values that are not numbers; replace it")
    # Steady offset is not sound.
    peak = float(np.abs(samples - samples.mean(axis=0)).max())
    if peak < 10 ** (FAINTEST / 20):
        raise Refusal(f"{path}: is silent; replace it")
    loudest = int(np.square(samples).sum(axis=0).argmax())
    alone = trim((samples - samples.mean(axis=0))[:, [loudest]], rate)[0]
    if len(alone) and 20 * np.log10(peak) - measure_call(alone, rate) > SHARP:
        try:
            master(alone, rate)
        except Refusal as refusal:
            raise Refusal(f"{path}: {refusal}") from None
    _, flat = mend_clipping(samples)
    if flat > RUINED:
        raise Refusal(f"{path}: is clipped beyond repair ({flat:.0%} of it); replace it")


def list_recordings(settings: Any) -> tuple[tuple[Path, ...], tuple[str, ...]]:
    """The usable recordings in the order in which cards take them, and a line for each refused.

    The order is shuffled by the jungle's seed.
    """
    if not settings.sounds.folder:
        raise Refusal('sounds.folder is not set; engine = "folder" needs a folder of recordings')
    good, refused = survey_folder(Path(settings.home) / settings.sounds.folder)
    files = list(good)
    random.Random(derive_seed("recordings", settings.seed)).shuffle(files)
    return tuple(files), refused


def take_recording(settings: Any, number: int, files: Sequence[Path] | None = None) -> Call:
    """The recording of card `number` (from 1) among `files`, by default those of the settings.

    Every card gets one of its own as long as there are enough; beyond that they are used again,
    turned by some semitones.
    """
    files = files or list_recordings(settings)[0]
    turn, place = divmod(number - 1, len(files))
    path = files[place]
    samples, rate = open_clip(path)
    samples = (samples - samples.mean(axis=0)).astype(np.float32)
    samples, flat = mend_clipping(samples)
    if len(samples) > rate:
        # Loud enough for the search, and never beyond full scale, which pydub would clip.
        samples = samples / np.float32(np.abs(samples).max())
        try:
            samples = cut_event(samples, rate, LONGEST)
        except Refusal as refusal:
            raise Refusal(f"{path}: {refusal}") from None
    semitones = TURNS[turn % len(TURNS)]
    if semitones:
        count = round(len(samples) * 2 ** (-semitones / 12))
        samples = signal.resample(samples, count).astype(np.float32)
    notes = []
    if flat:
        notes.append(f"{path.name}: clipped tops rounded")
    if rate < 16_000:
        notes.append(f"{path.name}: recorded at {rate} Hz, so it sounds dull")
    facts = {"recording": path.name, "semitones": semitones, "clipped": round(flat, 5)}
    return Call(samples, rate, None, facts, notes)

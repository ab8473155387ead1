"""Teach the judge of calls and music, and try it: examples and recordings → judge.json.

    python -m generate.sounds.judging.teaching RECORDINGS

RECORDINGS is a folder of calls; every other file is learnt from, and the rest tries the judge.
"""

import sys
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generate.files import write_json
from generate.shipped import require_clone
from generate.sounds.engines.clips import open_clip
from generate.sounds.judging.examples import RATE, make_call, make_melody
from generate.sounds.judging.judge import FILE, MUSIC
from generate.sounds.judging.traits import Traits, measure_traits

Array = NDArray[np.float64]
# Examples learnt from are numbered from 0; those of the trial from TRIED on.
LEARNT, TRIED, TRIAL = 300, 10_000, 150
PENALTY = 0.3


def fit(values: Array, music: Array) -> Array:
    """Weights and bias of a logistic regression with a quadratic penalty, by Newton's steps."""
    rows = np.c_[values, np.ones(len(values))]
    penalty = np.diag([PENALTY] * values.shape[1] + [1e-9])
    found = np.zeros(rows.shape[1])
    for _ in range(50):
        likely = 1 / (1 + np.exp(-rows @ found))
        slope = rows.T @ (likely - music) + penalty @ found
        bend = (rows * (likely * (1 - likely))[:, None]).T @ rows + penalty
        found = found - np.linalg.solve(bend, slope)
    return found


def measure_all(clips: Sequence[NDArray[np.float32]]) -> Array:
    """The traits of clips at `RATE`, a row each."""
    return np.stack([measure_traits(clip, RATE).values for clip in clips])


def share_music(values: Array, found: Array) -> float:
    """The share of rows that count as music."""
    likely = 1 / (1 + np.exp(-np.c_[values, np.ones(len(values))] @ found))
    return float(np.mean(likely >= MUSIC))


def teach(folder: Path) -> dict[str, Any]:
    """Fit the judge, write judge.json, and return it."""
    calls = measure_all([make_call(number) for number in range(LEARNT)])
    melodies = measure_all([make_melody(number) for number in range(LEARNT)])
    files = sorted(path for path in folder.iterdir() if path.suffix in (".flac", ".wav"))
    real = np.stack([measure_traits(*open_clip(path)).values for path in files])
    learnt = np.concatenate([calls, real[::2], melodies])
    music = np.r_[np.zeros(len(learnt) - LEARNT), np.ones(LEARNT)]
    found = fit(learnt, music)
    unseen = range(TRIED, TRIED + TRIAL)
    record = {
        "what": "logistic regression on the traits of generate/sounds/judging/traits.py",
        "learnt from": {
            "synthetic calls": LEARNT,
            "synthetic melodies": LEARNT,
            "recordings of calls": len(real[::2]),
        },
        "penalty": PENALTY,
        "right of those held out": {
            "synthetic calls": 1 - share_music(measure_all([*map(make_call, unseen)]), found),
            "synthetic melodies": share_music(measure_all([*map(make_melody, unseen)]), found),
            "recordings of calls": 1 - share_music(real[1::2], found),
        },
        "weights": {
            f.name: round(float(w), 4) for f, w in zip(fields(Traits), found, strict=False)
        },
        "bias": round(float(found[-1]), 4),
    }
    write_json(FILE, record)
    return record


if __name__ == "__main__":
    require_clone("generate.sounds.judging.teaching")
    print(teach(Path(sys.argv[1])))

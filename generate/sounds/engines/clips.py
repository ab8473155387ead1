"""Take foreign sound in hand: decode any format, find the event in it, cut and fade it (pydub)."""

from __future__ import annotations

import shutil
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy import interpolate

from generate.errors import Refusal
from generate.sounds.mastering.encoding import read_sound

if TYPE_CHECKING:
    from pydub import AudioSegment

Array = NDArray[np.float32]
OTHERS = (".m4a", ".aac", ".mp4", ".wma", ".webm", ".amr", ".mka", ".ac3")
"""What libsndfile cannot read, and ffmpeg can."""

GAP_MS = 280
QUIET = 32.0
FADE_IN_MS = 8
FADE_OUT_MS = 90


def _pydub() -> type[AudioSegment]:
    """pydub's segment class; its import warns of a missing ffmpeg and of audioop's age."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pydub import AudioSegment
    return AudioSegment


def open_clip(path: Path) -> tuple[Array, int]:
    """Samples (n, channels) and rate of a sound file of any format.

    WAV, FLAC, MP3, OGG, Opus and AIFF are read directly; others (M4A, WMA, WebM) through pydub,
    which needs ffmpeg on the machine. Raises `Refusal`.
    """
    try:
        return read_sound(path)
    except Refusal:
        if path.suffix.lower() not in OTHERS or not path.is_file():
            raise
    if shutil.which("ffmpeg") is None:
        raise Refusal(f"{path}: this format needs ffmpeg; install it, or use WAV")
    try:
        return from_segment(_pydub().from_file(path))
    except Exception:  # pydub lets ffmpeg's own failures through in many shapes
        raise Refusal(f"{path}: cannot be read as sound; remove or replace it") from None


def to_segment(samples: Array, rate: int) -> AudioSegment:
    """Samples (n, channels) as a pydub segment of 32 bits."""
    whole = np.round(np.clip(samples.astype(np.float64), -1, 1) * (2**31 - 1)).astype("<i4")
    return _pydub()(
        whole.tobytes(), frame_rate=rate, sample_width=4, channels=int(samples.shape[1])
    )


def from_segment(segment: AudioSegment) -> tuple[Array, int]:
    """Samples (n, channels) and rate of a pydub segment."""
    whole = np.array(segment.get_array_of_samples(), dtype=np.float64)
    samples = whole.reshape(-1, segment.channels) / float(1 << (8 * segment.sample_width - 1))
    return samples.astype(np.float32), int(segment.frame_rate)


def find_events(samples: Array, rate: int) -> list[tuple[float, float]]:
    """Start and end in seconds of what stands out: within 32 dB of the loudest, 0.28 s apart."""
    segment = to_segment(samples, rate)
    if len(segment) <= GAP_MS:
        return [(0.0, len(samples) / rate)] if np.any(samples) else []
    from pydub.silence import detect_nonsilent

    loudest = max(piece.dBFS for piece in segment[::50])
    spans = detect_nonsilent(segment, GAP_MS, loudest - QUIET, seek_step=10)
    return [(start / 1000, end / 1000) for start, end in spans]


def cut_event(samples: Array, rate: int, longest: float) -> Array:
    """The strongest stretch of at most `longest` seconds, from silence to silence if it can be.

    Neighbouring events join as long as they fit; one that is too long is cut where most of its
    energy lies. Faded at both ends. Raises `Refusal` where nothing is heard.
    """
    events = find_events(samples, rate)
    if not events:
        raise Refusal("holds nothing but silence")
    energy = np.concatenate([[0.0], np.cumsum(np.square(samples.astype(np.float64)).sum(axis=1))])

    def weigh(start: float, end: float) -> float:
        return float(energy[min(int(end * rate), len(samples))] - energy[int(start * rate)])

    spans = [
        (events[i][0], events[j][1])
        for i in range(len(events))
        for j in range(i, len(events))
        if j == i or events[j][1] - events[i][0] <= longest
    ]
    start, end = max(spans, key=lambda span: weigh(*span))
    if end - start > longest:
        steps = np.arange(start, end - longest, 0.05)
        start = float(max(steps, key=lambda at: weigh(at, at + longest)))
        end = start + longest
    segment = to_segment(samples, rate)
    piece = segment[max(0, int(1000 * start) - 15) : int(1000 * end) + 40]
    piece = piece.fade_in(min(FADE_IN_MS, len(piece) // 2))
    return from_segment(piece.fade_out(min(FADE_OUT_MS, len(piece) // 2)))[0]


def mend_clipping(samples: Array) -> tuple[Array, float]:
    """Round off flattened tops, and the share of samples that were flat.

    A flat top is four or more equal samples at a channel's own extreme; it is drawn anew by a
    cubic through its neighbours (de Boor's not-a-knot spline), up to 6 dB above.
    """
    mended, flat_in_all = samples.astype(np.float64), 0
    for side in mended.T:
        top = np.abs(side).max()
        at_top = np.abs(side) >= 0.9995 * top
        edges = np.flatnonzero(np.diff(np.r_[0, at_top.astype(np.int8), 0]))
        runs = [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a >= 4]
        flat = np.zeros(len(side), bool)
        for a, b in runs:
            flat[a:b] = True
        if top <= 0 or not runs or flat.mean() < 1e-3:
            continue
        flat_in_all += int(flat.sum())
        for a, b in runs:
            near = np.r_[max(a - 8, 0) : a, b : min(b + 8, len(side))]
            near = near[~flat[near]]
            if len(near) >= 4 and b - a <= 64:
                drawn = interpolate.CubicSpline(near, side[near])(np.arange(a, b))
                sign = np.sign(side[a])
                side[a:b] = sign * np.clip(sign * drawn, top, 2 * top)
    return mended.astype(np.float32), flat_in_all / max(mended.size, 1)

"""Take foreign sound in hand: decode any format, find the event in it, cut and fade it (pydub)."""

from __future__ import annotations

import shutil
import warnings
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy import interpolate

from generate.errors import Refusal
from generate.sounds.engines.events import (
    RUMBLE,
    Profile,
    Rumble,
    choose_stretch,
    measure_profile,
    to_whole,
)
from generate.sounds.engines.weather import CALM, Edges, find_edges
from generate.sounds.mastering.encoding import read_sound

if TYPE_CHECKING:
    from pydub import AudioSegment

Array = NDArray[np.float32]
OTHERS = (".m4a", ".aac", ".mp4", ".wma", ".webm", ".amr", ".mka", ".ac3")
"""What libsndfile cannot read, and ffmpeg can."""

MINUTES = 25
"""How much is read of a format that only ffmpeg reads; of others, long ones are read in blocks."""
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
        return from_segment(_pydub().from_file(path, duration=MINUTES * 60))
    except Exception:  # pydub lets ffmpeg's own failures through in many shapes
        raise Refusal(f"{path}: cannot be read as sound; remove or replace it") from None


def to_segment(samples: Array, rate: int) -> AudioSegment:
    """Samples (n, channels) as a pydub segment of 32 bits."""
    data = to_whole(samples).astype("<i4").tobytes()
    return _pydub()(data, frame_rate=rate, sample_width=4, channels=int(samples.shape[1]))


def from_segment(segment: AudioSegment) -> tuple[Array, int]:
    """Samples (n, channels) and rate of a pydub segment."""
    whole = np.array(segment.get_array_of_samples(), dtype=np.float64)
    samples = whole.reshape(-1, segment.channels) / float(1 << (8 * segment.sample_width - 1))
    return samples.astype(np.float32), int(segment.frame_rate)


def find_events(samples: Array, rate: int) -> list[tuple[float, float]]:
    """Start and end in seconds of what stands out, as `Profile.find_events` finds it."""
    return profile_clip(samples, rate).find_events()


def profile_clip(samples: Array, rate: int) -> Profile:
    """Where the power of `samples`, (n, channels), lies."""
    at = 0

    def read(count: int) -> Array:
        nonlocal at
        at += count
        return samples[at - count : at]

    return measure_profile(read, len(samples), samples.shape[1], rate)


def hear(samples: Array, rate: int, edge: float = RUMBLE) -> Array:
    """`samples`, (n, channels), without what rumbles below `edge` Hz."""
    return Rumble(samples.shape[1], rate, edge).remove(samples)


def find_clip_edges(samples: Array, rate: int, longest: float) -> Edges:
    """The edges of the weather in `samples`, (n, channels)."""
    return find_edges(
        cache(lambda edge: profile_clip(hear(samples, rate, edge), rate)),
        lambda start, end: hear(samples, rate)[int(start * rate) : int(end * rate)],
        longest,
    )


def cut_event(samples: Array, rate: int, longest: float, edges: Edges = CALM) -> Array:
    """The strongest stretch of at most `longest` seconds, from silence to silence if it can be.

    Faded at both ends, and without what `edges` cut off. Raises `Refusal` where nothing is heard.
    """
    heard = hear(samples, rate, edges.seek)
    if edges.cut > RUMBLE:
        samples = hear(samples, rate, edges.cut)
    energy = np.concatenate([[0.0], np.cumsum(np.square(heard.astype(np.float64)).sum(axis=1))])

    def weigh(start: float, end: float) -> float:
        return float(energy[min(int(end * rate), len(samples))] - energy[int(start * rate)])

    start, end = choose_stretch(find_events(heard, rate), weigh, longest)
    first, last = widen(start, end)
    return fade_ends(to_segment(samples, rate)[first:last])


def widen(start: float, end: float) -> tuple[int, int]:
    """Milliseconds between which a stretch is cut, with room for its fades."""
    return max(0, int(1000 * start) - 15), int(1000 * end) + 40


def fade_ends(piece: AudioSegment) -> Array:
    """Samples (n, channels) of a segment, faded at both ends."""
    piece = piece.fade_in(min(FADE_IN_MS, len(piece) // 2))
    return from_segment(piece.fade_out(min(FADE_OUT_MS, len(piece) // 2)))[0]


def mend_clipping(samples: Array, tops: NDArray[np.float64] | None = None) -> tuple[Array, float]:
    """Round off flattened tops, and the share of samples that were flat.

    A flat top is four or more equal samples at a channel's own extreme; it is drawn anew by a
    cubic through its neighbours (de Boor's not-a-knot spline), up to 6 dB above. tops: the
    extremes of each channel, where the samples are part of a longer sound.
    """
    mended, flat_in_all = samples.astype(np.float64), 0
    tops = np.abs(mended).max(axis=0) if tops is None else tops
    for side, top in zip(mended.T, tops, strict=True):
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

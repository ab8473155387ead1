"""Rank clips that a model made: audible, a call and no music, a single event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import fft, ndimage, signal

from generate.errors import Refusal
from generate.sounds.engines.clips import cut_event, find_events
from generate.sounds.enhancing.enhancing import enhance, list_wishes
from generate.sounds.enhancing.finishing import find_room, finish_event
from generate.sounds.judging.judge import MUSIC, Likeness, judge_music

Array = NDArray[np.float32]
FAINTEST = 10 ** (-55 / 20)


@dataclass(frozen=True)
class Verdict:
    """What is known of a clip; a higher score is better.

    heard: finite and louder than -55 dBFS. events: how many sounds are apart from each other.
    beat: regularity of onsets at 40 to 240 a minute, 0 to 1. held: share of the sound on steady
    tones. contrast: dB between its 95th and 5th percentile of loudness. likeness: to music.
    """

    heard: bool
    events: int
    beat: float
    held: float
    contrast: float
    likeness: Likeness | None = None

    @property
    def music(self) -> float:
        """How likely it is music, by the judge."""
        return self.likeness.music if self.likeness else 0.0

    @property
    def score(self) -> float:
        if not self.heard:
            return -100.0
        alone = -0.35 * min(abs(self.events - 1), 4)
        return alone - 2.5 * self.music + 0.02 * min(self.contrast, 40.0)

    def tell(self) -> str:
        """What speaks against it, "" where nothing does."""
        if not self.heard:
            return "silent or broken"
        if self.likeness and self.likeness.is_music:
            why = self.likeness.why
            return f"like music, {self.music:.2f}" + (f": {why}" if why else "")
        return f"{self.events} sounds apart" if self.events > 1 else ""


def judge_clip(samples: Array, rate: int) -> Verdict:
    """Judge a clip (n, channels)."""
    if not np.isfinite(samples).all() or len(samples) < rate // 10:
        return Verdict(False, 0, 0.0, 0.0, 0.0)
    x = samples.astype(np.float64)
    x = x - x.mean(axis=0)
    if np.abs(x).max() < FAINTEST:
        return Verdict(False, 0, 0.0, 0.0, 0.0)
    x /= np.abs(x).max()
    mono = x.mean(axis=1)
    hop = rate // 100
    frames = mono[: len(mono) // hop * hop].reshape(-1, hop)
    level = 10 * np.log10(np.square(frames).mean(axis=1) + 1e-10)
    contrast = float(np.percentile(level, 95) - np.percentile(level, 5))
    events = len(find_events(x.astype(np.float32), rate))
    beat, held = measure_beat(level), measure_held(mono, rate)
    return Verdict(True, events, beat, held, contrast, judge_music(samples, rate))


def measure_beat(level: NDArray[np.float64]) -> float:
    """Highest autocorrelation of the onsets at lags of 0.25 to 1.5 s; `level` in dB every 10 ms.

    A simple form of the tempo induction of Scheirer 1998.
    """
    onsets = np.maximum(np.diff(ndimage.gaussian_filter1d(level, 2)), 0)
    onsets = onsets - onsets.mean()
    if len(onsets) < 300 or not onsets.any():
        return 0.0
    spectrum = np.abs(fft.rfft(onsets, 2 * len(onsets))) ** 2
    lags = fft.irfft(spectrum)[: len(onsets)]
    lags /= lags[0] * (1 - np.arange(len(lags)) / len(lags))
    top = min(150, len(onsets) // 2)
    return float(np.clip(lags[25:top].max(), 0, 1))


def measure_held(mono: NDArray[np.float64], rate: int) -> float:
    """Share of loud frames on a held tone: it moves less than 2 semitones a second for 0.16 s.

    Voices of beasts glide, instruments hold their notes.
    """
    size, hop = 4096, max(rate // 50, 1)
    if len(mono) < 2 * size:
        return 0.0
    cut = np.lib.stride_tricks.sliding_window_view(mono, size)[::hop]
    power = np.abs(fft.rfft(cut * signal.windows.hann(size), axis=1))
    loud = power.sum(axis=1) > 0.1 * power.sum(axis=1).max()
    peak = power[:, 2:-1].argmax(axis=1) + 2
    rows = np.arange(len(power))
    a, b, c = (np.log(power[rows, peak + k] + 1e-12) for k in (-1, 0, 1))
    bin_at = peak + 0.5 * (a - c) / np.where(a - 2 * b + c == 0, 1, a - 2 * b + c)
    cents = 1200 * np.log2(np.maximum(bin_at, 1e-3))
    steady = np.r_[False, np.abs(np.diff(cents)) < 4] & loud
    runs = ndimage.label(steady)[0]
    lengths = np.bincount(runs)
    held = steady & (lengths[runs] >= 8)
    return float(held.sum() / max(loud.sum(), 1))


@dataclass(frozen=True)
class Kept:
    """The clip that is kept, cut and enhanced: its index, its verdict, what enhancing did, and, to
    be heard beside it, itself before that and the other clips by number from 1."""

    index: int
    clip: Array
    verdict: dict[str, Any]
    enhanced: dict[str, Any]
    before: Array | None
    others: dict[int, Array]


def count_clips(candidates: int, take: int | None) -> int:
    """How many clips are to be made where a person wants number ``take``."""
    return max(candidates, take or 0)


def keep_clip(settings: Any, brief: Mapping[str, Any], clips: Sequence[Array], rate: int) -> Kept:
    """The best of a model's clips for a card, or the one that its front matter takes.

    Raises `Refusal` where none is heard.
    """
    take, longest = brief.get("take"), settings.sounds.seconds
    index, verdict = choose_best(clips, rate, None if take is None else int(take) - 1)
    wishes, room = list_wishes(settings), find_room(settings, brief)
    whole, enhanced = enhance(clips[index], rate, wishes)
    clip, finished = finish_event(cut_event(whole, rate, longest), rate, wishes, room)
    enhanced = {**enhanced, **finished}
    others = {}
    for number, other in enumerate(clips, 1):
        with suppress(Refusal):
            if number != index + 1 and judge_heard(other):
                others[number] = cut_event(other, rate, longest)
    before = cut_event(clips[index], rate, longest) if enhanced else None
    return Kept(index, clip, verdict, enhanced, before, others)


def judge_heard(clip: Array) -> bool:
    """Whether a clip is finite and louder than silence."""
    return bool(np.isfinite(clip).all() and np.abs(clip).max(initial=0) >= FAINTEST)


def choose_best(
    clips: Sequence[Array], rate: int, wanted: int | None = None
) -> tuple[int, dict[str, Any]]:
    """Index of the best clip, or the one ``wanted``, and its verdict, with a line for each that was
    passed over.

    Raises `Refusal` where none is heard.
    """
    verdicts = [judge_clip(clip, rate) for clip in clips]
    best = max(range(len(clips)), key=lambda k: verdicts[k].score)
    best = best if wanted is None else wanted
    chosen = verdicts[best]
    if not chosen.heard:
        raise Refusal(
            f"sounds: all {len(clips)} candidates are silent or broken; "
            "raise sounds.steps or change the prompt"
        )
    return best, {
        "events": chosen.events,
        "beat": round(chosen.beat, 3),
        "held": round(chosen.held, 3),
        "contrast": round(chosen.contrast, 1),
        "music": round(chosen.music, 3),
        "score": round(chosen.score, 3),
        "passed over": [
            f"{number}: {one.tell() or 'scored lower'}"
            for number, one in enumerate(verdicts)
            if number != best
        ],
    }


def tell_music(verdict: Mapping[str, Any]) -> list[str]:
    """A line for the user where the clips were like music, by what `choose_best` said."""
    passed = sum(": like music" in line for line in verdict["passed over"])
    if verdict["music"] >= MUSIC:
        return [
            f"the kept clip is like music ({verdict['music']:.2f}), and so are {passed} others; "
            "raise sounds.candidates or change the prompts"
        ]
    return [f"passed over {passed} clips that are like music"] if passed else []

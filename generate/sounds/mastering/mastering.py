"""Bring any sound to one loudness and a safe peak; arrays in, arrays out.

A call is trimmed and faded; DC and opposed channels are mended. Then it is encoded as the MP3 of
the page, decoded, measured and corrected, until the decoded sound has the loudness asked for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import fft, ndimage, signal

from generate.errors import Refusal
from generate.sounds.mastering.encoding import decode, encode, measure_figures
from generate.sounds.mastering.limiter import limit_peaks
from generate.sounds.mastering.loudness import (
    SILENCE,
    as_channels,
    measure_call,
    measure_true_peak,
    oversample_peak,
)

RATE = 44_100
CEILING = -1.0
MARGIN = 0.5
DEEPEST = 6.0
UTMOST = 15.0
SHORTFALL = 3.0
CLOSE = 0.05
FADE_IN = 0.006
FADE_OUT = 0.050
EDGE = 0.012
FLOOR = 52.0
Array = NDArray[np.float32]


@dataclass(frozen=True)
class Mastered:
    """A finished sound: samples (n, channels), and its figures as decoded from the MP3.

    loudness, momentary: LUFS. true_peak: dBTP. peak_limited: the peak left it short of its
    target. head: seconds cut from the beginning; lead: seconds of silence laid in front.
    mended: what was put right.
    """

    samples: Array
    rate: int
    loudness: float
    momentary: float
    true_peak: float
    peak_limited: bool
    head: float
    lead: float
    mended: tuple[str, ...]

    @property
    def seconds(self) -> float:
        return len(self.samples) / self.rate


def master(samples: ArrayLike, rate: int, target: float = -16.0, loop: bool = False) -> Mastered:
    """Master a sound to `target` LUFS under -1 dBTP after decoding.

    samples (n,) or (n, 2), any rate. A loop keeps its length and its period: nothing is trimmed
    or faded, and every filter runs over the seam. Raises `Refusal` for a sound that is not
    finite, empty, silent, or so sharp that its peaks keep it more than 3 LU short.
    """
    x, loud, shape = prepare(samples, rate, loop)
    best = settle(x, target, target, loud, DEEPEST, loop, shape)
    if best.loudness < target - SHORTFALL:
        # A knock or a snap: cut deeper, but only until it is no more than 3 LU short.
        best = settle(x, target, target - 0.9 * SHORTFALL, loud, UTMOST, loop, shape)
    if best.loudness < target - SHORTFALL:
        raise Refusal(
            f"the sound is too sharp: its peaks keep it at {best.loudness:.0f} LUFS, "
            f"where {target:.0f} are asked for; choose another"
        )
    return best


def level_call(samples: Array, rate: int, target: float = -16.0) -> Array:
    """A call (n, channels) at `target` LUFS, or as near as its peak allows without a limiter."""
    x = as_channels(samples)
    if not len(x) or not x.any():
        return samples
    room = CEILING - MARGIN - measure_true_peak(x, rate)
    gain = min(target - measure_call(x, rate), room)
    return (x * 10 ** (gain / 20)).astype(np.float32)


def check_call(samples: ArrayLike, rate: int, target: float) -> None:
    """Raise what `master` would; for all but sharp sounds in a fraction of its time."""
    x, loud, _ = prepare(samples, rate)
    # What the limiter hardly touches keeps its loudness.
    if target + measure_true_peak(x, RATE) - loud > CEILING - MARGIN + SHORTFALL / 2:
        master(samples, rate, target)


def prepare(
    samples: ArrayLike, rate: int, loop: bool = False
) -> tuple[NDArray[np.float64], float, tuple[float, float, tuple[str, ...]]]:
    """A sound mended, trimmed and faded; its loudness in LUFS; head, lead and what was mended."""
    x, mended = mend(samples, rate, loop)
    head = lead = 0.0
    if not loop:
        x, head = trim(x, RATE)
        x, lead = fade(x, RATE), int(EDGE * RATE) / RATE
    loud = measure_call(x, RATE)
    if loud <= SILENCE:
        raise Refusal("the sound is silent; choose another")
    return x, loud, (head, lead, mended)


def settle(
    x: NDArray[np.float64],
    target: float,
    aim: float,
    loud: float,
    deepest: float,
    loop: bool,
    shape: tuple[float, float, tuple[str, ...]],
) -> Mastered:
    """Bring x to `aim` LUFS as measured on its decoded MP3, in up to four rounds.

    loud: what it measures. deepest: dB that the limiter may take off. shape: head, lead, mended.
    """
    ceiling, wanted, best = CEILING - MARGIN, aim, None
    for _ in range(4):
        limited, short = to_loudness(x, RATE, aim, ceiling, loop, loud, deepest)
        y = quantise(limited)
        heard = decode(encode(y, RATE, loop), loop, len(y), RATE)
        figures = measure_figures(heard, RATE, loop)
        best = Mastered(y, RATE, *figures, figures[0] < target - 0.25, *shape)
        over, off = figures[2] - CEILING, wanted - figures[0]
        if over <= -0.02 and (short or abs(off) < 2 * CLOSE):
            break
        if over > -0.02:
            ceiling -= over + 0.12
        aim += 0.0 if short else off
    assert best is not None
    return best


def mend(
    samples: ArrayLike, rate: int, loop: bool = False
) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """Samples (n, 1 or 2) at 44.1 kHz, finite, without DC or rumble, sides not opposed.

    Also tells what was put right. Raises `Refusal`.
    """
    x = np.asarray(samples, dtype=np.float64)
    many = x.ndim == 2 and x.shape[1] > 2
    x = np.repeat(x.mean(axis=1, keepdims=True), 2, axis=1) if many else as_channels(x)
    if not len(x):
        raise Refusal("the sound is empty; choose another")
    if not np.isfinite(x).all():
        raise Refusal("the sound holds values that are not numbers; choose another")
    mended = ["channels joined"] if many else []
    if rate != RATE:
        count = round(len(x) * RATE / rate)
        x = signal.resample(x, count) if loop else _resample(x, rate)
        mended.append(f"{rate} Hz")
    power = np.square(x).mean(axis=0)
    if x.shape[1] == 2 and power.min() > 0:
        likeness = float((x[:, 0] * x[:, 1]).mean() / np.sqrt(power.prod()))
        if likeness < -0.5:
            x = x * np.array([1.0, -1.0])
            mended.append("sides opposed")
    if abs(x.mean(axis=0)).max() > 1e-3:
        mended.append("DC")
    if loop:
        spectrum = fft.rfft(x, axis=0)
        spectrum[fft.rfftfreq(len(x), 1 / RATE) < 20] = 0
        return fft.irfft(spectrum, len(x), axis=0), tuple(mended)
    # Forwards and backwards, so that nothing is delayed; the mean first, so that it cannot ring.
    sos = signal.butter(2, 20, "highpass", fs=RATE, output="sos")
    x = x - x.mean(axis=0)
    return signal.sosfiltfilt(sos, x, axis=0, padlen=min(len(x) - 1, 3 * RATE // 20)), tuple(mended)


def _resample(x: NDArray[np.float64], rate: int) -> NDArray[np.float64]:
    divisor = int(np.gcd(rate, RATE))
    return signal.resample_poly(x, RATE // divisor, rate // divisor, axis=0)


def trim(x: NDArray[np.float64], rate: int) -> tuple[NDArray[np.float64], float]:
    """Cut silence at both ends (52 dB below the loudest 10 ms), and the seconds cut in front."""
    power = ndimage.uniform_filter1d(np.square(x).sum(axis=1), max(int(0.01 * rate), 1))
    loud = np.flatnonzero(power > power.max() * 10 ** (-FLOOR / 10))
    if not len(loud) or power.max() <= 0:
        return x[:0], 0.0
    margin = int(0.01 * rate)
    first, last = max(loud[0] - margin, 0), min(loud[-1] + 2 * margin, len(x))
    return x[first:last], first / rate


def fade(x: NDArray[np.float64], rate: int) -> NDArray[np.float64]:
    """Raised-cosine fades, and a little silence at both ends, in which the codec can start.

    pydub's fades are straight lines and, beyond 100 ms, steps.
    """
    x = x.copy()
    for seconds, side in ((FADE_IN, slice(None)), (FADE_OUT, slice(None, None, -1))):
        n = min(int(seconds * rate), len(x) // 2)
        x[side][:n] *= (0.5 - 0.5 * np.cos(np.pi * np.arange(n) / max(n, 1)))[:, None]
    return np.pad(x, ((int(EDGE * rate), int(2 * EDGE * rate)), (0, 0)))


def to_loudness(
    x: NDArray[np.float64],
    rate: int,
    target: float,
    ceiling: float,
    loop: bool,
    loud: float,
    deepest: float = DEEPEST,
) -> tuple[NDArray[np.float64], bool]:
    """x at `target` LUFS below `ceiling` dBTP, and True where it stays quieter than that.

    loud: what x measures. The limiter takes at most `deepest` dB off any peak; if that is not
    enough, the sound stays quieter.
    """
    gain = target - loud
    for _ in range(6):
        factor = 10 ** (gain / 20)
        peak = oversample_peak(x * factor, rate, loop, 10 ** (ceiling / 20))
        deep = 20 * np.log10(peak.max()) - ceiling
        if deep > deepest:
            gain -= deep - deepest
            peak, factor = peak * 10 ** ((deepest - deep) / 20), 10 ** (gain / 20)
        y, cut = limit_peaks(x * factor, rate, ceiling, loop, peak)
        off = target - (measure_call(y, rate) if cut else loud + gain)
        if abs(off) < CLOSE or deep > deepest:
            break
        gain += off
    return y, bool(off > 0.2)


def quantise(x: NDArray[np.float64]) -> Array:
    """Round to the 24 bits of the FLAC, so that the sound measured is the sound kept."""
    return (np.round(x * 2**23) / 2**23).astype(np.float32)

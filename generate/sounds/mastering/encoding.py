"""Write sounds as FLAC to keep and MP3 to publish, and read them back; no ffmpeg is needed."""

from __future__ import annotations

import io
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray

from generate.errors import Refusal
from generate.files import replacing, tell_instead
from generate.sounds.mastering.loudness import measure_call_and_moment, measure_true_peak
from generate.sounds.mastering.samples import read_samples

FRAME = 1152
"""Samples in an MP3 frame."""

GRAIN = 49 * FRAME
"""Loops last a multiple of this many samples at 44.1 kHz (1.28 s): whole MP3 frames, so that the
encoder treats both sides of the seam alike, and whole samples at 48 kHz, so that a browser need
not interpolate at the seam."""

PAD = 94 * 147
"""Samples of the other end of a loop on each side of it when encoded; a whole number at 48 kHz."""

QUALITY = 0.5
CEILING = -1.0
Array = NDArray[np.float32]


@dataclass(frozen=True)
class Figures:
    """What a decoded MP3 measures: LUFS as two loudspeakers play it, dBTP, seconds, bytes.

    edge: the larger of the first and last 2 ms, in dBFS. turned_down: dB taken off because the
    decoded peak would have passed -1 dBTP.
    """

    loudness: float
    momentary: float
    true_peak: float
    edge: float
    seconds: float
    bytes: int
    turned_down: float = 0.0

    def as_dict(self) -> dict[str, Any]:
        """Plain numbers for a JSON file."""
        return {key: round(value, 4) for key, value in asdict(self).items()}


def write_flac(path: Path, samples: Array, rate: int) -> None:
    """Keep samples (n,) or (n, channels) as a 24-bit FLAC, written whole or not at all."""
    with replacing(path) as temporary:
        soundfile.write(temporary, samples, rate, format="FLAC", subtype="PCM_24")


def read_sound(path: Path) -> tuple[Array, int]:
    """Samples (n, channels) and rate of a WAV, FLAC, MP3, OGG or AIFF file. Raises `Refusal`."""
    if not path.is_file():
        raise Refusal(f"{path}: no such sound file")
    try:
        samples, rate, _ = read_samples(path)
    except (soundfile.LibsndfileError, RuntimeError, OSError) as error:
        raise explain_unreadable(path, error) from None
    return samples, rate


def explain_unreadable(path: Path, error: Exception) -> Refusal:
    """What to tell the user of a file in which soundfile met `error`."""
    with suppress(OSError), path.open("rb") as file:
        if instead := tell_instead(file.read(64)):
            return Refusal(f"{path}: {instead}; replace it")
    reason = str(error).rsplit(": ", 1)[-1].strip().rstrip(".")
    then = "" if ";" in reason else "; remove or replace it"
    return Refusal(f"{path}: cannot be read as sound ({reason}){then}")


def encode(samples: Array, rate: int, loop: bool = False) -> bytes:
    """Samples as a VBR MP3; a loop has a third of a second of its other end on each side.

    VBR, since libsndfile's constant bit rates are 0.4 dB quieter. The padding makes a loop
    seamless: the delay of a codec only shifts a periodic signal.
    """
    if loop:
        samples = wrap(samples, PAD)
    buffer = io.BytesIO()
    soundfile.write(
        buffer, samples, rate, format="MP3", bitrate_mode="VARIABLE", compression_level=QUALITY
    )
    return buffer.getvalue()


def wrap(samples: Array, pad: int) -> Array:
    """A loop with `pad` samples of its end before it and of its beginning after it."""
    return np.take(samples, np.arange(-pad, len(samples) + pad), axis=0, mode="wrap")


def decode(data: bytes, loop: bool, length: int, rate: int) -> Array:
    """Decode an MP3 and cut the loop out of its padding: (length, channels)."""
    samples, _ = soundfile.read(io.BytesIO(data), dtype="float32", always_2d=True)
    start = PAD if loop else 0
    return samples[start : start + length]


def measure_figures(samples: Array, rate: int, loop: bool = False) -> tuple[float, float, float]:
    """Loudness (LUFS), largest momentary loudness (LUFS) and true peak (dBTP)."""
    loudness, momentary = measure_call_and_moment(samples, rate)
    return loudness, momentary, measure_true_peak(samples, rate, loop)


def encode_mp3(samples: Array, rate: int) -> tuple[bytes, Figures]:
    """A mastered call as MP3, checked by decoding it.

    It is turned down until the decoded true peak is at most -1 dBTP. A sound from `master` is so
    already; one that a person put in its place may not be.
    """
    samples = np.asarray(samples, np.float32)
    samples = samples[:, None] if samples.ndim == 1 else samples
    down = 0.0
    for _ in range(5):
        data = encode(samples * np.float32(10 ** (-down / 20)), rate)
        heard = decode(data, False, len(samples), rate)
        loudness, momentary, peak = measure_figures(heard, rate)
        if peak <= CEILING:
            break
        down += peak - CEILING + 0.1
    ends = np.concatenate([heard[: rate // 500], heard[-(rate // 500) :]])
    edge = float(20 * np.log10(max(np.abs(ends).max(), 1e-7)))
    return data, Figures(loudness, momentary, peak, edge, len(heard) / rate, len(data), down)


def encode_loop(samples: Array, rate: int) -> tuple[bytes, dict[str, float]]:
    """A loop as wrap-padded MP3 for Web Audio, and where in it the loop lies, in seconds.

    Play it with loopStart = pad_s and loopEnd = pad_s + loop_s.
    """
    samples = np.asarray(samples, np.float32)
    samples = samples[:, None] if samples.ndim == 1 else samples
    data = encode(samples, rate, loop=True)
    heard = decode(data, True, len(samples), rate)
    loudness, momentary, peak = measure_figures(heard, rate, loop=True)
    return data, {
        "pad_s": PAD / rate,
        "loop_s": len(samples) / rate,
        "loudness": round(loudness, 3),
        "momentary": round(momentary, 3),
        "true_peak": round(peak, 3),
    }

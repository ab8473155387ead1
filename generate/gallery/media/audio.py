"""Publish a card's sound: sound.flac (or .wav, .mp3, .ogg) → MP3, with peaks for the waveform.

Beside the MP3 lies a script that holds it as base64: a page opened from disk may not fetch files.
"""

from __future__ import annotations

import base64
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from generate.gallery.media.encode import write_encoded
from generate.gallery.media.mpeg_frames import keep_frames
from generate.recipe import digest_file

if TYPE_CHECKING:  # importing numpy takes longer than a build with nothing to encode
    import numpy as np

REVISION = 3  # raise it when the same source should give another MP3 than before
PEAKS = 96
RATES = (32_000, 44_100, 48_000)


class BrokenSound(Exception):
    """The file cannot be read as sound; the message says why."""


def list_mp3_facts() -> dict[str, Any]:
    """What decides an MP3 besides its source: revision of this code, the encoder and its code."""
    encoder = Path(__file__).parents[2] / "sounds" / "mastering" / "encoding.py"
    version = metadata.version("soundfile")
    return {"revision": REVISION, "soundfile": version, "encoder": digest_file(encoder)}


def encode_sound(source: Path, out: Path, stem: str) -> dict[str, Any]:
    """Encode ``source`` as ``out``/``stem``.mp3; of an MP3 the frames are taken as they are.

    Returns a JSON object: ``files``, ``path``, ``mime``, ``seconds``, ``bytes``, ``peaks``.
    Raises `BrokenSound`.
    """
    samples, rate = decode_sound(source)
    # Without tags: the page itself shows title and picture.
    data = keep_frames(source.read_bytes()) if source.suffix == ".mp3" else b""
    if not data:
        from generate.sounds.mastering.encoding import encode_mp3

        data, _ = encode_mp3(*resample_for_mp3(samples, rate))
    file = write_encoded(out, f"{stem}.mp3", data)
    text = f'jungleSound = "{base64.b64encode(data).decode()}";\n'
    script = write_encoded(out, f"{stem}.js", text.encode())
    return {
        "files": [file, script],
        "path": file["name"],
        "mime": "audio/mpeg",
        "seconds": round(len(samples) / rate, 4),
        "bytes": file["bytes"],
        "peaks": measure_peaks(samples),
    }


def decode_sound(source: Path) -> tuple[np.ndarray, int]:
    """Samples, float32 (n, channels), and their rate in Hz. Raises `BrokenSound`.

    A file that is shorter than its header says is broken.
    """
    import numpy as np
    import soundfile

    from generate.sounds.mastering.samples import ENDLESS, read_samples

    try:
        samples, rate, expected = read_samples(source)
    except (soundfile.SoundFileError, RuntimeError, OSError, ValueError) as error:
        reason = str(error).rsplit(": ", 1)[-1].rstrip(".")
        raise BrokenSound(f"cannot be read as sound ({reason})") from None
    # libsndfile only estimates the length of an MP3.
    if source.suffix != ".mp3" and len(samples) < expected < ENDLESS:
        raise BrokenSound(f"ends after {len(samples)} of {expected} frames")
    if not len(samples):
        raise BrokenSound("holds no sound")
    if not np.isfinite(samples).all():
        raise BrokenSound("holds samples that are not numbers")
    return samples, rate


def resample_for_mp3(samples: np.ndarray, rate: int) -> tuple[np.ndarray, int]:
    """Samples as an MP3 can hold them: one or two channels at 32, 44.1 or 48 kHz."""
    import numpy as np

    if samples.shape[1] > 2:
        samples = np.repeat(samples.mean(axis=1, keepdims=True), 2, axis=1)
    if rate not in RATES:
        from scipy.signal import resample_poly

        samples = resample_poly(samples, RATES[1], rate, axis=0).astype(np.float32)
        rate = RATES[1]
    return samples, rate


def measure_peaks(samples: np.ndarray, count: int = PEAKS) -> list[float]:
    """Peak of each of ``count`` equal slices, relative to the peak of the whole: 0 to 1."""
    import numpy as np

    loud = np.abs(samples).max(axis=1)
    slices = np.array_split(loud, min(count, len(loud)))
    peaks = np.array([part.max() for part in slices])
    top = peaks.max()
    return [round(float(peak), 3) for peak in (peaks / top if top > 0 else peaks)]

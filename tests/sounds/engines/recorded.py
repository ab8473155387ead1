"""Recordings made for tests: calls, drumming, long tapes; and the settings that use them."""

import struct
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import soundfile

RATE = 44_100


def bark(seconds: float = 1.2, rate: int = RATE) -> np.ndarray:
    """A falling call that swells and fades (n,)."""
    t = np.arange(int(seconds * rate)) / rate
    glide = np.cumsum(420 - 150 * t / seconds) / rate
    tone = sum(np.sin(2 * np.pi * k * glide) / k for k in range(1, 8))
    return 0.3 * tone * np.sin(np.pi * t / seconds) ** 2


def drum(decay: float = 0.003, taps: int = 6, rate: int = RATE) -> np.ndarray:
    """A woodpecker: bursts of noise 0.12 s apart that fall by 8.7 dB in `decay` seconds (n,)."""
    rng = np.random.default_rng(0)
    t = np.arange(int(0.1 * rate)) / rate
    x = np.zeros(int((0.12 * taps + 0.2) * rate))
    for tap in range(taps):
        at = int((0.05 + 0.12 * tap) * rate)
        x[at : at + len(t)] += rng.standard_normal(len(t)) * np.exp(-t / decay)
    return 0.8 * x / np.abs(x).max()


def folder_of(path: Path, **sounds: tuple[np.ndarray, int]) -> Path:
    """A folder of WAV files by name."""
    path.mkdir(exist_ok=True)
    for name, (samples, rate) in sounds.items():
        soundfile.write(path / f"{name}.wav", samples, rate)
    return path


def write_slowly(path: Path, samples: np.ndarray, rate: int, **form: str) -> Path:
    """Write second by second: libsndfile's Vorbis encoder dies of a minute at once."""
    channels = 1 if samples.ndim == 1 else samples.shape[1]
    with soundfile.SoundFile(path, "w", rate, channels, **form) as file:
        for at in range(0, len(samples), rate):
            file.write(samples[at : at + rate])
    return path


def write_sparse(path: Path, seconds: float, at: float, call: np.ndarray, rate: int) -> Path:
    """A WAV of two channels and any length: silence that takes no room, and a call at `at` s."""
    size = 4 * int(seconds * rate)
    form = struct.pack("<IHHIIHH", 16, 1, 2, rate, 4 * rate, 4, 16)
    with path.open("wb") as file:
        file.write(b"RIFF" + struct.pack("<I", 36 + size) + b"WAVEfmt " + form)
        file.write(b"data" + struct.pack("<I", size))
        file.seek(44 + 4 * int(at * rate))
        file.write(np.repeat((32_767 * call).astype("<i2")[:, None], 2, axis=1).tobytes())
        file.truncate(44 + size)
    return path


def settings_for(
    folder: Path | str | None, work: Path, seed: int = 7, loudness: float = -16.0
) -> SimpleNamespace:
    sounds = SimpleNamespace(engine="folder", folder=folder and str(folder), loudness=loudness)
    return SimpleNamespace(home=work, work=work / "work", seed=seed, sounds=sounds)


def briefs(count: int) -> list[dict]:
    return [{"slug": f"beast-{k:03d}", "seed": k} for k in range(1, count + 1)]

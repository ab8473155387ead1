"""Recordings of two invented animals for tests: one barks, one crows."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import soundfile

RATE = 22_050


def tone(seconds: float, hertz: float, glide: float = 0.0) -> np.ndarray:
    """A note (n,) of seven harmonics that rises by ``glide`` octaves, swells and fades."""
    t = np.arange(int(seconds * RATE)) / RATE
    phase = np.cumsum(hertz * 2 ** (glide * t / seconds)) / RATE
    wave = sum(np.sin(2 * np.pi * k * phase) / k for k in range(1, 8))
    return 0.3 * wave * np.sin(np.pi * t / seconds) ** 0.7


def lay(*notes: tuple[float, np.ndarray], seconds: float) -> np.ndarray:
    """A recording (n,) with notes that begin at the seconds given."""
    x = np.zeros(int(seconds * RATE))
    for start, note in notes:
        at = int(start * RATE)
        x[at : at + len(note)] += note
    return x


def bark(seed: int) -> np.ndarray:
    """Five short falling notes with silence between them."""
    rng = np.random.default_rng([1, seed])
    clock, notes = 0.2, []
    for _ in range(5):
        pitch = 350 * 2 ** rng.normal(0, 0.1)
        notes.append((clock, tone(0.13 * 2 ** rng.normal(0, 0.1), pitch, -0.3)))
        clock += 0.45 * 2 ** rng.normal(0, 0.15)
    return lay(*notes, seconds=3.2)


def crow(seed: int) -> np.ndarray:
    """Five tied notes that climb, the last one long."""
    rng = np.random.default_rng([2, seed])
    clock, notes = 0.2, []
    for place in range(5):
        seconds = (0.22 if place < 4 else 0.6) * 2 ** rng.normal(0, 0.12)
        pitch = 500 * 2 ** (0.12 * place + rng.normal(0, 0.04))
        notes.append((clock, tone(seconds, pitch, 0.1)))
        clock += 0.97 * seconds
    return lay(*notes, seconds=3.2)


def record(folder: Path, kind, count: int = 9) -> Path:
    """A folder of ``count`` recordings of a kind."""
    folder.mkdir(parents=True)
    for seed in range(count):
        soundfile.write(folder / f"{kind.__name__}{seed}.wav", kind(seed), RATE)
    return folder


def settings_of(home: Path, folder: str | None, seed: int = 7) -> SimpleNamespace:
    sounds = SimpleNamespace(engine="learned", folder=folder, loudness=-16.0)
    return SimpleNamespace(home=home, work=home / f"work-{folder}", seed=seed, sounds=sounds)


def brief(seed: int, phrase: str = "moru sali teno", **more) -> dict:
    return {"seed": seed, "slug": f"beast-{seed:03d}", "phrase": phrase, **more}

"""Draw sounds: a waveform above a spectrogram, one picture each or all on a sheet."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from scipy import fft

from generate.sounds.report.measures import make_mel_bank, mix_down

RATE = 44_100
WIDTH, WAVE, BANDS, LABEL = 480, 60, 120, 16
PAPER, INK = (250, 247, 238), (52, 78, 65)
# Colours from quiet to loud.
RAMP = np.array(
    [(250, 247, 238), (214, 222, 178), (142, 178, 112), (196, 122, 52), (120, 42, 36), (34, 20, 36)]
)


def draw_sound(samples: NDArray[np.float32], label: str = "") -> Image.Image:
    """A sound (n,) or (n, channels) at 44.1 kHz as a picture of 480 by 196 pixels.

    The spectrogram has mel bands from 60 Hz (bottom) to 19 kHz and spans 70 dB.
    """
    mono = mix_down(samples)
    sheet = np.full((LABEL + WAVE + BANDS, WIDTH, 3), PAPER, np.uint8)
    _draw_wave(sheet[LABEL : LABEL + WAVE], mono)
    sheet[LABEL + WAVE :] = _colour(_mel_picture(mono))
    picture = Image.fromarray(sheet)
    ImageDraw.Draw(picture).text((4, 2), label, fill=INK, font=ImageFont.load_default(11))
    return picture


def _draw_wave(area: NDArray[np.uint8], mono: NDArray[np.float64]) -> None:
    edges = np.linspace(0, len(mono), WIDTH + 1).astype(int)
    middle = area.shape[0] / 2
    scale = 0.95 * middle / max(float(np.abs(mono).max()), 1e-9)
    for column, start in enumerate(edges[:-1]):
        part = mono[start : max(edges[column + 1], start + 1)]
        high, low = (part.max(), part.min()) if len(part) else (0.0, 0.0)
        area[int(middle - scale * high) : int(middle - scale * low) + 1, column] = INK


def _mel_picture(mono: NDArray[np.float64]) -> NDArray[np.float64]:
    """Loudness (BANDS, WIDTH) from 0 (-70 dB) to 1 (loudest), high frequencies on top."""
    size = 2048
    padded = np.pad(mono, size // 2)
    starts = np.linspace(0, max(len(padded) - size, 0), WIDTH).astype(int)
    padded = np.pad(padded, (0, size))
    cut = np.stack([padded[a : a + size] for a in starts]) * np.hanning(size)
    power = np.abs(fft.rfft(cut, axis=1)) ** 2
    mel = 10 * np.log10(power @ make_mel_bank(RATE, size, BANDS, 60.0).T + 1e-12)
    return np.clip((mel.T[::-1] - mel.max()) / 70 + 1, 0, 1)


def _colour(loud: NDArray[np.float64]) -> NDArray[np.uint8]:
    at = loud * (len(RAMP) - 1)
    steps = np.arange(len(RAMP))
    return np.stack([np.interp(at, steps, RAMP[:, k]) for k in range(3)], axis=2).astype(np.uint8)


def draw_sheet(pictures: Sequence[Image.Image], columns: int = 4, gap: int = 8) -> Image.Image:
    """Pictures of one size side by side on a sheet."""
    if not pictures:
        return Image.new("RGB", (WIDTH, LABEL), PAPER)
    wide, high = pictures[0].size
    columns = min(columns, len(pictures))
    rows = -(-len(pictures) // columns)
    size = (columns * (wide + gap) + gap, rows * (high + gap) + gap)
    sheet = Image.new("RGB", size, (232, 226, 210))
    for number, picture in enumerate(pictures):
        row, column = divmod(number, columns)
        sheet.paste(picture, (gap + column * (wide + gap), gap + row * (high + gap)))
    return sheet

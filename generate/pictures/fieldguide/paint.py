"""Paint a creature: combine its layers into one relief, light it for the hour, add the eyes."""

from __future__ import annotations

import random
from dataclasses import dataclass

import numpy as np
from scipy import ndimage

from generate.pictures.fieldguide.beasts.coats import Coat, smoothstep
from generate.pictures.fieldguide.beasts.creature import Creature
from generate.pictures.fieldguide.palette import Palette
from generate.pictures.fieldguide.shapes import Layer, Place, Relief, mould

MOODS = ("calm", "sleepy", "stern", "merry")
PATTERNED = {"coat": 1.0, "band": 1.0, "wing": 0.55, "shell": 0.35}


@dataclass
class Figure:
    """A painted creature on the grid: colours (S, S, 3) and coverage (S, S), both 0..1."""

    colour: np.ndarray
    cover: np.ndarray


def _albedo(layer: Layer, relief: Relief, palette: Palette, coat: Coat, place: Place, size: int):
    """Unlit colours of a layer on its window."""
    paints = palette.paints
    base = paints["coat" if layer.role == "wing" else layer.role]
    shape = (*relief.cover.shape, 3)
    colour = np.empty(shape, np.float32)
    colour[:] = base
    if layer.role not in PATTERNED:
        return colour
    rows, cols = relief.window
    ys = ((np.arange(rows.start, rows.stop) + 0.5) / size).astype(np.float32)[:, None]
    xs = ((np.arange(cols.start, cols.stop) + 0.5) / size).astype(np.float32)[None, :]
    x, y = np.broadcast_arrays(
        (xs - np.float32(0.5)) * np.float32(place.side), ys - np.float32(0.55)
    )
    if layer.role == "wing":
        colour += (paints["deep"] - base) * np.float32(0.45)
    share = coat.accent(x, y, relief.along, relief.ny) * np.float32(PATTERNED[layer.role])
    ink = paints["accent"] if layer.role != "shell" else paints["dark"]
    if coat.name == "belly" and layer.role in ("coat", "band"):
        ink = paints["belly"]
    colour += (ink - colour) * share[..., None]
    if layer.role in ("coat", "band"):
        colour += (paints["belly"] - colour) * coat.pale(relief.ny)[..., None]
    return colour


def paint_creature(
    creature: Creature, place: Place, palette: Palette, coat: Coat, sun: float, mood: str, size: int
) -> Figure:
    """Paint all layers from back to front and light them from the sun's side (-1 or 1)."""
    albedo = np.zeros((size, size, 3), np.float32)
    nx, ny = np.zeros((size, size), np.float32), np.zeros((size, size), np.float32)
    open_sky = np.ones((size, size), np.float32)
    cover = np.zeros((size, size), np.float32)
    for layer in creature.layers:
        relief = mould(layer, place, size)
        if relief is None:
            continue
        window, c = relief.window, relief.cover
        if layer.cast > 0:
            shadow = ndimage.gaussian_filter(c, 0.013 * size, mode="constant")
            shift = max(1, round(0.008 * size))
            shadow = ndimage.shift(shadow, (shift, -shift * sun), order=0)
            open_sky[window] *= 1 - np.float32(0.5 * layer.cast) * shadow
        colour = _albedo(layer, relief, palette, coat, place, size)
        albedo[window] += (colour - albedo[window]) * c[..., None]
        nx[window] += (relief.nx - nx[window]) * c
        ny[window] += (relief.ny - ny[window]) * c
        open_sky[window] += (np.float32(layer.shade) - open_sky[window]) * c
        cover[window] += (1 - cover[window]) * c
    colour = light_relief(albedo, nx, ny, open_sky, cover, palette, sun, size)
    _paint_eyes(colour, cover, creature, place, palette, mood, size)
    return Figure(np.clip(colour, 0, 1), cover)


def light_relief(
    albedo: np.ndarray,
    nx: np.ndarray,
    ny: np.ndarray,
    open_sky: np.ndarray,
    cover: np.ndarray,
    palette: Palette,
    sun: float,
    size: int,
) -> np.ndarray:
    """Light a relief: key light, sky, light from the ground, rim light; colours (S, S, 3)."""
    edge = np.sqrt(nx * nx + ny * ny)
    nz = np.sqrt(np.clip(1 - edge * edge, 0, 1))
    key = nx * np.float32(0.5 * sun) - ny * np.float32(0.62) + nz * np.float32(0.6)
    tone = np.clip((key + np.float32(0.32)) / np.float32(1.2), 0, 1)
    # As in gouache, light and shadow are nearly flat, with a short transition.
    tone = np.float32(0.45) * tone + np.float32(0.55) * smoothstep(0.22, 0.62, tone)
    tone = tone * np.clip(open_sky, 0.0, 1.0)
    light = palette.shadow + (palette.light - palette.shadow) * tone[..., None]
    colour = albedo * light
    bounce = smoothstep(0.35, 0.95, ny) * np.float32(0.16)
    colour += (palette.ground - colour) * bounce[..., None]
    sky = smoothstep(0.5, 1.0, -ny) * np.float32(0.10)
    colour += (palette.sky_top - colour) * sky[..., None]
    gloss = np.clip((key - np.float32(0.86)) * 7, 0, 1) ** 2 * np.float32(0.16)
    colour += gloss[..., None]
    away = np.clip(nx * np.float32(sun) * np.float32(0.8) - ny * np.float32(0.45), 0, 1)
    rim = smoothstep(0.62, 0.95, edge) * away * np.float32(0.5) * np.clip(open_sky, 0.4, 1)
    colour += (palette.rim - colour) * np.clip(rim, 0, 1)[..., None]
    # A thin darker outline on the shadow side keeps the silhouette crisp when small.
    inner = smoothstep(0.72, 1.0, edge) * np.clip(np.float32(1) - 2 * away, 0, 1)
    colour *= 1 - np.float32(0.30) * inner[..., None]
    return colour


def _disc(
    size: int, x: float, y: float, r: float
) -> tuple[tuple[slice, slice], np.ndarray, np.ndarray, np.ndarray]:
    """Window and coverage of a disc, with offsets from its centre in radii."""
    reach = r * 1.25 + 2 / size
    rows = slice(max(int((y - reach) * size), 0), min(int((y + reach) * size) + 2, size))
    cols = slice(max(int((x - reach) * size), 0), min(int((x + reach) * size) + 2, size))
    v = ((np.arange(rows.start, rows.stop) + 0.5) / size - y)[:, None].astype(np.float32)
    u = ((np.arange(cols.start, cols.stop) + 0.5) / size - x)[None, :].astype(np.float32)
    cover = np.clip(0.5 - (np.hypot(u, v) - np.float32(r)) * size, 0, 1)
    return (rows, cols), cover, u / np.float32(r), v / np.float32(r)


def _dab(colour: np.ndarray, size: int, x: float, y: float, r: float, paint: np.ndarray, clip=None):
    window, cover, _, _ = _disc(size, x, y, r)
    if clip is not None:
        cover = cover * clip[window]
    colour[window] += (paint - colour[window]) * cover[..., None]


def _paint_eyes(
    colour: np.ndarray,
    cover: np.ndarray,
    creature: Creature,
    place: Place,
    palette: Palette,
    mood: str,
    size: int,
) -> None:
    """Eyes with ball, iris, pupil, two catchlights and a lid that shows the mood."""
    paints = palette.paints
    dim = np.clip(palette.light, 0.86, 1.0)
    white = np.array([0.99, 0.97, 0.92], np.float32) * dim
    for eye in creature.eyes:
        x = place.x + place.scale * place.side * eye.x
        y = place.y + place.scale * eye.y
        r = min(max(place.scale * eye.r, 0.033), 0.066)
        look = eye.look * place.side
        socket, round_, _, _ = _disc(size, x, y, r * 1.13)
        cover[socket] = np.maximum(cover[socket], round_)
        _dab(colour, size, x, y, r * 1.13, paints["deep"] * np.float32(0.62))
        window, ball, u, v = _disc(size, x, y, r)
        inside = np.zeros(colour.shape[:2], np.float32)
        inside[window] = ball
        shaded = white * (1 - np.float32(0.22) * smoothstep(0.1, -0.9, v))[..., None]
        colour[window] += (shaded - colour[window]) * ball[..., None]
        ix, iy = x + look * r * 0.32, y + r * 0.04
        _dab(colour, size, ix, iy, r * 0.74, paints["iris"] * dim, inside)
        _dab(colour, size, ix + look * r * 0.05, iy, r * 0.50, paints["dark"] * 0.55, inside)
        lid = {
            "calm": smoothstep(-0.50, -0.62, v + 0 * u),
            "sleepy": smoothstep(0.08, -0.06, v + 0 * u),
            "stern": smoothstep(-0.22, -0.36, v - 0.55 * u * place.side * _inward(creature, eye)),
            "merry": smoothstep(0.42, 0.54, v + 0.35 * u * u),
        }[mood]
        skin = paints["coat"] * (palette.light if mood != "merry" else dim) * np.float32(0.86)
        colour[window] += (skin - colour[window]) * (lid * ball)[..., None]
        glint = -0.3 if mood != "sleepy" else 0.18
        if mood == "stern":
            glint = -0.05
        bright = np.array([1.0, 1.0, 1.0], np.float32)
        _dab(colour, size, ix - r * 0.24, iy + r * glint, r * 0.23, bright)
        _dab(colour, size, ix + r * 0.2, iy + r * 0.26, r * 0.11, bright * 0.9, inside)


def _inward(creature: Creature, eye) -> float:
    """The slope of a stern brow: down towards the middle of the face, or forward."""
    if not creature.frontal:
        return 1.0
    return 1.0 if eye.x < creature.head[0] else -1.0


def choose_mood(rng: random.Random) -> str:
    """A random mood, most often calm."""
    return rng.choices(MOODS, (3, 1.5, 1.5, 1.5))[0]

"""Draw one page of the field guide from a seed: tags, palette, creature and its jungle."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from PIL import Image

from generate.errors import Refusal
from generate.pictures.fieldguide.beasts.coats import COATS, Coat
from generate.pictures.fieldguide.beasts.crawlers import CRAWLERS
from generate.pictures.fieldguide.beasts.creature import Creature, Plan
from generate.pictures.fieldguide.beasts.features import FEATURES, WEAR, suits
from generate.pictures.fieldguide.beasts.fliers import FLIERS
from generate.pictures.fieldguide.beasts.shore import SHORE
from generate.pictures.fieldguide.beasts.walkers import WALKERS
from generate.pictures.fieldguide.captions import write_caption
from generate.pictures.fieldguide.paint import MOODS, choose_mood, paint_creature
from generate.pictures.fieldguide.palette import HOURS, NAMED, Palette, mix_palette
from generate.pictures.fieldguide.places.habitats import HABITATS, SCENES
from generate.pictures.fieldguide.places.sky import columns, glow, paint_depths, paint_sky, rows
from generate.pictures.fieldguide.places.weather import (
    WEATHERS,
    back_weather,
    frame,
    front_weather,
    grass_over_feet,
    paper,
)
from generate.pictures.fieldguide.shapes import Place
from generate.recipe import derive_seed

PLANS: dict[str, Plan] = {**WALKERS, **CRAWLERS, **SHORE, **FLIERS}

VOCABULARY: dict[str, tuple[str, ...]] = {
    "plan": tuple(PLANS),
    "coat": COATS,
    "colour": tuple(NAMED),
    "feature": tuple(name for name in FEATURES if name != "none"),
    "habitat": HABITATS,
    "hour": tuple(HOURS),
    "weather": WEATHERS,
    "mood": MOODS,
}


@dataclass
class Drawing:
    """A picture (RGB, size x size), its caption, its tags by group, and the creature's mask.

    `mask` is (size, size) uint8, 255 where the creature covers the pixel. `face` is the middle of
    the head and its reach (x, y, radius), in sides of the picture.
    """

    image: Image.Image
    text: str
    tags: dict[str, str]
    mask: np.ndarray
    face: tuple[float, float, float]


def choose_tags(seed: int, asked: Mapping[str, str] | None = None) -> dict[str, str]:
    """The tags of a seed: those asked for, and random ones for the other groups.

    Raises Refusal when a tag is not in the vocabulary; "none" is a feature that can be asked for.
    """
    asked = dict(asked or {})
    for group, token in asked.items():
        known = VOCABULARY.get(group, ())
        if token not in known and (group, token) != ("feature", "none"):
            names = ", ".join(known or VOCABULARY)
            raise Refusal(f"field guide: unknown {group} {token!r}; known: {names}")
    rng = random.Random(derive_seed("fieldguide", "tags", seed))
    plan = rng.choice(VOCABULARY["plan"])
    plan = asked.get("plan", plan)
    hour = rng.choice(VOCABULARY["hour"])
    hour = asked.get("hour", hour)
    fits = suits(plan)
    feature = rng.choices(fits, [2.5 if name == "none" else 1.0 for name in fits])[0]
    skies = {"clear": 3.0, "mist": 1.3, "rain": 1.0, "petals": 1.2, "fireflies": 0.0}
    if hour in ("dusk", "night"):
        skies |= {"fireflies": 2.2, "petals": 0.6}
    tags = {
        "plan": plan,
        "coat": rng.choice(COATS),
        "colour": rng.choice(tuple(NAMED)),
        "feature": feature,
        "habitat": rng.choice(HABITATS),
        "hour": hour,
        "weather": rng.choices(tuple(skies), tuple(skies.values()))[0],
        "mood": choose_mood(rng),
    }
    tags.update(asked)
    if tags["feature"] not in fits:
        tags["feature"] = "none"
    if tags["feature"] == "none":
        del tags["feature"]
    return tags


def caption(seed: int, tags: Mapping[str, str]) -> str:
    """The caption of a seed with all its ``tags``."""
    return write_caption(random.Random(derive_seed("fieldguide", "caption", seed)), dict(tags))


@dataclass
class Posed:
    """A creature and where it stands, what it is painted with, and the chance left for the rest."""

    creature: Creature
    place: Place
    palette: Palette
    coat: Coat
    sun: float
    setting: random.Random
    front: random.Random


def pose(seed: int, tags: Mapping[str, str]) -> Posed:
    """The creature of a seed with all its ``tags``, as `choose_tags` gives them, unpainted."""
    rng = random.Random(derive_seed("fieldguide", "scene", seed))
    palette = mix_palette(rng, tags["colour"], tags["hour"], tags["habitat"])
    coat = Coat(tags["coat"], rng)
    sun = rng.choice((-1.0, 1.0))
    side = rng.choice((-1, 1))
    body, setting, front = (random.Random(rng.random()) for _ in range(3))
    creature = Creature()
    PLANS[tags["plan"]](body, creature)
    if "feature" in tags:
        WEAR[tags["feature"]](body, creature)
    return Posed(creature, creature.settle(body, side), palette, coat, sun, setting, front)


def draw(seed: int, size: int, tags: Mapping[str, str] | None = None) -> Drawing:
    """The picture of a seed at a size (pixels a side, 16 to 1024); tags may be asked for.

    The same seed gives the same scene at every size: it is evaluated on a grid of twice the size in
    unit coordinates and averaged down. A feature that does not suit the plan is neither drawn nor
    among the tags.
    """
    if not 16 <= size <= 1024:
        raise Refusal(f"field guide: size {size} is not between 16 and 1024 pixels")
    chosen = choose_tags(seed, tags)
    posed = pose(seed, chosen)
    creature, place, palette, coat = posed.creature, posed.place, posed.palette, posed.coat
    sun, setting, front = posed.sun, posed.setting, posed.front
    grid = 2 * size
    floor = 0.9 if creature.airborne else place.y

    canvas = paint_sky(setting, palette, chosen["hour"], sun, grid)
    paint_depths(setting, palette, canvas)
    SCENES[chosen["habitat"]](setting, palette, canvas, floor)
    back_weather(setting, palette, canvas, chosen["weather"])
    glow(canvas, 0.5, 0.5, 0.24, palette.mist, 0.42)
    _shade_ground(canvas, creature, place, palette, floor, sun)

    figure = paint_creature(creature, place, palette, coat, sun, chosen["mood"], grid)
    canvas += (figure.colour - canvas) * figure.cover[..., None]
    if not creature.airborne and chosen["habitat"] not in ("canopy", "cave"):
        grass_over_feet(front, palette, canvas, floor)
    frame(front, palette, canvas, chosen["habitat"])
    hx, hy, hr = creature.head
    hx *= place.side
    face = (place.x + place.scale * hx, place.y + place.scale * hy, place.scale * hr * 1.6)
    front_weather(front, palette, canvas, chosen["weather"], face)
    canvas = paper(derive_seed("fieldguide", "paper", seed), canvas)

    pixels = canvas.reshape(size, 2, size, 2, 3).mean(axis=(1, 3))
    mask = figure.cover.reshape(size, 2, size, 2).mean(axis=(1, 3))
    image = Image.fromarray((pixels * 255 + 0.5).astype(np.uint8))
    mask = (mask * 255 + 0.5).astype(np.uint8)
    return Drawing(image, caption(seed, chosen), chosen, mask, face)


def _shade_ground(
    canvas: np.ndarray, creature: Creature, place: Place, palette: Palette, floor: float, sun: float
) -> None:
    """A soft shadow under the whole creature and a dark touch under each foot."""
    size = canvas.shape[0]
    left, _, right, bottom = creature.bounds()
    half = (right - left) * place.scale / 2
    middle = place.x + place.scale * place.side * (left + right) / 2
    y, x = rows(size) - np.float32(floor), columns(size)
    spots = [(middle - sun * 0.03, 0.85 * half, 0.022, 0.42)]
    if creature.airborne:
        spots = [(middle, 0.5 * half, 0.016, 0.4)]
    else:
        for layer in creature.layers:
            for shape in layer.shapes:
                low = shape.bounds()
                reach = float(low[2] - low[0]) * place.scale / 2
                if low[3] > bottom - 0.06 and reach < 0.12:
                    cx = place.x + place.scale * place.side * float(low[0] + low[2]) / 2
                    spots.append((cx, reach * 0.8 + 0.012, 0.011, 0.35))
    dark = palette.deep[3] * np.float32(0.7)
    shade = np.zeros((size, size), np.float32)
    for cx, rx, ry, power in spots:
        d = ((x - np.float32(cx)) / np.float32(rx)) ** 2 + (y / np.float32(ry)) ** 2
        shade += (1 - shade) * np.exp(-d) * np.float32(power)
    canvas += (dark - canvas) * shade[..., None]

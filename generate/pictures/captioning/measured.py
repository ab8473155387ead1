"""Describe what can be measured in a picture: its colours, its light, the shape that stands out.

For pictures that were made without a prompt. An animal is never named, since none was asked for.
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image
from scipy import ndimage

from generate.recipe import digest_bytes
from generate.words.english import choose_article

# A typical sRGB colour for each name.
COLOURS: dict[str, tuple[int, int, int]] = {
    "black": (14, 14, 16),
    "charcoal": (62, 62, 66),
    "grey": (132, 132, 132),
    "silver": (190, 192, 196),
    "white": (248, 248, 246),
    "crimson": (160, 20, 40),
    "red": (220, 40, 40),
    "coral": (250, 130, 110),
    "orange": (245, 140, 30),
    "rust": (170, 80, 35),
    "brown": (105, 70, 40),
    "sand": (215, 190, 145),
    "cream": (250, 240, 210),
    "golden": (225, 180, 40),
    "yellow": (250, 225, 50),
    "lime": (165, 215, 50),
    "green": (60, 160, 60),
    "moss": (110, 130, 60),
    "deep green": (20, 75, 45),
    "mint": (170, 235, 200),
    "teal": (25, 130, 130),
    "turquoise": (60, 205, 200),
    "sky blue": (145, 200, 240),
    "blue": (45, 80, 205),
    "navy": (22, 28, 75),
    "violet": (120, 60, 190),
    "lilac": (195, 165, 225),
    "plum": (105, 40, 90),
    "pink": (245, 160, 195),
    "magenta": (215, 40, 150),
}
LIGHTS = {
    "dawn": ("in early light", "at first light", "as the day begins"),
    "day": ("in full daylight", "on a bright day", "in clear light"),
    "dusk": ("in the evening glow", "as the light goes", "at dusk"),
    "night": ("in the dark", "at night", "under a dark sky"),
}


@dataclass(frozen=True)
class Measured:
    """A measured caption: a sentence, and the traits in it (colour, ground, shape, hour)."""

    text: str
    traits: dict[str, str]


def caption_picture(image: Image.Image) -> Measured:
    """Describe ``image`` (any mode, at least 8 × 8) by what is measured in it."""
    small = np.asarray(image.convert("RGB").resize((64, 64), Image.Resampling.BOX))
    lab = to_lab(small / 255)
    mask = find_figure(lab)
    colour, second = name_colours(lab[mask])
    ground, _ = name_colours(lab[~mask])
    shape = name_shape(mask)
    hour = name_hour(lab)
    pick = int(digest_bytes(small.tobytes())[:8], 16)
    light = LIGHTS[hour][pick % 3]
    coat = f"{colour} and {second}" if second else colour
    figure = f"{choose_article(shape)} {shape} figure in {coat}"
    ways = (
        f"{figure}, before {ground}, {light}",
        f"{choose_article(coat)} {coat} figure, {shape}, on {ground}, {light}",
        f"{light}, {figure} against {ground}",
    )
    sentence = ways[pick // 3 % 3]
    text = sentence[0].upper() + sentence[1:]
    return Measured(text, {"colour": colour, "ground": ground, "shape": shape, "hour": hour})


def name_hour(lab: np.ndarray) -> str:
    """The hour by the light of the upper part: dark is night, warm is dawn or dusk, else day."""
    lightness, red, yellow = lab[:26].reshape(-1, 3).mean(0)
    if lightness < 36:
        return "night"
    if red > 9 or (red > 4 and yellow > 22):
        return "dawn" if lightness > 70 else "dusk"
    return "day"


def to_lab(rgb: np.ndarray) -> np.ndarray:
    """sRGB in [0, 1], (…, 3), as CIE L*a*b* with the D65 white (IEC 61966-2-1; CIE 15)."""
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    matrix = np.array(
        [
            [0.4124564, 0.3575761, 0.1804375],
            [0.2126729, 0.7151522, 0.0721750],
            [0.0193339, 0.1191920, 0.9503041],
        ]
    )
    xyz = linear @ matrix.T / np.array([0.95047, 1.0, 1.08883])
    root = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    x, y, z = np.moveaxis(root, -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], -1)


def find_figure(lab: np.ndarray) -> np.ndarray:
    """Mask of the figure: in colour far from the border, near the middle, in one piece."""
    height, width, _ = lab.shape
    sides = (lab[:3], lab[-3:], lab[:, :3], lab[:, -3:])
    edge = np.concatenate([side.reshape(-1, 3) for side in sides])
    far = np.sqrt(((lab[:, :, None] - edge[None, None, ::7]) ** 2).sum(-1)).min(-1)
    rows, columns = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j]
    salience = ndimage.gaussian_filter(far, 1.5) * np.exp(-(rows**2 + columns**2))
    mask = salience > max(float(np.quantile(salience, 0.75)), 0.4 * float(salience.max()))
    parts, count = ndimage.label(ndimage.binary_closing(mask, iterations=2))
    if count:
        sizes = np.bincount(parts.ravel())
        sizes[0] = 0
        mask = parts == sizes.argmax()
    if mask.all() or not mask.any():
        mask = rows**2 + columns**2 < 0.25
    return np.asarray(mask, bool)


def name_colours(pixels: np.ndarray) -> tuple[str, str | None]:
    """The commonest colour name in L*a*b* ``pixels`` (N, 3), and a distinct second one, if any."""
    names = list(COLOURS)
    centres = to_lab(np.array([COLOURS[name] for name in names]) / 255)
    nearest = ((pixels[:, None] - centres) ** 2).sum(-1).argmin(-1)
    shares = np.bincount(nearest, minlength=len(names)) / len(pixels)
    order = shares.argsort()[::-1]
    distance = float(np.sqrt(((centres[order[0]] - centres[order[1]]) ** 2).sum()))
    second = names[order[1]] if shares[order[1]] > 0.2 and distance > 30 else None
    return names[order[0]], second


def name_shape(mask: np.ndarray) -> str:
    """A word for a mask's outline: tall, long, round or branching."""
    rows, columns = np.nonzero(mask)
    height, width = np.ptp(rows) + 1, np.ptp(columns) + 1
    if height > 1.5 * width:
        return "tall"
    if width > 1.5 * height:
        return "long"
    return "round" if mask.sum() > 0.62 * height * width else "branching"

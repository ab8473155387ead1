"""Alter drawings for the captioner: moved, on plain ground, recoloured, or nothing that is known.

All chance comes from a generator. What an alteration hides is no longer said.
"""

import torch
from torch import Tensor
from torch.nn import functional

SCENE, CUT, FLAT, NOTHING = range(4)
# How many are shown as scenes, cut out on plain ground, cut out and recoloured, as nothing known.
SHARES = (0.7, 0.12, 0.09, 0.09)


def choose_ways(count: int, generator: torch.Generator) -> Tensor:
    """The way of each of ``count`` pictures (B,): SCENE, CUT, FLAT or NOTHING."""
    return torch.multinomial(torch.tensor(SHARES), count, True, generator=generator)


def alter(drawings: Tensor, ways: Tensor, generator: torch.Generator) -> Tensor:
    """``drawings`` (B, 4, S, S) in [0, 1], masks last, each in its way: (B, 3, S, S) in [-1, 1]."""
    count, side = len(drawings), drawings.shape[-1]
    apart = (ways == CUT) | (ways == FLAT)
    drawings = move(drawings, torch.where(apart, 0.32, 0.1), generator)
    colours = drawings[:, :3].contiguous()
    if len(rows := (ways == FLAT).nonzero()[:, 0]):
        colours[rows] = recolour(colours[rows], generator)
    if len(rows := apart.nonzero()[:, 0]):
        masks = drawings[rows, 3:]
        ground = make_ground(len(rows), side, generator)
        colours[rows] = colours[rows] * masks + ground * (1 - masks)
    if len(rows := (ways == NOTHING).nonzero()[:, 0]):
        colours[rows] = make_nothing(drawings[rows], generator)
    # Light and contrast change a little; colours are named, so they stay.
    light = 1 + (torch.rand(count, 1, 1, 1, generator=generator) - 0.5) * 0.16
    shift = (torch.rand(count, 1, 1, 1, generator=generator) - 0.5) * 0.08
    return (colours * light + shift).clamp(0, 1) * 2 - 1


def move(drawings: Tensor, reach: Tensor, generator: torch.Generator) -> Tensor:
    """Mirror half of them; scale and move each by up to its ``reach`` (B,) of the side."""
    count = len(drawings)
    draws = torch.rand(count, 4, generator=generator)
    side = torch.where(draws[:, 0] < 0.5, -1.0, 1.0)
    scale = 1 + (draws[:, 1] - 0.5) * 2 * reach
    shifts = (draws[:, 2:] - 0.5) * 2 * (reach[:, None] * 0.8)
    grid = torch.zeros(count, 2, 3)
    grid[:, 0, 0], grid[:, 1, 1] = side * scale, scale
    grid[:, :, 2] = shifts
    places = functional.affine_grid(grid, list(drawings.shape), align_corners=False)
    moved = functional.grid_sample(drawings, places, padding_mode="reflection", align_corners=False)
    # A mask that is mirrored at the border would show the beast twice.
    inside = (places.abs() <= 1).all(-1)[:, None]
    return torch.cat([moved[:, :3], moved[:, 3:] * inside], 1)


def recolour(colours: Tensor, generator: torch.Generator) -> Tensor:
    """In grey, in one colour, as a dark silhouette, or with the channels in another order."""
    count = len(colours)
    draws = torch.rand(count, 1, 1, 1, generator=generator)
    grey = colours.mean(1, keepdim=True)
    tint = torch.rand(count, 3, 1, 1, generator=generator)
    strong = ((grey - grey.mean((2, 3), keepdim=True)) * 1.8 + 0.55).clamp(0, 1)
    turned = torch.stack([colours[:, 2], colours[:, 0], colours[:, 1]], 1)
    found = torch.where(draws < 0.3, strong.expand_as(colours), turned)
    found = torch.where((draws >= 0.3) & (draws < 0.65), strong * tint, found)
    return torch.where(draws > 0.9, tint * 0.25 + 0 * colours, found)


def make_ground(count: int, side: int, generator: torch.Generator) -> Tensor:
    """Plain grounds (B, 3, S, S): half of them white, some fading from one colour to another."""
    draws = torch.rand(count, 1, 1, 1, generator=generator)
    first = torch.rand(count, 3, 1, 1, generator=generator)
    second = torch.rand(count, 3, 1, 1, generator=generator)
    fade = torch.linspace(0, 1, side).view(1, 1, side, 1)
    ground = first + (second - first) * fade * (draws > 0.75)
    return torch.where(draws < 0.5, torch.ones_like(ground), ground.expand(-1, -1, side, side))


def make_nothing(drawings: Tensor, generator: torch.Generator) -> Tensor:
    """Pictures (B, 3, S, S) of nothing that is known.

    Drawings whose patches are shuffled, corners of them without the beast, clouds, simple shapes.
    """
    count, _, side, _ = drawings.shape
    kinds = torch.randint(4, (count,), generator=generator).tolist()
    made = []
    for kind, drawing in zip(kinds, drawings, strict=True):
        if kind == 0:
            made.append(shuffle_patches(drawing[:3], generator))
        elif kind == 1:
            made.append(enlarge_corner(drawing, generator))
        elif kind == 2:
            made.append(make_clouds(side, generator))
        else:
            made.append(make_shapes(drawing[:3], generator))
    return torch.stack(made)


def shuffle_patches(picture: Tensor, generator: torch.Generator, cells: int = 4) -> Tensor:
    """A picture (3, S, S) cut into ``cells``² patches that lie in another order."""
    side = picture.shape[-1] // cells
    patches = functional.unfold(picture[None], side, stride=side)
    order = torch.randperm(cells**2, generator=generator)
    return functional.fold(patches[:, :, order], picture.shape[-2:], side, stride=side)[0]


def enlarge_corner(drawing: Tensor, generator: torch.Generator) -> Tensor:
    """The corner of a drawing (4, S, S) that has the least of its beast, as large as the whole."""
    side = drawing.shape[-1]
    half = int(side * (0.3 + 0.15 * torch.rand(1, generator=generator).item()))
    corners = [
        drawing[:, rows, columns]
        for rows in (slice(0, half), slice(side - half, side))
        for columns in (slice(0, half), slice(side - half, side))
    ]
    found = min(corners, key=lambda corner: float(corner[3].sum()))[None, :3]
    size = (side, side)
    return functional.interpolate(found, size, mode="bilinear", align_corners=False)[0]


def make_clouds(side: int, generator: torch.Generator) -> Tensor:
    """Smooth noise in colours (3, S, S)."""
    cells = int(torch.randint(2, 17, (1,), generator=generator))
    base = torch.rand(3, 1, 1, generator=generator)
    noise = torch.randn(1, 3, cells, cells, generator=generator) * 0.3
    size = (side, side)
    noise = functional.interpolate(noise, size, mode="bilinear", align_corners=False)[0]
    return (base + noise).clamp(0, 1)


def make_shapes(picture: Tensor, generator: torch.Generator) -> Tensor:
    """Round and angular shapes, some with the texture of ``picture`` (3, S, S), on plain ground."""
    side = picture.shape[-1]
    canvas = make_ground(1, side, generator)[0].clone()
    line = torch.linspace(-1, 1, side)
    texture = shuffle_patches(picture, generator, 8)
    for _ in range(int(torch.randint(1, 6, (1,), generator=generator))):
        x, y, wide, high, turn, kind, fill = torch.rand(7, generator=generator).tolist()
        across, down = line[None] - (x * 1.6 - 0.8), line[:, None] - (y * 1.6 - 0.8)
        angle = torch.tensor(turn * 3.14)
        one = across * angle.cos() + down * angle.sin()
        other = down * angle.cos() - across * angle.sin()
        one, other = one / (0.08 + 0.6 * wide), other / (0.08 + 0.6 * high)
        inside = one**2 + other**2 < 1 if kind < 0.5 else (one.abs() < 1) & (other.abs() < 1)
        colour = torch.rand(3, 1, 1, generator=generator)
        canvas = torch.where(inside, texture if fill < 0.35 else colour, canvas)
    return canvas

"""Networks of a few thousand weights in place of the families' own, and cards drawn with them."""

from generate.pictures.families.ddpm import Ddpm
from generate.pictures.families.dit import Dit
from generate.pictures.families.flow import Flow
from generate.pictures.families.sketch import Hand, Sketch
from generate.pictures.networks.patches import Patches
from generate.pictures.networks.shape import Shape
from generate.pictures.sampling.prints import lay_out_cards
from generate.pictures.sampling.stage import draw_cards

TINY = Shape(16, 1, (16, 16), 1, 1, 8, 4)


def choose_flow(cls, size, own=None):
    return Shape(size, 1, (16, 16), 1, 1, 8, 4)


def choose_ddpm(cls, size, own=None):
    return Shape(size, 1, (16, 16), 1, 1, 8, 4, conditioned=False)


def choose_dit(cls, size, own=None):
    return Patches(size, 4, 32, 3, 2)


def choose_hand(cls):
    return Hand(width=16, mixtures=3, points=24, dropout=0.0)


def use_tiny_networks(patch=setattr):
    """Give each denoiser a tiny network; ``patch`` sets an attribute, as pytest's monkeypatch."""
    patch(Flow, "choose_shape", classmethod(choose_flow))
    patch(Ddpm, "choose_shape", classmethod(choose_ddpm))
    patch(Dit, "choose_shape", classmethod(choose_dit))
    patch(Sketch, "choose_hand", classmethod(choose_hand))


def sample_pictures(settings, numbers, check=None):
    """Draw the pictures of cards ``numbers``, and the sheets of all; a row for each."""
    rows = dict(draw_cards(settings, numbers, check))
    if rows:
        lay_out_cards(settings)
    return rows

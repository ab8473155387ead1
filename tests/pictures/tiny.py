"""Networks of a few thousand weights in place of the families' own, and cards drawn with them."""

import torch

from generate.pictures.eyes.opening import Eyes
from generate.pictures.families.ddpm import Ddpm
from generate.pictures.families.dit import Dit
from generate.pictures.families.flow import Flow
from generate.pictures.families.gans.adversary import Adversary
from generate.pictures.families.gans.attngan import AttnGan
from generate.pictures.families.gans.critic import Pyramid
from generate.pictures.families.gans.gan import Gan
from generate.pictures.families.gans.maker import MakerShape
from generate.pictures.families.gans.stackgan import StackGan
from generate.pictures.families.latents import contested, cvae
from generate.pictures.families.latents.coder import Coder
from generate.pictures.families.latents.gpt import Gpt
from generate.pictures.families.sketch import Hand, Sketch
from generate.pictures.networks.adversary import PatchCritic
from generate.pictures.networks.autoencoder import LatentShape
from generate.pictures.networks.latent_flow import LatentFlow
from generate.pictures.networks.patches import Patches
from generate.pictures.networks.shape import Shape
from generate.pictures.networks.writer import WriterShape
from generate.pictures.sampling.prints import lay_out_cards
from generate.pictures.sampling.stage import draw_cards

TINY = Shape(16, 1, (16, 16), 1, 1, 8, 4)


def choose_flow(cls, size, own=None):
    return Shape(size, 1, (16, 16), 1, 1, 8, 4)


def choose_ddpm(cls, size, own=None):
    return Shape(size, 1, (16, 16), 1, 1, 8, 4, conditioned=False)


def choose_latents(cls, size, own=None):
    return LatentShape(size, 1, (8, 16), 3, 1, 4, 4)


class TinyFlow(LatentFlow):
    def __init__(self, shape, words, widths=(8, 16)):
        super().__init__(shape, words, widths)


class TinyCritic(PatchCritic):
    def __init__(self):
        super().__init__((8, 16))


def choose_writer(cls, shape, own=None):
    masked = getattr(own, "order", None) == "masked"
    return WriterShape(1000, shape.side**2, 2, 16, 2, 2, 0.0, masked)


class TinyEyes(Pyramid):
    """Frozen features of four channels, of no use but for tests."""

    def __init__(self):
        super().__init__((4, 4, 4, 4))
        torch.manual_seed(0)
        for weight in self.parameters():
            torch.nn.init.normal_(weight, std=0.3)
        self.requires_grad_(False)

    def pool(self, pictures):
        return torch.cat([level.mean((2, 3)) for level in self(pictures)], 1)


def open_tiny_eyes(asker):
    state = torch.random.get_rng_state()
    eyes = Eyes("lite0", "0" * 64, TinyEyes())
    torch.random.set_rng_state(state)
    return eyes


def choose_maker(cls, size, words, share=1.0):
    return MakerShape(size, words, 4, 8, (8, 8)).as_json()


def choose_dit(cls, size, own=None):
    return Patches(size, 4, 32, 3, 2)


def choose_hand(cls):
    return Hand(width=16, mixtures=3, points=24, dropout=0.0)


def choose_stacked(cls, size, words, share=1.0):
    return MakerShape(size, words, 12, 8, (8, 8)).as_json()


def use_tiny_networks(patch=setattr):
    """Give each family a tiny network; ``patch`` sets an attribute, as pytest's monkeypatch."""
    patch(Flow, "choose_shape", classmethod(choose_flow))
    patch(Ddpm, "choose_shape", classmethod(choose_ddpm))
    patch(Coder, "choose_shape", classmethod(choose_latents))
    patch(Coder, "opens_eyes", staticmethod(open_tiny_eyes))
    patch(cvae, "LatentFlow", TinyFlow)
    patch(Gpt, "choose_writer", classmethod(choose_writer))
    patch(contested, "PatchCritic", TinyCritic)
    patch(Adversary, "opens_eyes", staticmethod(open_tiny_eyes))
    patch(Adversary, "critic_width", 8)
    patch(Gan, "choose_config", classmethod(choose_maker))
    patch(Dit, "choose_shape", classmethod(choose_dit))
    patch(Sketch, "choose_hand", classmethod(choose_hand))
    patch(AttnGan, "choose_config", classmethod(choose_maker))
    patch(StackGan, "choose_config", classmethod(choose_stacked))


def sample_pictures(settings, numbers, check=None):
    """Draw the pictures of cards ``numbers``, and the sheets of all; a row for each."""
    rows = dict(draw_cards(settings, numbers, check))
    if rows:
        lay_out_cards(settings)
    return rows

"""Builds of small cards in seconds: pictures and sounds are sketched, all else is the real thing.

What a sketch holds depends on the jungle's seed and the card alone, as of the real makers.
"""

from functools import cache

import numpy as np
import pytest
import soundfile
from PIL import Image

from generate import build
from generate.phrases.language.language import make_language
from generate.plan import Bundles
from generate.recipe import derive_seed
from generate.settings import Settings, read_settings
from generate.sounds.stage import MadeSound

TEXT = "count = 2\nseed = {seed}\n[pictures]\nframes = 2\n[sounds]\nambience = false\n"


def write_jungle(home, seed: int = 7) -> Settings:
    (home / "content").mkdir(parents=True, exist_ok=True)
    (home / "content/jungle.toml").write_text(TEXT.format(seed=seed))
    return read_settings(home)


def sketch(kind: str, settings: Settings, number: object, shape: tuple[int, ...]) -> np.ndarray:
    seed = derive_seed(kind, settings.seed, number)
    return np.random.default_rng(seed).integers(0, 256, shape, np.uint8)


def draw_cards(settings: Settings, stale, check):
    """In place of the sampler."""
    folder = settings.work / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    for number in sorted(stale):
        yield number, draw_one(settings, f"beast-{number:03d}", number, number)


def draw_one(settings: Settings, name: str, what: object, seed: int):
    """Sketch the files of one picture, of ``what`` decides it; its row."""
    folder = settings.work / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    for end in (".png", ".frames.webp", ".nearest.webp"):
        pixels = sketch(f"picture{end}", settings, what, (8, 8, 3))
        Image.fromarray(pixels).save(folder / (name + end), lossless=True)
    text, traits = f"A spotted newt {settings.seed}.", {"plan": "newt"}
    row = {"text": text, "traits": traits, "hour": "dusk", "how": "asked", "seed": seed}
    row |= {"nearest": {"what": "a drawing"}, "nearest_file": f"{name}.nearest.webp"}
    return row | {"file_name": f"{name}.png", "frames": f"{name}.frames.webp"}


def draw_wished(settings: Settings, bundles, check):
    """In place of the sampler of cards that ask for a picture of their own."""
    for bundle in sorted(bundles, key=lambda one: len(one.ancestors)):
        what = (bundle.number, bundle.slug if bundle.number is None else "", bundle.wish)
        seed = derive_seed("wished", settings.seed, *what)
        yield bundle, draw_one(settings, f"own-{bundle.slug}", what, seed)


def make_and_master(settings: Settings, briefs):
    """In place of the voices."""
    folder = settings.work / "sounds"
    folder.mkdir(parents=True, exist_ok=True)
    for brief in briefs:
        said = (brief["slug"], brief["phrase"])
        samples = sketch("sound", settings, said, (800,)).astype(np.float32) / 512
        path = folder / f"{brief['slug']}.flac"
        soundfile.write(path, samples, 44_100)
        yield MadeSound(brief["slug"], path, [(0.0, 0.01)], {"engine": "voice"}, [])


@pytest.fixture(scope="module")
def sketched():
    """Pictures and sounds are sketched."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("generate.pictures.training.stage.train_model", lambda settings: None)
        patch.setattr("generate.pictures.choosing.neighbours.open_check", lambda settings: None)
        patch.setattr("generate.pictures.sampling.prints.lay_out_cards", lambda settings: None)
        patch.setattr("generate.pictures.sampling.stage.draw_cards", draw_cards)
        patch.setattr("generate.pictures.sampling.wished.draw_wished", draw_wished)
        patch.setattr("generate.sounds.stage.make_and_master", make_and_master)
        # The real language, made once for each seed.
        patch.setattr("generate.phrases.language.file.make_language", cache(make_language))
        yield


def make_all(settings: Settings, force: bool = False) -> Bundles:
    """All stages but the site; the cards."""
    bundles = build.build_pictures(settings, force)
    build.build_phrases(settings, bundles, force)
    build.build_sounds(settings, bundles, force)
    return bundles

"""Three kinds of beings, pictures and captions of them, and a small captioner that learns them."""

import numpy as np
import torch
from PIL import Image

from generate.pictures.captioning.learned.model import make_model
from generate.pictures.captioning.learned.wording import collect_wording
from generate.pictures.captioning.teaching.lessons import CaptionLearner
from generate.pictures.captioning.teaching.own_lessons import prepare_lessons
from generate.pictures.data.vocabulary import Vocabulary
from generate.pictures.networks.weights import copy_weights
from generate.pictures.training.loop import make_optimisers, train_steps
from generate.pictures.training.plan import Plan

KINDS = {"snake": (200, 40, 40), "bird": (40, 60, 200), "frog": (40, 160, 60)}
TOKENS = (*KINDS, "red", "blue", "green")
VOCABULARY = Vocabulary(TOKENS, ("plan",) * 3 + ("colour",) * 3, {"serpent": "snake"})
CAPTIONS = {
    "snake": ("A red snake rests.", "A red serpent by the sea.", "A snake rests."),
    "bird": ("A blue bird rests.", "By the sea, a blue bird.", "A bird rests."),
    "frog": ("A green frog rests.", "A green frog by the sea.", "A frog rests."),
}


def draw_kind(kind, side=64, shift=0):
    """A picture with a block of the kind's colour: wide, tall or square."""
    levels = np.full((side, side, 3), 245, np.uint8)
    wide, tall = {"snake": (48, 12), "bird": (14, 46), "frog": (28, 28)}[kind]
    top, left = (64 - tall) // 2 + shift, (64 - wide) // 2 - shift
    times = side / 64
    rows = slice(round(top * times), round((top + tall) * times))
    columns = slice(round(left * times), round((left + wide) * times))
    levels[rows, columns] = KINDS[kind]
    return Image.fromarray(levels)


def make_rows():
    """Pictures uint8 (6, 3, 64, 64) of the three kinds, and their rows."""
    kinds = [kind for kind in KINDS for _ in range(2)]
    images = [np.asarray(draw_kind(kind, shift=3 * n)) for n, kind in enumerate(kinds)]
    rows = [{"text": CAPTIONS[k][0], "texts": list(CAPTIONS[k]), "tags": {}} for k in kinds]
    return torch.from_numpy(np.stack(images).transpose(0, 3, 1, 2).copy()), rows


def teach(decoder="transformer", steps=70):
    """A captioner that has learnt the three kinds, and its last losses."""
    texts = [text for said in CAPTIONS.values() for text in said]
    shape = {"width": 32, "layers": 1, "heads": 2, "most": 12, "dropout": 0.0, "decoder": decoder}
    model = make_model(collect_wording(texts, 1), VOCABULARY, **shape)
    images, rows = make_rows()
    lessons = prepare_lessons(model, images, rows)
    learner = CaptionLearner(model.network)
    plan = Plan(steps, 6, 6, 4e-3, window=0.05)
    average = copy_weights(model.network)
    optimisers = make_optimisers(learner, plan)
    losses = [r.loss for r in train_steps(learner, lessons, plan, optimisers, average)]
    model.network.eval()
    model.learnt = {"of": "three kinds"}
    return model, losses

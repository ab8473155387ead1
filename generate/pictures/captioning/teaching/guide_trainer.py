"""Train the captioner that the project ships, on drawings of the field guide.

Writes a folder that one can name: drawings, checkpoints; and the shipped weights from it.
"""

import random
from pathlib import Path

import torch
from torch import Tensor

from generate.pictures.captioning.learned.confidence import fit_scale, measure_gap
from generate.pictures.captioning.learned.describing import ROWS, describe_batch
from generate.pictures.captioning.learned.model import (
    CaptionModel,
    make_model,
    save_caption_model,
)
from generate.pictures.captioning.learned.wording import collect_wording
from generate.pictures.captioning.teaching.altering import NOTHING, alter
from generate.pictures.captioning.teaching.drawings import gather_lessons
from generate.pictures.captioning.teaching.lessons import CaptionLearner, GuideLessons
from generate.pictures.captioning.teaching.sayings import say_scene
from generate.pictures.captioning.weights import SHIPPED
from generate.pictures.data.source import FIELD_GUIDE
from generate.pictures.data.vocabulary import collect_vocabulary
from generate.pictures.fieldguide.scene import VOCABULARY, choose_tags
from generate.pictures.networks.weights import put_weights
from generate.pictures.training.pictures import seeded
from generate.pictures.training.plan import Plan
from generate.pictures.training.run import Run, resume, step_by_count
from generate.recipe import derive_seed

DRAWINGS, HELD_OUT = 6144, 256
BATCH, RATE = 32, 2e-3
KEY = "captioner 1"


def train_captioner(home: Path, steps: int, drawings: int = DRAWINGS) -> CaptionModel:
    """Train until ``steps`` steps are taken, those before a resumption included; the model.

    The rate falls over the last half of the steps. A run that goes on to more steps than it was
    begun with, or with more drawings, is the same run.
    """
    model = make_guide_model()
    found, tags = gather_lessons(home, drawings)
    shape = model.network.shape
    lessons = GuideLessons(found, tags, model.wording, model.vocabulary, shape.most)
    plan = Plan(steps, BATCH, BATCH, RATE, warm=0.0, tail=0.5, ramp=100, window=0.08, decay=0.05)
    learner = CaptionLearner(model.network)
    run = Run(learner, lessons, plan, KEY, home)
    resume(run)
    step_by_count(run, "picture", 60.0)
    put_weights(model.network.eval(), run.average)
    model.learnt = {"of": FIELD_GUIDE, "pictures": run.step * BATCH}
    return model


def make_guide_model() -> CaptionModel:
    """The captioner of the field guide's words and tags, from random weights of seed 0."""
    from generate.pictures.fieldguide.captions import SYNONYMS

    vocabulary = collect_vocabulary([], VOCABULARY, SYNONYMS)
    rng = random.Random(derive_seed("captioner", "words"))
    told = (say_scene(rng, choose_tags(seed)) for seed in range(6000))
    return make_model(collect_wording(told, 1), vocabulary, dropout=0.0)


def ship_captioner(home: Path, steps: int) -> None:
    """Train in ``home`` up to ``steps``; settle the confidence; write the weights that are shipped.

    What it gets right on held-out drawings is printed.
    """
    model = train_captioner(home, steps)
    drawings, tags = gather_lessons(home, HELD_OUT, "held-out")
    told = settle_on_drawings(model, drawings, tags)
    save_caption_model(model, SHIPPED)
    print(f"captioner {told}; written to {SHIPPED}", flush=True)


def settle_on_drawings(model: CaptionModel, drawings: Tensor, tags: list[dict[str, str]]) -> str:
    """Fit the model's scale on held-out drawings; a line that tells how it does on them.

    Half of them stand as they are; the others are cut out, recoloured, or show nothing known, so
    that being sure of what is not there counts against it.
    """
    generator = seeded("captioner", "held-out")
    plain = torch.zeros(len(drawings), dtype=torch.long)
    mixed = torch.arange(len(drawings)) % 6
    ways = torch.where(mixed < 3, plain, mixed - 2)
    pictures = alter(drawings.float() / 255, ways, generator)
    found = [
        said
        for start in range(0, len(pictures), ROWS)
        for said in describe_batch(model, pictures[start : start + ROWS], sure=True)
    ]
    beliefs, right = [], []
    for said, shown, way in zip(found, tags, ways.tolist(), strict=True):
        if said.text:
            beliefs.append(said.belief)
            right.append(way != NOTHING and said.traits.get("plan") == shown["plan"])
    model.scale = fit_scale(beliefs, right)
    gap = measure_gap([model.scale.weigh(belief) for belief in beliefs], right)
    return f"{sum(right)} of {len(right)} animals named rightly, calibration error {gap:.3f}"

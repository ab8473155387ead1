"""Train the captioner further on a jungle's own captioned pictures, in minutes.

Reads work/dataset/; writes work/captioner/: checkpoints, and captioner.safetensors.
"""

from pathlib import Path
from typing import Any

import torch

from generate.errors import Refusal
from generate.pictures.captioning.learned.confidence import fit_scale
from generate.pictures.captioning.learned.describing import choose_telling, describe_batch
from generate.pictures.captioning.learned.model import (
    CaptionModel,
    load_caption_model,
    make_model,
    save_caption_model,
)
from generate.pictures.captioning.learned.wording import collect_wording
from generate.pictures.captioning.teaching.lessons import CaptionLearner
from generate.pictures.captioning.teaching.own_lessons import (
    mark_concepts,
    prepare_lessons,
    shrink,
)
from generate.pictures.captioning.teaching.transplant import transplant_captioner
from generate.pictures.captioning.weights import OWN, SHIPPED
from generate.pictures.data.dataset import Dataset, build_dataset, read_dataset
from generate.pictures.data.vocabulary import texts_of
from generate.pictures.networks.weights import put_weights
from generate.pictures.training.plan import Plan
from generate.pictures.training.run import Run, resume, step_by_clock
from generate.recipe import digest, digest_file
from generate.settings import Settings

BATCH, RATE, DROPOUT = 32, 1e-3, 0.2
# Of a small set every word is learnt.
SMALL = 400
ROWS = 32


def train_own(settings: Settings, minutes: float | None = None) -> Path:
    """Train for ``minutes``, else those of [captioner], on the set's own captions; the weights.

    It begins from the shipped captioner. Where it is stopped, the next call goes on. Raises
    `Refusal` where fewer than two pictures have a caption.
    """
    folder = build_dataset(settings)
    dataset = read_dataset(folder)
    asked = settings.captioner
    if minutes:
        asked = asked.model_copy(update={"minutes": minutes})
    places = [int(p) for p in dataset.places("train") if texts_of(dataset.rows[p])]
    if len({text for p in places for text in texts_of(dataset.rows[p])}) < 2:
        raise Refusal(
            f"{settings.pictures.source}: a captioner needs pictures with two different captions "
            "at least; put captions beside them, such as metadata.jsonl"
        )
    model = prepare_model(dataset, asked.features, asked.decoder, settings.seed)
    images = torch.from_numpy(dataset.images)
    lessons = prepare_lessons(model, images[places], [dataset.rows[p] for p in places])
    key = digest(
        ["captioner", asked.model_dump(), digest_file(folder / "pictures.safetensors"),
         dataset.rows, settings.seed]
    )  # fmt: skip
    home = settings.work / OWN.parent
    plan = Plan(10**7, BATCH, BATCH, RATE, window=0.08, decay=0.05, seed=settings.seed)
    learner = CaptionLearner(model.network)
    run = Run(learner, lessons, plan, key, home)
    resume(run)
    step_by_clock(run, asked.minutes * 60, lambda: None, 50, 0.6, 60.0, asked.minutes * 600)
    put_weights(model.network.eval(), run.average)
    model.learnt = {"of": settings.pictures.source, "pictures": run.step * BATCH, "key": key}
    told = settle_confidence(model, dataset)
    path = settings.work / OWN
    save_caption_model(model, path)
    print(f"captioner {run.step * BATCH:,} pictures seen{told}; written to {path}", flush=True)
    return path


def prepare_model(dataset: Dataset, features: str, decoder: str, seed: int) -> CaptionModel:
    """A captioner of a set's words and concepts that begins with what the shipped one knows."""
    texts = [text for row in dataset.rows for text in texts_of(row)]
    wording = collect_wording(texts, 1 if len(texts) < SMALL else 2)
    donor = load_caption_model(SHIPPED) if SHIPPED.is_file() else None
    shape: dict[str, Any] = {"eyes": features, "decoder": decoder, "dropout": DROPOUT}
    model = make_model(wording, dataset.vocabulary, seed, **shape)
    if donor:
        transplant_captioner(donor, model)
    return model


def settle_confidence(model: CaptionModel, dataset: Dataset) -> str:
    """Fit the model's scale on held-out pictures; a clause that tells how it does there."""
    places = [int(p) for p in dataset.places("held-out") if texts_of(dataset.rows[p])]
    if not places:
        return ""
    beliefs, right = [], []
    images = torch.from_numpy(dataset.images[places])
    for start in range(0, len(places), ROWS):
        found = describe_batch(model, shrink(images[start : start + ROWS]))
        for place, said in zip(places[start:], found, strict=False):
            row = dataset.rows[place]
            shown = mark_concepts(model, row)
            tokens = model.vocabulary.find(said.text)[0]
            known = {t for t, m in zip(model.vocabulary.tokens, shown, strict=True) if m > 0}
            beliefs.append(said.belief)
            right.append(bool(tokens) and set(choose_telling(model, tokens)) <= known)
    model.scale = fit_scale(beliefs, right)
    return f", {sum(right)} of {len(right)} held out told rightly"

"""Train the weights that the project ships, from its own field guide; export them at any time.

Writes work/starter/ (drawings, checkpoints, grids, loss curve) and generate/pictures/starter/.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from generate.errors import Refusal
from generate.files import read_json, write_json
from generate.pictures import STARTER
from generate.pictures.choosing.look import summarise_look
from generate.pictures.choosing.starter_drawings import DRAWINGS as DRAWN
from generate.pictures.choosing.starter_drawings import drawing_seed, write_drawings
from generate.pictures.compute import processes
from generate.pictures.compute.precision import probe
from generate.pictures.data.source import FIELD_GUIDE
from generate.pictures.data.vocabulary import collect_vocabulary
from generate.pictures.families.registry import DEFAULT, find_spec
from generate.pictures.model_card import write_model_card
from generate.pictures.model_folder import find_starter, load_model, read_facts, save_model
from generate.pictures.networks.transplant import transplant
from generate.pictures.networks.weights import copy_weights, put_weights
from generate.pictures.training.augment import Augment
from generate.pictures.training.budget import trial_step
from generate.pictures.training.checkpoint import read_checkpoint
from generate.pictures.training.chunks import gather_drawings
from generate.pictures.training.grids import write_curve
from generate.pictures.training.loop import make_optimisers
from generate.pictures.training.pictures import TrainingPictures
from generate.pictures.training.plan import Plan
from generate.pictures.training.run import Run, resume, step_by_clock
from generate.recipe import digest
from generate.settings import Pictures, Settings

SIZE = 64
DRAWINGS = 6144
PROMPTS = 512
MINUTES = 60.0
BEGUN = "begun.json"


def train_starter(settings: Settings) -> None:
    """Train for ``settings.pictures.minutes``, from the shipped weights where there are any.

    The learning rate follows the clock, so the run is as long as asked even on a busy machine. If
    it is stopped, the next call goes on from its last checkpoint.
    """
    home, minutes = settings.work / "starter", settings.pictures.minutes or MINUTES
    with processes.first_alone() as first:
        if first:
            gather_starter_drawings(home)
            record_begun(home, minutes)
    pictures, rows = gather_starter_drawings(home)
    family = make_family()
    if starter := find_starter(DEFAULT):
        donor = load_model(starter)
        transplant(donor.network, donor.vocabulary, family.network, family.vocabulary)
    training = TrainingPictures(pictures, family.encode(rows), Augment())
    weights = copy_weights(family.network)
    plan = Plan(steps=10**7, window=0.08)
    kind, seconds = processes.tell(probe(trial_step(family, training, plan)))
    put_weights(family.network, weights)
    plan = replace(plan, arithmetic=kind)
    if processes.is_first():
        print(f"starter   {kind}, {1000 * seconds / plan.batch:.1f} ms a picture", flush=True)
    key = digest(["starter", minutes, record_begun(home, minutes)])
    run = Run(family, training, plan, key, home)
    resume(run)
    step_by_clock(run, minutes * 60, lambda: write_curve(home / "loss.png", run))
    if processes.is_first():
        write_json(home / BEGUN, {**read_json(home / BEGUN), "done": True})
        export_starter(settings)


def export_starter(settings: Settings) -> None:
    """Write the average of the newest checkpoint to the package as float16 safetensors."""
    home, plan = settings.work / "starter", Plan()
    family = make_family()
    average = copy_weights(family.network)
    newest = read_checkpoint(home, None, family.network, average, make_optimisers(family, plan))
    if newest is None:
        raise Refusal(f"{home}: holds no checkpoint; run `python -m generate starter` first")
    put_weights(family.network.eval(), average)
    before = read_json(home / BEGUN)["exposures"]
    seen = int(newest["step"]) * plan.batch + before
    family.facts |= {"exposures": seen, "key": newest["key"]}
    plan = replace(plan, steps=seen // plan.batch, arithmetic="the faster one, by trial")
    # The card is the starter's, not this jungle's: it must not show this jungle's settings.
    usual = Pictures(start="starter" if before else "random weights")
    settings = settings.model_copy(update={"pictures": usual})
    pictures, rows = gather_starter_drawings(home)
    family.facts["look"] = summarise_look(pictures.numpy())
    write_drawings(pictures.numpy(), STARTER / DRAWN.name)
    card = write_model_card(settings, family, plan, len(rows), [])
    save_model(family, STARTER, rows[:PROMPTS], card, half=True)
    print(f"starter   {seen:,} pictures seen; written to {STARTER.name}/")


def make_family() -> Any:
    """The default recipe's family with the field guide's words, from random weights of seed 0."""
    from generate.pictures.fieldguide.captions import SYNONYMS
    from generate.pictures.fieldguide.scene import VOCABULARY

    torch.manual_seed(0)
    facts = {"recipe": DEFAULT, "size": SIZE, "source": FIELD_GUIDE}
    words = collect_vocabulary([], VOCABULARY, SYNONYMS)
    spec = find_spec(DEFAULT)
    return spec.load().create(words, facts, spec.settings())


def record_begun(home: Path, minutes: float) -> int:
    """Record a new run, unless one as long is under way; the pictures its weights had seen.

    After a finished run a new one begins from the shipped weights, with new moments.
    """
    path = home / BEGUN
    begun = read_json(path) if path.is_file() else {}
    if begun.get("minutes") != minutes or begun.get("done"):
        begun = {"minutes": minutes, "exposures": int(read_facts(STARTER).get("exposures", 0))}
        write_json(path, begun)
    return int(begun["exposures"])


def gather_starter_drawings(home: Path) -> tuple[torch.Tensor, list[dict[str, Any]]]:
    """The starter's training drawings uint8 (N, 3, S, S) and their captions, kept in ``home``."""
    return gather_drawings(home, [drawing_seed(n) for n in range(DRAWINGS)], SIZE)

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
from generate.pictures.choosing.look import describe_look
from generate.pictures.choosing.starter_drawings import DRAWINGS as DRAWN
from generate.pictures.choosing.starter_drawings import drawing_seed, write_drawings
from generate.pictures.compute import processes
from generate.pictures.compute.precision import probe
from generate.pictures.data.source import FIELD_GUIDE
from generate.pictures.data.vocabulary import collect_vocabulary
from generate.pictures.families.registry import DEFAULT, find_spec
from generate.pictures.model_card import write_card
from generate.pictures.model_folder import find_starter, load_model, read_facts, save_model
from generate.pictures.networks.transplant import transplant
from generate.pictures.networks.weights import copy_weights, put_weights
from generate.pictures.training.augment import Augment
from generate.pictures.training.budget import trial_step
from generate.pictures.training.checkpoint import read_checkpoint
from generate.pictures.training.chunks import gather_drawings
from generate.pictures.training.grids import draw_curve
from generate.pictures.training.loop import make_optimisers
from generate.pictures.training.pictures import TrainingPictures
from generate.pictures.training.plan import Plan
from generate.pictures.training.run import Run, go_on, step_by_clock
from generate.recipe import digest
from generate.settings import Pictures, Settings

SIZE = 64
DRAWINGS = 6144
PROMPTS = 512
MINUTES = 60.0
BEGUN = "begun.json"


def train_starter(settings: Settings) -> None:
    """Train for ``settings.pictures.minutes``, from the shipped weights where there are any.

    The learning rate follows the clock to its end, so the run is as long as asked on a machine that
    has other work too. Stopped, it goes on from its last checkpoint.
    """
    home, minutes = settings.work / "starter", settings.pictures.minutes or MINUTES
    with processes.first_alone() as first:
        if first:
            gather_lessons(home)
            begin(home, minutes)
    pictures, rows = gather_lessons(home)
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
    key = digest(["starter", minutes, begin(home, minutes)])
    run = Run(family, plan, weights, make_optimisers(family, plan), key)
    go_on(run, home)
    curve = home / "loss.png"
    step_by_clock(
        run,
        training,
        home,
        minutes * 60,
        lambda: draw_curve(curve, run.losses, run.parts, [], plan.batch),
    )
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
    before = read_begun(home)["exposures"]
    seen = int(newest["step"]) * plan.batch + before
    family.facts |= {"exposures": seen, "key": newest["key"]}
    plan = replace(plan, steps=seen // plan.batch, arithmetic="the faster one, by trial")
    # The card is the starter's, not this jungle's: what its settings say of pictures is left out.
    usual = Pictures(start="starter" if before else "random weights")
    settings = settings.model_copy(update={"pictures": usual})
    pictures, rows = gather_lessons(home)
    family.facts["look"] = describe_look(pictures.numpy())
    write_drawings(pictures.numpy(), STARTER / DRAWN.name)
    prompts = [{"text": row["text"], "tags": row["tags"]} for row in rows[:PROMPTS]]
    card = write_card(settings, family, plan, len(rows), [])
    save_model(family, STARTER, prompts, card, half=True)
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


def read_begun(home: Path) -> dict[str, Any]:
    """What is known of the run in ``home``: how many pictures its first weights had seen."""
    path = home / BEGUN
    return dict(read_json(path)) if path.is_file() else {"exposures": 0}


def begin(home: Path, minutes: float) -> int:
    """Record a new run, unless one as long is under way; the pictures its weights had seen.

    A run that is done is continued by a new one, from the shipped weights, with fresh moments.
    """
    begun = read_begun(home)
    if begun.get("minutes") != minutes or begun.get("done"):
        begun = {"minutes": minutes, "exposures": int(read_facts(STARTER).get("exposures", 0))}
        write_json(home / BEGUN, begun)
    return int(begun["exposures"])


def gather_lessons(home: Path) -> tuple[torch.Tensor, list[dict[str, Any]]]:
    """The starter's training drawings uint8 (N, 3, S, S) and their captions, kept in ``home``."""
    return gather_drawings(home, [drawing_seed(n) for n in range(DRAWINGS)], SIZE)

"""Train the weights that the project ships, from its own field guide; export them at any time.

Writes work/starter/ (drawings, checkpoints, grids, loss curve) and generate/pictures/starter/.
"""

from pathlib import Path
from typing import Any

import numpy as np
import torch
from tqdm import tqdm

from generate.errors import Refusal
from generate.files import read_json, write_json
from generate.pictures import STARTER
from generate.pictures.choosing.look import describe_look
from generate.pictures.choosing.starter_drawings import DRAWINGS as DRAWN
from generate.pictures.choosing.starter_drawings import drawing_seed, write_drawings
from generate.pictures.compute import processes
from generate.pictures.compute.precision import probe
from generate.pictures.data.vocabulary import Vocabulary, collect_vocabulary, tokens_of
from generate.pictures.families.registry import choose_shape, make_family
from generate.pictures.model_card import write_card
from generate.pictures.model_folder import (
    Model,
    Network,
    copy_weights,
    load_model,
    put_weights,
    save_model,
)
from generate.pictures.networks.transplant import transplant
from generate.pictures.sheets import draw_curve
from generate.pictures.training.augment import Augment
from generate.pictures.training.budget import trial_step
from generate.pictures.training.checkpoint import read_checkpoint
from generate.pictures.training.chunks import gather_drawings
from generate.pictures.training.loop import Plan, Report, Training, make_optimiser
from generate.pictures.training.run import Run, go_on, step_to_end
from generate.recipe import digest
from generate.settings import Pictures, Settings

SIZE = 64
DRAWINGS = 6144
PROMPTS = 512
MINUTES = 60.0
BEGUN = "begun.json"
# Seconds between checkpoints, and between sample grids.
EVERY, SHOWN = 240.0, 900.0


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
    vocabulary = make_vocabulary()
    words = [vocabulary.encode(tokens_of(vocabulary, r["text"], r["tags"])) for r in rows]
    training = Training(pictures, torch.from_numpy(np.stack(words)), Augment())
    network = start_network(vocabulary)
    family = make_family(network, describe())
    weights = copy_weights(network)
    plan = Plan(steps=10**7, batch=16, micro=16, rate=1e-3)
    kind, seconds = processes.tell(probe(trial_step(family, training, plan)))
    put_weights(network, weights)
    budget = minutes * 60
    plan = Plan(steps=10**7, batch=16, micro=16, rate=1e-3, arithmetic=kind, window=0.08)
    if processes.is_first():
        print(f"starter   {kind}, {1000 * seconds / plan.batch:.1f} ms a picture", flush=True)
    key = digest(["starter", minutes, begin(home, minutes)])
    run = Run(family, plan, weights, make_optimiser(network, plan), key)
    go_on(run, home)
    step_by_clock(run, training, home, budget)
    if processes.is_first():
        write_json(home / BEGUN, {**read_json(home / BEGUN), "done": True})
        export_starter(settings)


def step_by_clock(run: Run, training: Training, home: Path, budget: float) -> None:
    """Step until ``budget`` seconds have been spent on this run, all its resumptions together."""
    shown = run.seconds
    with tqdm(
        total=round(budget),
        initial=round(run.seconds),
        unit="s",
        desc="starter",
        disable=not processes.is_first(),
    ) as bar:

        def rate(step: int) -> float:
            share = processes.tell(run.seconds) / budget
            warm = min(1.0, (step + 1) / 200)
            return run.plan.rate * warm * float(np.clip((1 - share) / 0.45, 0.01, 1))

        def watch(report: Report) -> bool:
            nonlocal shown
            bar.update(round(run.seconds) - bar.n)
            bar.set_postfix(pictures=report.step * run.plan.batch, refresh=False)
            over = run.seconds >= budget
            if processes.is_first() and (over or run.seconds - shown > SHOWN):
                draw_curve(home / "loss.png", run.losses, run.quarters, [], run.plan.batch)
                shown = run.seconds
            return over

        step_to_end(run, training, home, watch, EVERY, rate)


def export_starter(settings: Settings) -> None:
    """Write the average of the newest checkpoint to the package as float16 safetensors."""
    home = settings.work / "starter"
    vocabulary = make_vocabulary()
    network = Network(choose_shape("flow", SIZE), len(vocabulary))
    average = copy_weights(network)
    plan = Plan(steps=0, batch=16)
    newest = read_checkpoint(home, None, network, average, make_optimiser(network, plan))
    if newest is None:
        raise Refusal(f"{home}: holds no checkpoint; run `python -m generate starter` first")
    put_weights(network, average)
    before = read_begun(home)["exposures"]
    seen = int(newest["step"]) * plan.batch + before
    facts = describe() | {"exposures": seen, "key": newest["key"]}
    model = Model(network.eval(), vocabulary, facts)
    plan = Plan(steps=seen // plan.batch, batch=plan.batch, arithmetic="the faster one, by trial")
    # The card is the starter's, not this jungle's: what its settings say of pictures is left out.
    usual = Pictures(start="starter" if before else "random weights")
    settings = settings.model_copy(update={"pictures": usual})
    pictures, rows = gather_lessons(home)
    facts["look"] = describe_look(pictures.numpy())
    write_drawings(pictures.numpy(), STARTER / DRAWN.name)
    prompts = [{"text": row["text"], "tags": row["tags"]} for row in rows[:PROMPTS]]
    card = write_card(settings, model, plan, len(rows), [])
    scheduler = make_family(network, facts).make_scheduler()
    save_model(model, STARTER, prompts, card, scheduler, half=True)
    print(f"starter   {seen:,} pictures seen; written to {STARTER.name}/")


def start_network(vocabulary: Vocabulary) -> Network:
    """A network from the shipped weights, or from scratch where there are none."""
    torch.manual_seed(0)
    network = Network(choose_shape("flow", SIZE), len(vocabulary))
    if (STARTER / "jungle.json").is_file():
        transplant(load_model(STARTER), network, vocabulary)
    return network


def describe() -> dict[str, Any]:
    """The facts that are saved beside the weights."""
    return {"recipe": "flow", "size": SIZE, "source": "field-guide"}


def read_facts() -> dict[str, Any]:
    """The facts of the shipped weights as they are, empty if there are none."""
    path = STARTER / "jungle.json"
    return dict(read_json(path)) if path.is_file() else {}


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
        begun = {"minutes": minutes, "exposures": int(read_facts().get("exposures", 0))}
        write_json(home / BEGUN, begun)
    return int(begun["exposures"])


def make_vocabulary() -> Vocabulary:
    """The field guide's words."""
    from generate.pictures.fieldguide.captions import SYNONYMS
    from generate.pictures.fieldguide.scene import VOCABULARY

    return collect_vocabulary([], VOCABULARY, SYNONYMS)


def gather_lessons(home: Path) -> tuple[torch.Tensor, list[dict[str, Any]]]:
    """The starter's training drawings uint8 (N, 3, S, S) and their captions, kept in ``home``."""
    return gather_drawings(home, [drawing_seed(n) for n in range(DRAWINGS)], SIZE)

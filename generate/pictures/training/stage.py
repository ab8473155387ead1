"""Train the image model: work/dataset/ → work/model/, by way of checkpoints in work/training/.

Light while the model is fresh: torch is imported only where there is something to train.
"""

from pathlib import Path

from generate.errors import Refusal
from generate.files import sweep
from generate.pictures.compute import processes
from generate.pictures.data.dataset import build_dataset, decide_dataset
from generate.pictures.families.registry import find_spec
from generate.pictures.model_folder import digest_model, find_starter
from generate.recipe import Recipe, holds
from generate.settings import Settings

# What training depends on, of the picture settings; the rest is for sampling and publishing.
RELEVANT = ("recipe", "minutes", "size", "rotation", "jitter")
# These as well, where they are given.
GIVEN = ("exposures", "batch", "mirror")
# Raise it when a change of the trainer should train every model anew.
REVISION = 3


def train_model(settings: Settings) -> Path:
    """Train unless work/model/ is fresh, and return it. A stopped run goes on where it was."""
    folder = settings.work / "model"
    with processes.first_alone() as first:
        fresh = first and holds(folder, decide_model(settings))
        if first and not fresh:
            for name in ("dataset", "model", "training"):
                sweep(settings.work / name)
            build_dataset(settings)
    if processes.tell(fresh):
        return folder
    from generate.pictures.training.trainer import run_training

    run_training(settings, decide_model(settings), folder, find_start(settings))
    return folder


def decide_model(settings: Settings) -> Recipe:
    """What decides the model: settings, training pictures, the weights it starts from, the seed."""
    asked = settings.pictures
    relevant = {name: getattr(asked, name) for name in RELEVANT}
    relevant |= {name: value for name in GIVEN if (value := getattr(asked, name)) is not None}
    inputs = {"dataset": decide_dataset(settings).key}
    start = find_start(settings)
    if start is not None and start.is_dir():
        inputs["start"] = digest_model(start)
    if own := asked.own.model_dump(exclude_none=True):
        relevant["own"] = own
    return Recipe(
        "model", {**relevant, "start": asked.start, "revision": REVISION}, inputs, settings.seed
    )


def find_start(settings: Settings) -> Path | None:
    """The folder of weights to begin from; None for "scratch" and for recipes that need none."""
    asked = settings.pictures
    if asked.start == "scratch" or not find_spec(asked.recipe).begins:
        return None
    if asked.start == "starter":
        return find_starter(asked.recipe)
    folder = settings.home / settings.pictures.start
    if folder.resolve() == (settings.work / "model").resolve():
        raise Refusal(
            f'pictures.from = "{settings.pictures.start}": that is where the trained model is '
            "written to; copy the folder elsewhere and name the copy"
        )
    return folder

"""Train the image model: work/dataset/ → work/model/, by way of checkpoints in work/training/.

Light while the model is fresh: torch is imported only where there is something to train.
"""

from pathlib import Path

from generate.files import sweep
from generate.freshness.decide import decide_model, find_start
from generate.pictures.compute import processes
from generate.pictures.data.dataset import build_dataset
from generate.pictures.families.registry import find_spec
from generate.pictures.training.plan import find_training, forget_run
from generate.pictures.wording.words import list_unlearnt
from generate.recipe import holds
from generate.settings import Settings


def train_model(settings: Settings) -> Path:
    """Train unless work/model/ is fresh, and return it. A stopped run goes on where it was."""
    folder = settings.work / "model"
    with processes.first_alone() as first:
        wanted = decide_model(settings)
        fresh = first and holds(folder, wanted)
        if fresh:  # a run that was stopped at its very end had no time for it
            forget_run(find_training(settings, wanted))
        if first and not fresh:
            for name in ("dataset", "model", "training"):
                sweep(settings.work / name, foreign=True)
            build_dataset(settings)
    if not processes.tell(fresh):
        from generate.pictures.training.trainer import run_training

        run_training(settings, decide_model(settings), folder, find_start(settings))
    learn_of_favourites(settings)
    return folder


def learn_of_favourites(settings: Settings) -> None:
    """Learn the words of content/words/ that the model in work/model/ does not know yet."""
    folder = settings.work / "model"
    if not (settings.content / "words").is_dir() or not processes.is_first():
        return
    if not find_spec(settings.pictures.recipe).learns_words:
        print(
            f'words     the "{settings.pictures.recipe}" recipe cannot learn those of content/words'
        )
    elif list_unlearnt(folder):
        from generate.pictures.wording.learning import learn_words

        learn_words(folder, settings.seed)

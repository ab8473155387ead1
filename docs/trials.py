"""Try solvers, steps, guidance and the choice among candidates: the tables of experiments.md.

Run it from the project's folder, `PYTHONPATH=. .venv/bin/python docs/trials.py choice guidance`, as
often as the weights change. Reads a model folder (the starter, or --model), or the averaged weights
of a training checkpoint (--average), and the training pictures to compare with (--reference, such
as work/dataset/pictures.safetensors; else 256 are drawn). Writes a sheet for each row to --sheets.
"""

import argparse
import time
from pathlib import Path
from typing import Any

import diffusers
import numpy as np
import torch
from safetensors.torch import load_file

from generate.evaluation.judge.extractor import WEIGHTS, examine, load_extractor
from generate.evaluation.scoring.tones import compare_tones
from generate.pictures import STARTER
from generate.pictures.choosing.choose import choose, measure_agreement
from generate.pictures.choosing.look import describe_look
from generate.pictures.compute.precision import arithmetic
from generate.pictures.families import flow
from generate.pictures.families.registry import make_family
from generate.pictures.fieldguide.drawings import draw_all
from generate.pictures.model_folder import load_model, put_weights, read_prompts
from generate.pictures.sampling.candidates import Studio
from generate.pictures.sampling.deck import Deck
from generate.pictures.sampling.draw import GROUP, encode
from generate.pictures.sheets import as_images, write_sheet
from generate.pictures.training.trainer import to_pixels
from generate.recipe import derive_seed
from generate.settings import Settings

FLOWING: dict[str, Any] = {"prediction_type": "flow_prediction", "use_flow_sigmas": True}
# The solver that samples as the project does.
OURS = "SDE-DPM++(2M)"
SOLVERS = {
    "Euler": lambda s: plain(diffusers.FlowMatchEulerDiscreteScheduler()),
    "Heun": lambda s: plain(diffusers.FlowMatchHeunDiscreteScheduler()),
    "DPM++(2M)": lambda s: diffusers.DPMSolverMultistepScheduler(flow_shift=s, **FLOWING),
    "UniPC": lambda s: plain(diffusers.UniPCMultistepScheduler(flow_shift=s, **FLOWING)),
    OURS: flow.make_scheduler,
}


def plain(scheduler: Any) -> Any:
    """A scheduler that takes no noise, made to pass over what it is handed."""
    step = scheduler.step
    scheduler.step = lambda velocity, moment, state, variance_noise: step(velocity, moment, state)
    return scheduler


class Bench:
    """A model, what its pictures are compared with, and a table of rows."""

    def __init__(self, args: argparse.Namespace) -> None:
        self.model = load_model(args.model)
        if args.average:
            tensors = load_file(args.average)
            average = {n.removeprefix("average."): t for n, t in tensors.items() if "average." in n}
            put_weights(self.model.network, average)
        self.family = make_family(self.model.network, self.model.facts)
        self.count, self.sheets, self.seed = args.pictures, args.sheets, args.seed
        self.kind = args.arithmetic
        if args.reference:
            self.reference = load_file(args.reference)["images"].numpy()
        else:
            size = self.model.network.shape.size
            seeds = [derive_seed("trial reference", number) for number in range(256)]
            drawn = [np.asarray(entry.open()) for entry in draw_all(seeds, size)]
            self.reference = np.stack(drawn).transpose(0, 3, 1, 2)
        self.eye = load_extractor() if WEIGHTS.is_file() else None
        self.deck = Deck(self.seed, read_prompts(args.model))
        self.asked = [self.deck.ask(number) for number in range(1, self.count + 1)]
        print("| what | calls | ms a picture | agreement | plan | saturation | spread | grain |")
        print("|---|---|---|---|---|---|---|---|")

    def sample(self, solver: str, steps: int, guidance: float) -> tuple[np.ndarray, float]:
        """Pictures of the first cards, and the processor's milliseconds a picture."""
        flow.make_scheduler = SOLVERS[solver]  # type: ignore[assignment]
        parts = []
        begun = time.process_time()
        for start in range(0, self.count, GROUP):
            numbers = range(start + 1, start + 1 + GROUP)
            seeds = [derive_seed("beast", self.seed, number) for number in numbers]
            generators = [torch.Generator().manual_seed(seed) for seed in seeds]
            conditions = encode(self.model, self.asked[start : start + GROUP])
            with arithmetic(self.kind):
                parts.append(self.family.sample(conditions, generators, steps, guidance))
        spent = 1000 * (time.process_time() - begun) / self.count
        return np.concatenate([to_pixels(part) for part in parts]), spent

    def report(self, what: str, calls: str, spent: float, pictures: np.ndarray) -> None:
        """Print a row, and write the pictures as a sheet."""
        conditions = encode(self.model, self.asked)
        with arithmetic(self.kind):
            agreement = measure_agreement(self.family, pictures, conditions).mean()
        tones = compare_tones(pictures, self.reference)
        plan = "not judged"
        if self.eye:
            seen = examine(pictures, self.eye)[1]["plan"]
            right = sum(a["tags"].get("plan") == s for a, s in zip(self.asked, seen, strict=True))
            plan = f"{right} of {self.count}"
        print(
            f"| {what} | {calls} | {spent:.0f} | {agreement:.4f} | {plan} | "
            + " | ".join(f"{tones[n]:.2f}" for n in ("saturation", "colour spread", "grain"))
            + " |",
            flush=True,
        )
        name = "-".join(what.replace("(", " ").replace(")", " ").split())
        write_sheet(self.sheets / f"{name}.png", as_images(pictures), 8)


def try_solvers(bench: Bench) -> None:
    """Solvers at equal calls of the network, then the best known at fewer and more."""
    for solver, steps in (("Euler", 16), ("Heun", 8), ("DPM++(2M)", 16), ("UniPC", 16)):
        pictures, spent = bench.sample(solver, steps, 2.0)
        calls = 2 * steps - 1 if solver == "Heun" else steps
        bench.report(f"{solver} {steps}", f"{calls}", spent, pictures)
    for steps in (8, 12, 16, 24):
        pictures, spent = bench.sample(OURS, steps, 2.0)
        bench.report(f"{OURS} {steps}", f"{steps}", spent, pictures)


def try_spacing(bench: Bench) -> None:
    """How the steps are spaced: a shift below 1 takes more of them where there is little noise."""
    family: Any = bench.family
    usual = family.shift
    for shift in (1.0, 0.6, 0.3):
        family.shift = shift
        for solver in ("DPM++(2M)", OURS):
            pictures, spent = bench.sample(solver, 16, 2.0)
            bench.report(f"{solver} 16, shift {shift:g}", "16", spent, pictures)
    family.shift = usual


def try_guidance(bench: Bench) -> None:
    """How strictly pictures keep to their words, and down to which noise level."""
    usual = flow.GUIDED
    for guidance, least in ((1, 0), (1.5, 0), (1.5, 0.3), (2, 0), (2, 0.3), (2, 0.5), (3, 0.3)):
        flow.GUIDED = least
        pictures, spent = bench.sample(OURS, 16, guidance)
        bench.report(f"guidance {guidance:g} down to {least:g}", "16", spent, pictures)
    flow.GUIDED = usual


def try_choice(bench: Bench) -> None:
    """The first of three candidates against the best of three."""
    flow.make_scheduler = SOLVERS[OURS]
    model = bench.model
    model.facts |= {"arithmetic": bench.kind, "look": describe_look(bench.reference)}
    asked = {"candidates": 3, "steps": 16, "guidance": 2.0, "frames": 2}
    settings = Settings.model_validate({"seed": bench.seed, "pictures": asked})
    studio = Studio(settings, model, bench.family, bench.deck, None, "")
    first, best = [], []
    shown = np.zeros((0, 3, 16, 16), np.uint8)
    begun = time.process_time()
    for start in range(0, bench.count, GROUP):
        members = [*range(start + 1, start + 1 + GROUP)]
        rounds = [studio.draw_round(members, place) for place in range(3)]
        choices, thumbnails = choose(
            rounds, shown, 3, lambda k, members=members: studio.draw_round(members, k)
        )
        shown = np.concatenate([shown, thumbnails])
        first.append(rounds[0].pictures)
        best += [rounds[choice.round].pictures[place] for place, choice in enumerate(choices)]
    spent = 1000 * (time.process_time() - begun) / bench.count
    bench.report("the first of 3", "16", spent / 3, np.concatenate(first))
    bench.report("the best of 3", "3 × 16", spent, np.stack(best))


TRIALS = {
    "solvers": try_solvers,
    "spacing": try_spacing,
    "guidance": try_guidance,
    "choice": try_choice,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("trials", nargs="+", choices=TRIALS)
    parser.add_argument("--model", type=Path, default=STARTER)
    parser.add_argument("--average", type=Path, help="a checkpoint whose averaged weights to use")
    parser.add_argument("--reference", type=Path, help="training pictures to compare with")
    parser.add_argument("--pictures", type=int, default=32, help="a multiple of 8")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--arithmetic", default="bfloat16")
    parser.add_argument("--sheets", type=Path, default=Path("work/report/trials"))
    args = parser.parse_args()
    torch.manual_seed(0)
    bench = Bench(args)
    for name in args.trials:
        TRIALS[name](bench)


if __name__ == "__main__":
    main()

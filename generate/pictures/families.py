"""The recipes by name: which family, which network, which plan."""

from dataclasses import replace
from typing import Any

from generate.errors import Refusal
from generate.pictures.ddpm import CLASSIC, Ddpm
from generate.pictures.flow import SHIFT, Flow
from generate.pictures.loop import Family, Plan
from generate.pictures.model import Network
from generate.pictures.precision import choose_device
from generate.pictures.shape import Shape, choose_factor

RECIPES = ("flow", "ddpm")
# What a run's first weights have learnt from.
NOTHING, OTHERS, THESE = "nothing", "other pictures", "these pictures"
# The classic recipe's epochs, where no budget is given.
EPOCHS = 30


def make_family(network: Network, facts: dict[str, Any]) -> Family:
    """The family that ``facts["recipe"]`` names, on ``network``, moved to where it runs best."""
    recipe = facts.get("recipe")
    if recipe == "flow":
        return Flow(network.to(choose_device()), float(facts.get("shift", SHIFT)))
    if recipe == "ddpm":
        return Ddpm(network.to(choose_device()))
    raise Refusal(f"recipe = {recipe!r} is not known; known: {', '.join(RECIPES)}")


def choose_shape(recipe: str, size: int) -> Shape:
    """The network of a recipe for pictures of ``size`` pixels."""
    if recipe == "ddpm":
        if size % 8:
            raise Refusal(f"pictures.size = {size}: it must be a multiple of 8")
        return replace(CLASSIC, size=size)
    return replace(Shape(), size=size, factor=choose_factor(size))


def choose_plan(recipe: str, begun: str, seed: int) -> Plan:
    """A recipe's plan but for its length; ``begun`` says what its first weights have learnt from.

    Weights that know such pictures already are trodden on softly; those that know `OTHERS` learn
    at the rate of new ones, once Adam's moments know enough, and their words, most of which begin
    as noughts, twenty times as fast; they know how to paint, and learn what to paint, which is
    settled where there is much noise, before the rest (docs/experiments.md). An accelerator, which
    sixteen small pictures would leave half idle, is given more at a time.
    """
    batch = 16 if choose_device().type == "cpu" else 64
    if recipe == "ddpm":
        return Plan(
            steps=0, batch=16, rate=2e-5, warm=0, tail=0, beta=0.999, forget=0, clip=1e9, seed=seed
        )
    plan = Plan(steps=0, batch=batch, micro=batch, seed=seed)
    if begun == THESE:
        return replace(plan, rate=3e-4, ramp=150)
    if begun == OTHERS:
        return replace(plan, ramp=150, words=20.0, tail=0.9, lean=1.2)
    return plan

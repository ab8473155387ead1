"""The recipes by name: which family, which network, which plan."""

from dataclasses import dataclass, replace
from typing import Any

from generate.errors import Refusal
from generate.pictures.compute.precision import choose_device
from generate.pictures.families.ddpm import CLASSIC, Ddpm
from generate.pictures.families.flow import SHIFT, SHIFT_OF_NEW, Flow
from generate.pictures.model_folder import Network
from generate.pictures.networks.shape import Shape, choose_factor
from generate.pictures.training.loop import Family, Plan

RECIPES = ("flow", "ddpm")
# The classic recipe's epochs, where no budget is given.
EPOCHS = 30


@dataclass(frozen=True)
class Beginning:
    """What follows for a flow from what its first weights know; tables in docs/experiments.md.

    ``plan`` is the plan but for its length, batch and seed. A budget that holds fewer steps than
    are ``enough`` has fewer pictures learnt from at a time. Training pictures are ``mirrored``,
    unless asked otherwise, and ``moved`` where they are few. ``shift`` is the sampler's.
    """

    plan: Plan
    enough: int = 0
    mirrored: bool = True
    moved: bool = True
    shift: float = SHIFT


# Random weights.
NOTHING = Beginning(Plan(steps=0))
# Weights that know other pictures. They learn at the rate of new ones, once Adam's moments know
# enough, and their words, most of which begin as noughts, twenty times as fast. They know how to
# paint, and learn what to paint, which is settled where there is much noise, before the rest. They
# see each picture too few times to learn it both ways round, or moved.
OTHERS = Beginning(
    Plan(steps=0, ramp=150, words=20.0, tail=0.9, lean=1.2),
    enough=1000,
    mirrored=False,
    moved=False,
    shift=SHIFT_OF_NEW,
)
# Weights that know such pictures already are trodden on softly. Moved pictures are a bit blurred,
# which shows in the grain of all that is sampled.
THESE = Beginning(Plan(steps=0, rate=3e-4, ramp=150), moved=False)


def begin_from(known: dict[str, Any], source: str) -> Beginning:
    """What follows from weights whose model's facts are ``known``, for pictures of ``source``.

    Those that know such pictures go on seeing and painting them as they did when they met them.
    """
    if known.get("source") != source:
        return OTHERS
    return replace(
        THESE,
        mirrored=bool(known.get("mirrored", THESE.mirrored)),
        moved=bool(known.get("moved", THESE.moved)),
        shift=float(known.get("shift", SHIFT)),
    )


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


def choose_plan(recipe: str, beginning: Beginning, seed: int) -> Plan:
    """A recipe's plan but for its length; the classic recipe begins from random weights alone.

    An accelerator, which sixteen small pictures would leave half idle, is given more at a time.
    """
    batch = 16 if choose_device().type == "cpu" else 64
    if recipe == "ddpm":
        return Plan(
            steps=0, batch=16, rate=2e-5, warm=0, tail=0, beta=0.999, forget=0, clip=1e9, seed=seed
        )
    return replace(beginning.plan, batch=batch, micro=batch, seed=seed)

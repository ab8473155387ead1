"""Write the model card of a trained model: what it is, what it saw, how to sample it alone."""

from pathlib import Path
from string import Template

from generate.pictures.families.base import Family
from generate.pictures.training.plan import Plan
from generate.settings import Settings

CARD = Path(__file__).with_name("model_card.md")


def write_model_card(
    settings: Settings, family: Family, plan: Plan, pictures: int, held_out: list[tuple[int, float]]
) -> str:
    """The model card as Markdown."""
    tokens = family.vocabulary.tokens
    words = ", ".join(tokens[:60]) + (" …" if len(tokens) > 60 else "")
    return Template(CARD.read_text(encoding="utf-8")).substitute(
        {name: family.facts[name] for name in ("recipe", "size", "source")},
        parameters=f"{family.count_parameters():,}",
        pictures=f"{pictures:,}",
        exposures=f"{plan.steps * plan.batch:,}",
        steps=f"{plan.steps:,}",
        batch=plan.batch,
        begun=settings.pictures.start if family.spec.begins else "random weights",
        arithmetic=plan.arithmetic,
        loss=f"{held_out[-1][1]:.4f}" if held_out else "not measured",
        words=words or "none: it draws what it likes",
        script=family.write_script(settings.pictures.steps),
    )

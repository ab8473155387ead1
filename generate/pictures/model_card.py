"""Write the model card of a trained model: what it is, what it saw, how to sample it alone."""

from generate.pictures.families.base import Family
from generate.pictures.networks.weights import count_parameters
from generate.pictures.training.plan import Plan
from generate.settings import Settings


def write_card(
    settings: Settings,
    family: Family,
    plan: Plan,
    pictures: int,
    held_out: list[tuple[int, float]],
) -> str:
    """The model card as Markdown."""
    recipe, size, source = (family.facts[name] for name in ("recipe", "size", "source"))
    tokens = family.vocabulary.tokens
    script = family.write_script(settings.pictures.steps)
    known = ", ".join(tokens[:60]) + (" …" if len(tokens) > 60 else "")
    loss = f"{held_out[-1][1]:.4f}" if held_out else "not measured"
    begun = settings.pictures.start if family.spec.begins else "random weights"
    return f"""\
---
library_name: diffusers
pipeline_tag: unconditional-image-generation
---

# A model of beasts that do not exist

A small image model of the "{recipe}" recipe, {size} × {size} pixels.

| | |
|---|---|
| parameters | {count_parameters(family.network):,} |
| training pictures | {pictures:,} from {source} |
| pictures seen | {plan.steps * plan.batch:,} in {plan.steps:,} steps of {plan.batch} |
| begun from | {begun} |
| arithmetic | {plan.arithmetic} |
| held-out loss | {loss} |
| words | {known or "none: it draws what it likes"} |

Its pictures are drawn by the network alone, from noise and words. It knows only what its training
pictures showed, and inherits their licence and their faults.

## Sample it with diffusers alone

Run this in the model's folder; `wanted` may name any of its words, or none.

```python
{script}```
"""

"""README.md for a person's own repository, and cards of model and data in the Hub's form."""

from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from generate.account.facts import Fact, find, show
from generate.account.page import (
    Account,
    join,
    lay_counts,
    lay_table,
    show_pictures,
    tell_improvement,
    tell_making,
    tell_training,
)
from generate.account.plain import plain
from generate.pictures.data.source import FIELD_GUIDE
from generate.pictures.families.registry import FAMILIES
from generate.settings import Settings

README, MODEL_CARD, DATA_CARD = "README.md", "MODEL_CARD.md", "DATA_CARD.md"
# Licences by the names that the Hub has for them.
LICENCES = {
    **{f"cc {kind} 4.0": f"cc-{kind.replace(' ', '-')}-4.0" for kind in ("by", "by sa", "by nc")},
    "cc0": "cc0-1.0",
    "cc0 1.0": "cc0-1.0",
    "mit": "mit",
    "apache 2.0": "apache-2.0",
}
# How many pictures a set has, in the Hub's words.
SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (10**6, "100K<n<1M"))


def write_readme(settings: Settings, account: Account) -> str:
    """The front page of a repository: what it is, how to run it, how it was made."""
    title = plain(settings.title)
    address = settings.site.base_url
    return join(
        f"# {title}",
        f"Postcards of animals that do not exist, who speak {plain(settings.language)}.",
        f"See them at <{address}>." if address else "",
        *show_pictures(account, "cards"),
        "```sh\nmake build   # makes what is missing and renders the gallery in site/\n"
        "make serve   # shows it on http://localhost:5500\n```",
        "`content/jungle.toml` holds the settings, `content/postcards/` the cards.",
        "## How were the models trained?",
        *tell_training(account),
        "## How were images, sounds and language generated?",
        *tell_making(account),
        "## How could the quality be improved?",
        *tell_improvement(account.advice),
        "## Licence",
        f"{plain(settings.site.licence)}. What the model is and what it learnt from: "
        f"[{MODEL_CARD}]({MODEL_CARD}), [{DATA_CARD}]({DATA_CARD}).",
    )


def write_model_card(settings: Settings, account: Account) -> str:
    """The model's card, in the form that the Hub reads from a model's README.md."""
    model = account.evidence.model
    recipe = str(find(model, "recipe") or settings.pictures.recipe)
    spec = FAMILIES.get(recipe)
    words = spec is None or spec.reads_words
    front: dict[str, Any] = {
        **name_licence(settings),
        "library_name": "diffusers",
        "pipeline_tag": "text-to-image" if words else "unconditional-image-generation",
        "tags": ["image-generation", "invented-animals", recipe],
    }
    if results := list_results(account.evidence.pictures):
        front["model-index"] = [{"name": settings.title, "results": results}]
    return join(
        lay_front(front),
        f"# The model of {plain(settings.title)}",
        f"A small image model of beasts: {spec.told if spec else plain(recipe)}.",
        "## Training",
        lay_table([account.source, *model]),
        "## Evaluation",
        lay_table(account.evidence.pictures),
        "## Uses and limits",
        "It draws what its training pictures showed, at their size and with their faults, and is "
        "of no use for pictures of real things. It inherits the licence of those pictures.",
        "## What would improve it",
        *tell_improvement([a for a in account.advice if a.table == "[pictures]"]),
    )


def write_data_card(settings: Settings, account: Account) -> str:
    """The training pictures' card, in the form that the Hub reads from a data set's README.md."""
    data = account.evidence.data
    count = int(find(data, "pictures") or 0)
    size = next((name for most, name in SIZES if count < most), "1M<n<10M")
    drawn = settings.pictures.source == FIELD_GUIDE
    front = {
        **name_licence(settings),
        "task_categories": ["text-to-image"],
        "size_categories": [size],
        "pretty_name": f"Training pictures of {settings.title}",
        "tags": ["synthetic"] if drawn else ["photographs-or-drawings"],
    }
    origin = (
        "Drawn by the project's own program, with their descriptions; of nothing real."
        if drawn
        else "Of the jungle's owner. Who made them, and what may be done with them, is for the "
        "owner to say here before this card is published."
    )
    classes = account.evidence.classes
    return join(
        lay_front(front),
        f"# Training pictures of {plain(settings.title)}",
        origin,
        "## What there is",
        lay_table([account.source, *data]),
        lay_counts(classes) if classes else "",
        "## How it was prepared",
        "Pictures are cut square, made as small as the table says, and doubles, broken and tiny "
        "ones are left out. The split is drawn by lot from the seed.",
    )


def name_licence(settings: Settings) -> dict[str, str]:
    """The licence in the Hub's words; of pictures that are not the project's own it is unknown."""
    if settings.pictures.source != FIELD_GUIDE:
        return {"license": "unknown"}
    told = settings.site.licence
    known = LICENCES.get(told.lower().replace("-", " ").strip())
    return {"license": known} if known else {"license": "other", "license_name": told}


def list_results(facts: Iterable[Fact]) -> list[dict[str, Any]]:
    """What was measured of the cards, as entries of the Hub's model-index."""
    told = [fact for fact in facts if fact.record.startswith("work/report/evaluation.json")]
    if not told:
        return []
    metrics = [{"type": show(fact.name), "value": fact.value} for fact in told]
    kinds: Mapping[str, str] = {"type": "text-to-image"}
    dataset = {"name": "the training pictures", "type": "own"}
    return [{"task": dict(kinds), "dataset": dataset, "metrics": metrics}]


def lay_front(front: Mapping[str, Any]) -> str:
    """Front matter in YAML."""
    return f"---\n{yaml.safe_dump(dict(front), sort_keys=False, allow_unicode=True).strip()}\n---"

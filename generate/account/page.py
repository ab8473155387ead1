"""The page that tells how a jungle was made, content/pages/making.md, as Markdown."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from generate.account.advice import Advice, Evidence
from generate.account.facts import Count, Fact, find
from generate.account.plain import as_code, plain
from generate.cards import Card
from generate.pictures.families.registry import FAMILIES

# Classes and the like that a table lists; the rest is added up.
LISTED = 12


@dataclass(frozen=True)
class Shown:
    """A picture of the account: its path as the text is to name it, and what it shows."""

    path: str
    alt: str


@dataclass(frozen=True)
class Account:
    """All that an account tells. ``shown`` are pictures by what they show: "loss" and so on."""

    evidence: Evidence
    source: Fact
    language: Sequence[Fact]
    reasons: Count | None
    prompts: Sequence[str]
    examples: Sequence[Card]
    advice: Sequence[Advice]
    shown: dict[str, Shown]
    naturalists: Count | None = None


def write_page(account: Account) -> str:
    """The page's Markdown, below its front matter. Figures stand in tables beside their records."""
    return join(
        "# How this jungle was made",
        "Every figure below stands in a record that the build wrote; the last column says where.",
        "## How were the models trained?",
        *tell_training(account),
        "## How were images, sounds and language generated?",
        *tell_making(account),
        "## How could the quality be improved?",
        *tell_improvement(account.advice),
    )


def tell_training(account: Account) -> Iterator[str]:
    """The pictures learnt from, and the model."""
    evidence = account.evidence
    yield "### The pictures it learnt from"
    yield lay_table([account.source, *evidence.data])
    if evidence.classes:
        yield lay_counts(evidence.classes)
    yield "### The model"
    spec = FAMILIES.get(str(find(evidence.model, "recipe")))
    if spec and spec.told:
        yield f"The recipe is `{spec.name}`: {spec.told}."
    yield lay_table(evidence.model) or "No model was trained yet."
    yield from show_pictures(account, "loss", "before", "after", "verdict")


def tell_making(account: Account) -> Iterator[str]:
    """Pictures, sounds and language."""
    evidence = account.evidence
    yield "### Images"
    yield lay_table(evidence.pictures)
    if account.reasons:
        yield lay_counts(account.reasons)
    yield from show_pictures(account, "cards", "frames")
    yield "### Sounds"
    if evidence.engines:
        yield lay_counts(evidence.engines)
    yield lay_table(evidence.sounds) or "No sounds were made yet."
    if account.prompts:
        yield "Asked for by words such as:"
        yield "\n".join(f"- {plain(prompt)}" for prompt in account.prompts)
    yield from show_pictures(account, "sounds")
    yield "### Language"
    yield lay_table(account.language) or "The language was not made yet."
    if evidence.writers:
        yield lay_counts(evidence.writers)
    if account.naturalists:
        yield lay_counts(account.naturalists)
    for card in account.examples:
        yield "\n".join(
            [
                f"> *{plain(card.phrase)}*  ",
                f"> {plain(card.gloss)}  ",
                f"> {plain(card.translation)}",
            ]
        )


def tell_improvement(advice: Sequence[Advice]) -> Iterator[str]:
    """What to change, the most pressing first."""
    if not advice:
        yield "The figures name nothing that is amiss."
        return
    yield "The figures above say, the most pressing first, what to change in `content/jungle.toml`:"
    for number, one in enumerate(advice, 1):
        yield f"{number}. {one.told} Below `{one.table}`: `{one.line}`"


def show_pictures(account: Account, *names: str) -> Iterator[str]:
    """Those of the pictures that there are."""
    for name in names:
        if one := account.shown.get(name):
            yield f"![{plain(one.alt)}]({one.path})"


def lay_table(facts: Iterable[Fact]) -> str:
    """Facts as a table, "" where there are none."""
    rows = [f"| {plain(f.name)} | {f.text} | {as_code(f.record)} |" for f in facts]
    return "\n".join(["| what | figure | recorded in |", "|---|---|---|", *rows]) if rows else ""


def lay_counts(count: Count) -> str:
    """Counts as a table, the commonest first."""
    listed = list(count.counts.items())
    rows = [
        f"| {plain(name)} | {number:,} | {as_code(count.record)} |"
        for name, number in listed[:LISTED]
    ]
    if rest := listed[LISTED:]:
        told = f"{len(rest)} more"
        rows.append(f"| {told} | {sum(n for _, n in rest):,} | {as_code(count.record)} |")
    head = [f"| {plain(count.name)} | how many | recorded in |", "|---|---|---|"]
    return "\n".join([*head, *rows])


def join(*parts: str) -> str:
    """Blocks of Markdown with an empty line between them."""
    return "\n\n".join(part for part in parts if part) + "\n"

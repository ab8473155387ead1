"""Arrange figures in tables, for the report and as text for the terminal."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from generate.evaluation.figures import Figure
from generate.evaluation.scoring.spectrum import EDGES

# The sets, from the best possible to the worst, and their titles.
TITLES = {
    "held-out": "held out",
    "cards": "cards",
    "uncurated": "uncurated",
    "starter": "starter",
    "gaussian": "Gaussian",
    "memory": "memory",
}
SCORES = {
    "KID": "KID × 1000",
    "FID": "FID",
    "SWD": "sliced Wasserstein",
    "precision": "precision",
    "recall": "recall",
    "density": "density",
    "coverage": "coverage",
}
WIDTH, NUMBER = 30, 11
# Within what the cards' detail should lie, over that of drawings.
USUAL_REACH = (0.75, 1.3)
REACHES = {EDGES: (0.9, 1.1)}


@dataclass(frozen=True)
class Table:
    """A table: heading, names of columns, and rows of a name and a text for each column."""

    title: str
    columns: list[str]
    rows: list[tuple[str, list[str]]]


def score_tables(figures: Mapping[str, Any]) -> list[Table]:
    """One table of scores for each extractor."""
    tables = []
    for extractor, by_set in figures["scores"].items():
        names = [name for name in TITLES if name in by_set]
        rows = [
            (title, [show_score(score, by_set[name]) for name in names])
            for score, title in SCORES.items()
        ]
        counts = [f"{figures['count'][name]}" for name in names]
        tables.append(
            Table(
                f"features: {extractor}",
                [TITLES[name] for name in names],
                [("pictures", counts), *rows],
            )
        )
    return tables


def show_score(score: str, found: Mapping[str, float]) -> str:
    """A score as text; KID in thousandths with its deviation."""
    value = found[score]
    if math.isnan(value):
        return "too few"
    if score == "KID":
        return f"{1000 * value:.2f} ± {1000 * found['KID sd']:.2f}"
    return f"{value:.3g}" if score in ("FID", "SWD") else f"{value:.2f}"


def other_tables(figures: Mapping[str, Any]) -> list[Table]:
    """Copies, colour and grain, detail, and how many show what was asked for."""
    names = [name for name in TITLES if name in figures["copies"]]
    columns = [TITLES[name] for name in names]
    copies = figures["copies"]
    tables = [
        Table(
            "copies of training pictures",
            columns,
            [
                ("copied", [f"{copies[n]['copied']} of {figures['count'][n]}" for n in names]),
                ("nearest over second, median", [f"{copies[n]['ratio']:.2f}" for n in names]),
                ("distance over held out", [f"{copies[n]['novelty']:.2f}" for n in names]),
            ],
        ),
        Table(
            "colour and grain, over the training set's",
            columns,
            [
                (tone, [f"{figures['tones'][n][tone]:.2f}" for n in names])
                for tone in figures["training tones"]
            ],
        ),
    ]
    if figures["detail"]:
        rows = [
            (name, [f"{ratio:.2f}", show_reach(name)]) for name, ratio in figures["detail"].items()
        ]
        tables.append(Table("detail of cards, over drawings'", ["cards", "wanted"], rows))
    answers = figures["answers"]
    if asked := [name for name in names if name in answers]:
        groups = list(dict.fromkeys(group for name in asked for group in answers[name]))
        tables.append(
            Table(
                "shows what was asked for",
                [TITLES[name] for name in asked],
                [(group, [show_answer(answers[n].get(group)) for n in asked]) for group in groups],
            )
        )
    return tables


def show_reach(name: str) -> str:
    """Within what a figure of detail should lie, as text."""
    low, high = REACHES.get(name, USUAL_REACH)
    return f"{low} to {high}"


def show_answer(found: Mapping[str, Any] | None) -> str:
    """An answer as text, "47 of 50"; "" where the set was not asked for the group."""
    return f"{found['right']} of {found['asked']}" if found else ""


def format_pictures(figures: Mapping[str, Any]) -> str:
    """All tables of the pictures as text."""
    tables = [*score_tables(figures), *other_tables(figures)]
    return "\n\n".join(format_table(table) for table in tables) + "\n"


def format_table(table: Table) -> str:
    """One table as text in columns."""
    width = max(NUMBER, *(len(text) + 2 for _, texts in table.rows for text in texts))
    lines = [table.title.ljust(WIDTH) + "".join(name.rjust(width) for name in table.columns)]
    for name, texts in table.rows:
        lines.append(f"  {name}".ljust(WIDTH) + "".join(text.rjust(width) for text in texts))
    return "\n".join(lines)


def format_figures(name: str, figures: Sequence[Figure]) -> str:
    """Figures as text, with what is wanted and whether it holds."""
    lines = [name]
    for figure in figures:
        mark = {True: "holds", False: "FAILS", None: ""}[figure.holds]
        lines.append(f"  {figure.name:<42}{figure.text:>10}  {mark:<6} {figure.wanted}".rstrip())
    return "\n".join(lines) + "\n"

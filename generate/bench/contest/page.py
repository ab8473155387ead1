"""Show a contest: a page of its own with pictures, and a table in Markdown with one sheet."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from generate.bench.contest.contestants import Contestant
from generate.bench.page import open_template
from generate.bench.samples import gather_samples
from generate.evaluation.report import inline
from generate.files import write_json, write_text
from generate.pictures.sheets import GROUND, as_images, lay_out, write_image

HERE = Path(__file__).parent
# Pictures of each family for the same words, and how many stand in a row.
SHOWN, COLUMNS = 24, 12
RECORDED = 12


def write_page(path: Path, report: dict[str, Any], contestants: Sequence[Contestant]) -> None:
    """contest.html, which needs no other file."""
    sheets = {one.name: inline(draw_sheet(one, report["samples"]), 84) for one in contestants}
    write_text(
        path,
        open_template(HERE / "contest.html", True).render(report=report, sheets=sheets, rows=ROWS),
    )


def record_contest(
    folder: Path, name: str, report: dict[str, Any], contestants: Sequence[Contestant]
) -> None:
    """``name``.md, .json and .webp in ``folder``: the table, its figures, a row of each family."""
    rows = []
    for one in contestants:
        sheet = lay_out(
            as_images(gather_samples(one.home, min(RECORDED, report["samples"]))), COLUMNS
        )
        titled = Image.new("RGB", (sheet.width, sheet.height + 18), GROUND)
        titled.paste(sheet, (0, 18))
        ImageDraw.Draw(titled).text((4, 3), one.name, fill=(40, 40, 40))
        rows.append(titled)
    grid = Image.new("RGB", (max(r.width for r in rows), sum(r.height for r in rows)), GROUND)
    top = 0
    for row in rows:
        grid.paste(row, (0, top))
        top += row.height
    write_image(folder / f"{name}.webp", grid, quality=80)
    write_json(folder / f"{name}.json", report)
    page = open_template(HERE / "contest.md", False).render(report=report, name=name, rows=ROWS)
    write_text(folder / f"{name}.md", page)


def draw_sheet(one: Contestant, samples: int) -> Image.Image:
    """The first pictures of a contestant."""
    return lay_out(as_images(gather_samples(one.home, min(SHOWN, samples))), COLUMNS)


# Title, key among the scores, form, factor, what it says.
ROWS = (
    (
        "body as asked",
        "plan",
        "{:.0f}",
        1,
        "of the bodies that were asked for; chance is one in a dozen",
    ),
    (
        "words matter",
        "words",
        "{:.1f}",
        1,
        "right minus shuffled words, in standard errors; beyond 3 they do",
    ),
    (
        "KID × 1000, ours",
        "KID ours",
        "{:.1f}",
        1000,
        "distance to the training set by the project's judge; less is better",
    ),
    (
        "KID × 1000, random",
        "KID random",
        "{:.2f}",
        1000,
        "the same by features that nobody trained",
    ),
    ("FID, ours", "FID ours", "{:.1f}", 1, "too high for few pictures: compare within the column"),
    (
        "Inception Score",
        "inception score",
        "{:.2f}",
        1,
        "by the judge's bodies in the place of ImageNet's classes",
    ),
    ("precision", "precision", "{:.2f}", 1, "share that looks like a training picture"),
    ("recall", "recall", "{:.2f}", 1, "share of training pictures that it reaches"),
    ("diversity", "diversity", "{:.2f}", 1, "mean distance of two, over that of held-out pictures"),
    (
        "copies",
        "copies",
        "{:.0f}",
        1,
        "nearer to one training picture than a third of the way to any other",
    ),
)

"""Write work/report/: evaluation.json, and index.html, a page that needs no other file."""

import base64
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from PIL import Image

from generate.cards import Card
from generate.evaluation.figures import Figure
from generate.evaluation.tables import TITLES, other_tables, score_tables
from generate.files import write_json, write_text
from generate.pictures.choosing.copies import SHARE
from generate.pictures.data.pixels import open_image
from generate.settings import Settings

if TYPE_CHECKING:
    from generate.evaluation.pictures import Judged

# Side in pixels of a beast beside its nearest training picture, and columns of a sheet.
SHOWN, COLUMNS = 192, 10
SHEETS = {
    "uncurated": "Uncurated: the model's first pictures as they come",
    "starter": "The untouched starter, asked for the same with the same noise",
    "held-out": "Floor: training pictures that the model never saw",
    "gaussian": "Ceiling: the Gaussian of the training pictures",
    "memory": "A perfect memory: what copying looks like",
}


@dataclass(frozen=True)
class Pair:
    """A beast and its nearest training picture; both as data addresses."""

    label: str
    asked: str
    beast: str
    nearest: str
    what: str
    ratio: float | None
    copied: bool


@dataclass(frozen=True)
class Tile:
    """A figure at the head of the page."""

    value: str
    name: str
    wanted: str = ""
    holds: bool | None = None


def write_report(
    settings: Settings,
    cards: Sequence[Card],
    record: dict[str, Any],
    judged: "Judged | None",
    figures: Mapping[str, Sequence[Figure]],
) -> Path:
    """Write both files to work/report/ and return the page's path."""
    folder = settings.work / "report"
    write_json(folder / "evaluation.json", clean(record))
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = environment.get_template("report.html").render(
        title=settings.title,
        record=record,
        tiles=choose_tiles(record, figures),
        pairs=pair_up(cards, judged) if judged else [],
        scores=score_tables(record["pictures"]) if judged else [],
        rulers=place_on_rulers(record["pictures"]) if judged else {},
        tables=other_tables(record["pictures"]) if judged else [],
        sheets=lay_sheets(judged) if judged else [],
        misses=list_misses(record["pictures"]) if judged else [],
        curve=inline_file(folder / "loss.png"),
        figures=figures,
    )
    write_text(folder / "index.html", page)
    return folder / "index.html"


def clean(value: Any) -> Any:
    """``value`` with None for numbers that JSON lacks (scores of too few pictures)."""
    if isinstance(value, dict):
        return {key: clean(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [clean(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def choose_tiles(record: dict[str, Any], figures: Mapping[str, Sequence[Figure]]) -> list[Tile]:
    """The most important figures."""
    tiles = []
    pictures = record["pictures"]
    if "cards" in pictures.get("count", {}):
        answers = pictures["answers"].get("cards", {})
        if plan := answers.get("plan"):
            share = plan["right"] / plan["asked"]
            text = f"{plan['right']} of {plan['asked']}"
            tiles.append(Tile(text, "show the body asked for", "nine in ten", share >= 0.9))
        copied = pictures["copies"]["cards"]["copied"]
        tiles.append(Tile(f"{copied}", "copies of training pictures", "none", copied == 0))
        for tone, reach in (("saturation", 0.1), ("colour spread", 0.1), ("grain", 0.15)):
            ratio = pictures["tones"]["cards"][tone]
            tiles.append(
                Tile(
                    f"{ratio:.2f}",
                    f"{tone}, over the training set's",
                    f"within {reach:.0%}",
                    abs(ratio - 1) <= reach,
                )
            )
    for figure in (*figures["sounds"], *figures["words"]):
        if figure.name in (
            "loudness error, largest",
            "beast known by nearest neighbour",
            "read back to their own gloss",
        ):
            tiles.append(Tile(figure.text, figure.name, figure.wanted, figure.holds))
    return tiles


def pair_up(cards: Sequence[Card], judged: "Judged") -> list[Pair]:
    """Every card with the training picture nearest to it."""
    if "cards" not in judged.gathered.sets:
        return []
    by_slug = {card.slug: card for card in cards}
    slugs = judged.gathered.sets["cards"].labels
    pairs = []
    for slug, neighbour in zip(slugs, judged.neighbours, strict=True):
        card = by_slug[slug]
        assert card.picture
        with open_image(card.picture) as opened:
            beast = opened.convert("RGB").resize((SHOWN, SHOWN), Image.Resampling.LANCZOS)
        pairs.append(
            Pair(
                slug,
                card.caption,
                inline(beast),
                inline(as_image(neighbour.picture), 90),
                neighbour.what,
                neighbour.ratio,
                neighbour.ratio is not None and neighbour.ratio < SHARE,
            )
        )
    return pairs


def place_on_rulers(pictures: dict[str, Any]) -> dict[str, list[tuple[str, float]]]:
    """For each extractor, where the KID of each set lies from floor to ceiling, in percent."""
    rulers = {}
    for extractor, by_set in pictures["scores"].items():
        low = by_set.get("held-out", {}).get("KID", 0.0)
        high = by_set["gaussian"]["KID"]
        if not high > max(found["KID"] for name, found in by_set.items() if name != "gaussian"):
            continue  # these features cannot tell beasts from a Gaussian, so there is no scale
        rulers[f"features: {extractor}"] = [
            (TITLES[name], round(min(max((by_set[name]["KID"] - low) / (high - low), 0), 1) * 100))
            for name in ("cards", "uncurated", "starter")
            if name in by_set and math.isfinite(by_set[name]["KID"])
        ]
    return rulers


def lay_sheets(judged: "Judged") -> list[tuple[str, str]]:
    """Title and picture of each set but the cards."""
    sheets = []
    for name, title in SHEETS.items():
        if name in judged.gathered.sets:
            pictures = judged.gathered.sets[name].pictures
            shown = pictures if name in ("uncurated", "starter") else pictures[: 2 * COLUMNS]
            sheets.append((title, inline(lay_out(shown), 88)))
    return sheets


def lay_out(pictures: np.ndarray) -> Image.Image:
    """Pictures uint8 (N, 3, S, S) in rows of ten."""
    count, _, side, _ = pictures.shape
    rows = math.ceil(count / COLUMNS)
    sheet = np.full((rows * COLUMNS, 3, side, side), 255, np.uint8)
    sheet[:count] = pictures
    grid = sheet.reshape(rows, COLUMNS, 3, side, side).transpose(0, 3, 1, 4, 2)
    return Image.fromarray(grid.reshape(rows * side, COLUMNS * side, 3))


def list_misses(pictures: dict[str, Any]) -> list[list[str]]:
    """The cards on which another body is seen: card, what was asked for, what is seen."""
    return list(pictures["answers"].get("cards", {}).get("plan", {}).get("misses", []))


def as_image(picture: np.ndarray) -> Image.Image:
    """uint8 (3, S, S) as a Pillow picture."""
    return Image.fromarray(np.ascontiguousarray(picture.transpose(1, 2, 0)))


def inline(picture: Image.Image, quality: int = 82) -> str:
    """A picture as a data address."""
    buffer = io.BytesIO()
    picture.save(buffer, "WEBP", quality=quality, method=4)
    return f"data:image/webp;base64,{base64.b64encode(buffer.getvalue()).decode()}"


def inline_file(path: Path) -> str:
    """A PNG file as a data address, "" where there is none."""
    if not path.is_file():
        return ""
    return f"data:image/png;base64,{base64.b64encode(path.read_bytes()).decode()}"

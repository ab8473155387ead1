"""Draw a card's social picture, which shared links show: a JPEG of 1200 × 630 pixels."""

import importlib.util
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFilter, ImageFont

from generate.cards import Card
from generate.gallery.incremental.ledger import Ledger
from generate.gallery.media.decode import open_picture
from generate.gallery.media.encode import (
    Options,
    encode_image,
    lay_on_paper,
    list_encoders,
    write_encoded,
)
from generate.gallery.media.jobs import Job, stem_of
from generate.recipe import digest

REVISION = 1
SIZE = (1200, 630)  # width and height in pixels, as Open Graph advises
CARD = (36, 34, 1164, 596)  # the card and its picture: left, top, right, bottom
PRINT = (66, 64, 566, 564)
# Every face has these letters (Latin, Latin-1 and Latin Extended-A).
PLAIN = frozenset(map(chr, [*range(0x20, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x180)]))
INK, FADED = (49, 44, 38), (112, 101, 86)
# Fonts that come with matplotlib. Sans has scripts that the serif faces lack.
SERIF, BOLD, ITALIC, SANS = (
    "DejaVuSerif.ttf",
    "DejaVuSerif-Bold.ttf",
    "DejaVuSerif-Italic.ttf",
    "DejaVuSans.ttf",
)


def plan_social(cards: Sequence[Card], ledger: Ledger) -> list[Job]:
    """One job for each card that has a picture."""
    asked = digest([REVISION, list_encoders()])
    jobs = []
    for card in cards:
        if card.picture is None:
            continue
        texts = {
            "title": card.title or card.slug,
            "phrase": card.phrase,
            "translation": card.translation,
            "place": " · ".join(filter(None, (card.place, card.date))),
        }
        key = digest(["social", ledger.digest(card.picture), texts, asked])
        stem = f"{stem_of(card.slug)}.social.{key[:10]}"
        jobs.append(Job(f"social:{card.slug}", key, card.picture, stem, draw_social, (texts,)))
    return jobs


def draw_social(source: Path, out: Path, stem: str, texts: dict[str, str]) -> dict[str, Any]:
    """Draw one card, its picture beside its words, on a table of the picture's colour."""
    options = Options(jpeg_quality=82)
    beast = lay_on_paper(open_picture(source), options)
    colour: Any = beast.resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
    image = draw_empty_card(tuple(round(c * 0.45 + 42) for c in colour), options.paper)
    paste_picture(image, beast, options)
    draw = ImageDraw.Draw(image)
    left, right = PRINT[2] + 44, CARD[2] - 40
    y = 92.0
    for text, face, size, colour, lines in (
        (texts["title"], BOLD, 46, INK, 3),
        (texts["phrase"], ITALIC, 38, INK, 4),
        (texts["translation"], SERIF, 28, FADED, 4),
    ):
        y = draw_text(draw, text, face, size, colour, (left, y), right - left, lines) + 26
    draw_text(draw, texts["place"], SERIF, 22, FADED, (left, 532), right - left, 1)
    file = write_encoded(out, f"{stem}.jpg", encode_image(image, "jpg", options))
    return {"files": [file], "path": file["name"]}


def draw_empty_card(table: tuple[int, ...], paper: tuple[int, ...]) -> Image.Image:
    """An empty card with its shadow."""
    image = Image.new("RGB", SIZE, table)
    shadow = Image.new("L", SIZE, 0)
    ImageDraw.Draw(shadow).rectangle((CARD[0], CARD[1] + 8, CARD[2], CARD[3] + 10), fill=150)
    dark = Image.new("RGB", SIZE, tuple(c // 3 for c in table))
    image.paste(dark, mask=shadow.filter(ImageFilter.BoxBlur(9)))
    ImageDraw.Draw(image).rectangle(CARD, fill=paper)
    return image


def paste_picture(image: Image.Image, beast: Image.Image, options: Options) -> None:
    """Put the whole picture on the card, undistorted; small ones are enlarged without smoothing."""
    room = PRINT[2] - PRINT[0]
    ratio = room / max(beast.size)
    size = (max(1, round(beast.width * ratio)), max(1, round(beast.height * ratio)))
    pixels = beast.width <= options.pixelated
    how = Image.Resampling.NEAREST if pixels else Image.Resampling.LANCZOS
    left = PRINT[0] + (room - size[0]) // 2
    top = PRINT[1] + (room - size[1]) // 2
    image.paste(beast.resize(size, how), (left, top))


def draw_text(
    draw: ImageDraw.ImageDraw,
    text: str,
    face: str,
    size: int,
    colour: tuple[int, ...],
    at: tuple[float, float],
    width: float,
    lines: int,
) -> float:
    """Draw ``text`` at most ``width`` wide, smaller if it needs more than ``lines``.

    Returns the height where the text ends.
    """
    x, y = at
    face, text = choose_face(face, text)
    if not text:
        return y - 26
    for points in range(size, size // 2, -2):
        font = open_font(face, points)
        rows = wrap_text(text, font, width)
        if len(rows) <= lines:
            break
    else:
        rows = [*rows[: lines - 1], truncate(" ".join(rows[lines - 1 :]), font, width)]
    for row in rows:
        draw.text((x, y), row, font=font, fill=colour)
        y += points * 1.28
    return y


def wrap_text(text: str, font: ImageFont.FreeTypeFont, width: float) -> list[str]:
    """Break a text at spaces into rows of at most ``width``; a longer word is shortened."""
    rows: list[str] = []
    for word in text.split():
        longer = f"{rows[-1]} {word}" if rows else word
        if rows and font.getlength(longer) <= width:
            rows[-1] = longer
        else:
            rows.append(truncate(word, font, width))
    return rows


def truncate(text: str, font: ImageFont.FreeTypeFont, width: float) -> str:
    """``text``, cut with an ellipsis if it is wider than ``width``."""
    if font.getlength(text) <= width:
        return text
    while text and font.getlength(f"{text}…") > width:
        text = text[: min(len(text) - 1, 400)]
    return f"{text}…"


def choose_face(face: str, text: str) -> tuple[str, str]:
    """Whichever of ``face`` and `SANS` has more letters of ``text``, and the text it can draw.

    The text is "" if the face lacks half of it or more.
    """
    text = " ".join(text.split())
    if all(letter in PLAIN for letter in text):
        return face, text
    known = {one: "".join(c for c in text if ord(c) in read_letters(one)) for one in (face, SANS)}
    best = max(known, key=lambda one: (len(known[one]), one == face))
    kept = known[best].strip()
    return best, kept if len(kept) * 2 > len(text) else ""


def find_font(face: str) -> Path:
    """The path of a font file of matplotlib, which is not imported."""
    spec = importlib.util.find_spec("matplotlib")
    assert spec is not None and spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0]) / "mpl-data" / "fonts" / "ttf" / face


@lru_cache(maxsize=64)
def open_font(face: str, size: int) -> ImageFont.FreeTypeFont:
    """A face at ``size`` pixels."""
    return ImageFont.truetype(str(find_font(face)), size)


@lru_cache(maxsize=4)
def read_letters(face: str) -> frozenset[int]:
    """The code points that a face can draw."""
    from fontTools.ttLib import TTFont

    with TTFont(find_font(face), lazy=True) as font:
        return frozenset(font.getBestCmap())

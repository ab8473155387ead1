"""A colouring book: the cards' drawings as outlines, one a page, in work/colouring.pdf.

A card's own strokes are printed where its picture was drawn by a pen; other pictures are traced.
The PDF is written by matplotlib, with lines and not with pixels.
"""

import re
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from generate.errors import Refusal
from generate.files import replacing
from generate.pictures.data.pixels import FAULTS, open_image
from generate.pictures.strokes.ink import UNITS, bend
from generate.pictures.strokes.lines import Strokes
from generate.pictures.strokes.tracing import trace_picture

# A4 in inches, and where the drawing lies on it, as shares: left, bottom, width.
PAGE = (8.27, 11.69)
LEFT, BOTTOM, BREADTH = 0.09, 0.22, 0.82
WIDTH = 2.2  # of a line, in points
# Pictures are traced in more points than a pen would draw.
POINTS = 1200
PATH, PLACE = re.compile(r' d="M([^"]+)"'), re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")


def write_book(path: Path, pages: Iterable[tuple[str, Strokes]], title: str) -> int:
    """Write a PDF, a page for each (caption, strokes); how many. `Refusal` where there is none."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib.backends.backend_pdf import PdfPages
    from matplotlib.figure import Figure

    count = 0
    with replacing(path) as temporary:
        # Without a date the same cards give the same bytes.
        facts = {"Title": title, "CreationDate": None}
        with PdfPages(temporary, metadata=facts) as book:
            for caption, strokes in pages:
                if strokes:
                    figure = Figure(figsize=PAGE)
                    draw_page(figure, caption, strokes)
                    book.savefig(figure)
                    count += 1
        if not count:
            raise Refusal("colouring: no card has a picture; run make build first")
    return count


def draw_page(figure: object, caption: str, strokes: Strokes) -> None:
    """Draw strokes and their caption on a page."""
    height = BREADTH * PAGE[0] / PAGE[1]
    axes = figure.add_axes((LEFT, BOTTOM, BREADTH, height))  # type: ignore[attr-defined]
    axes.set(xlim=(0, 1), ylim=(1, 0))
    axes.axis("off")
    for stroke in strokes:
        x, y = bend(stroke).T
        style = {"solid_capstyle": "round", "solid_joinstyle": "round", "clip_on": False}
        axes.plot(x, y, color="black", linewidth=WIDTH, **style)
    figure.text(0.5, 0.12, caption, ha="center", va="center", wrap=True)  # type: ignore[attr-defined]


def read_strokes(folder: Path, picture: Path | None) -> Strokes:
    """The strokes of a card in ``folder``: of its picture.svg, else traced in its ``picture``."""
    drawn = folder / "picture.svg"
    if drawn.is_file() and picture is not None and picture.name == "picture.png":
        strokes = read_svg(drawn.read_text(encoding="utf-8", errors="replace"))
        if strokes:
            return strokes
    if picture is None:
        return []
    try:
        with open_image(picture) as opened:
            return trace_picture(opened.convert("RGB"), POINTS)
    except FAULTS:
        return []


def read_svg(text: str) -> Strokes:
    """The strokes of an SVG as `write_svg` writes it; [] of others."""
    strokes = []
    for line in PATH.findall(text):
        numbers = [float(number) for number in PLACE.findall(line)]
        if len(numbers) % 2 or re.search(r"[^\d\s.,eL-]", line):
            return []
        strokes.append(np.array(numbers).reshape(-1, 2) / UNITS)
    return strokes

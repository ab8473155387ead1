"""Keep what is wrong with the pictures of a set, tell it in a line, and lay it out on a sheet.

Writes work/report/cleaning.png and cleaning.txt. Nothing is left out unless `clean = true` says so.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from generate.files import write_text
from generate.pictures.data.cleaning.alike import Gallery
from generate.pictures.data.cleaning.faults import Page, list_faults
from generate.pictures.sheets import GROUND, INK, lay_out, write_image

TWIN, MUTE = "nearly the same as another", "without words"
# Pictures of each fault on the sheet, in a row, and the height of the line above them.
SHOWN, COLUMNS, LINE = 24, 12, 16
SIDE = 64


@dataclass
class Finds:
    """What is wrong with pictures, by fault; ``leave_out`` says whether they are to go."""

    leave_out: bool = False
    named: list[tuple[str, str]] = field(default_factory=list)
    shown: dict[str, list[Image.Image]] = field(default_factory=lambda: defaultdict(list))
    gallery: Gallery = field(default_factory=Gallery)

    def look(self, name: str, picture: Image.Image, page: Page) -> str | None:
        """Keep the first fault of ``picture``, as it is trained on, and return it if it is to go.

        ``page`` is the picture as its file holds it.
        """
        pixels = np.asarray(picture).transpose(2, 0, 1)
        fault = next(list_faults(pixels, page), None)
        twin = None if fault else self.gallery.find(picture)
        if fault is None and twin is None:
            self.gallery.add(name, picture)
            return None
        self.keep(name, fault or TWIN, picture, twin)
        return (fault or TWIN) if self.leave_out else None

    def keep(self, name: str, fault: str, picture: Image.Image, twin: str | None = None) -> None:
        """Note a fault of the picture ``name``; ``twin`` is what it is nearly the same as."""
        self.named.append((fault, f"{name} = {twin}" if twin else name))
        if len(self.shown[fault]) < SHOWN:
            self.shown[fault].append(picture.resize((SIDE, SIDE), Image.Resampling.BILINEAR))

    def tell(self, rows: Sequence[Mapping[str, Any]], folder: Path) -> list[str]:
        """Lines that say what was found, and the sheet and the list of it below ``folder``.

        Nothing is said and written where nothing was found.
        """
        if not self.leave_out:
            self.named += [(MUTE, rows[place]["file_name"]) for place in sorted(find_mute(rows))]
        if not self.named:
            for name in ("cleaning.txt", "cleaning.png"):  # of another set, or another day
                (folder / name).unlink(missing_ok=True)
            return []
        counts = Counter(fault for fault, _ in self.named)
        lines = [f"{fault}\t{name}\n" for fault, name in self.named]
        write_text(folder / "cleaning.txt", "".join(lines))
        if self.shown:
            write_image(folder / "cleaning.png", draw_sheet(self.shown, counts))
        told = ", ".join(f"{number} {fault}" for fault, number in counts.most_common())
        sheet = folder / ("cleaning.png" if self.shown else "cleaning.txt")
        how = (
            "left out" if self.leave_out else "kept; clean = true under [pictures] leaves them out"
        )
        return [f"to look at: {told} ({how}): {sheet}"]


def find_mute(rows: Sequence[Mapping[str, Any]]) -> set[int]:
    """Places of the rows without a word, where more than half of all have words."""
    mute = {place for place, row in enumerate(rows) if not row["text"]}
    return mute if len(mute) < len(rows) / 2 else set()


def drop_mute(
    images: list[np.ndarray], rows: list[dict[str, Any]], finds: Finds
) -> tuple[list[np.ndarray], list[dict[str, Any]]]:
    """Pictures and rows without those of no word, where most have words; ``finds`` keeps these."""
    mute = find_mute(rows)
    for place in sorted(mute):
        picture = Image.fromarray(images[place].transpose(1, 2, 0))
        finds.keep(rows[place]["file_name"], MUTE, picture)
    kept = [place for place in range(len(rows)) if place not in mute]
    return [images[place] for place in kept], [rows[place] for place in kept]


def draw_sheet(
    shown: Mapping[str, Sequence[Image.Image]], counts: Mapping[str, int]
) -> Image.Image:
    """One picture of all faults: a line that names each, and some of its pictures below it."""
    parts = []
    for fault in sorted(shown):
        row = lay_out(shown[fault], COLUMNS)
        more = f", {len(shown[fault])} of them" * (counts[fault] > len(shown[fault]))
        wide = max(row.width, 8 * len(fault) + 120)
        part = Image.new("RGB", (wide, row.height + LINE), GROUND)
        part.paste(row, (0, LINE))
        ImageDraw.Draw(part).text((4, 2), f"{fault}: {counts[fault]}{more}", INK)
        parts.append(part)
    size = max(part.width for part in parts), sum(part.height for part in parts)
    sheet, top = Image.new("RGB", size, GROUND), 0
    for part in parts:
        sheet.paste(part, (0, top))
        top += part.height
    return sheet

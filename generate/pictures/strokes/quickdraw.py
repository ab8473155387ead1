"""Read files of Quick, Draw!: .ndjson as Google publishes them, .npz as sketch-RNN's are.

An .npz of that kind holds pickled arrays. They are read by an unpickler that knows arrays of
numbers and nothing else, so that no code in a file is run.
"""

import json
import pickle
import re
import zipfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from generate.errors import Refusal
from generate.pictures.data.source import Entry, Source
from generate.pictures.strokes.ink import draw_ink
from generate.pictures.strokes.lines import (
    LEVELS,
    Strokes,
    fill_square,
    fit_points,
    simplify,
    to_lists,
)
from generate.pictures.strokes.outlines import POINTS
from generate.words.english import add_article

ENDINGS = (".ndjson", ".npz")
# A line, or an array's file, with more bytes than this is no drawing of anybody.
LONGEST, LARGEST = 2**20, 2**29
# What pickled arrays of numbers are made of, under the names of numpy 1 and 2.
ARRAYS = {
    *((f"numpy.{core}.multiarray", "_reconstruct") for core in ("core", "_core")),
    *((f"numpy.{core}.numeric", "_frombuffer") for core in ("core", "_core")),
    ("numpy", "ndarray"),
    ("numpy", "dtype"),
    ("_codecs", "encode"),
}


class Numbers(pickle.Unpickler):
    """An unpickler of arrays of numbers; whatever else is refused."""

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in ARRAYS:
            raise pickle.UnpicklingError(f"{module}.{name} is no array")
        return super().find_class(module, name)


def list_files(path: Path) -> list[Path]:
    """The files of Quick, Draw! at ``path``: itself, or those in a folder; [] for other things."""
    found = [path] if path.is_file() else sorted(path.glob("*")) if path.is_dir() else []
    return [file for file in found if file.suffix.lower() in ENDINGS]


def open_quickdraw(path: Path, examples: int) -> Source:
    """The first ``examples`` drawings of the files at ``path``, as many of each."""
    files = list_files(path)
    share = max(1, -(-examples // len(files)))

    def entries() -> Iterator[Entry]:
        for file in files:
            for number, (word, strokes) in enumerate(islice(read_drawings(file), share)):
                yield make_entry(f"{file.stem}-{number}", word, strokes)

    names = ", ".join(file.name for file in files[:6]) + " …" * (len(files) > 6)
    notes = (f"drawings of Quick, Draw! in {names}",)
    return Source(path.name, min(examples, share * len(files)), entries(), notes=notes)


def make_entry(name: str, word: str | None, strokes: Strokes) -> Entry:
    """A drawing as a training picture: ink on paper, with its strokes and what it shows."""
    text, tags = (add_article(word), {"class": word}) if word else (None, {})
    lists = to_lists(strokes)
    return Entry(name, lambda: draw_ink(strokes, LEVELS + 1), text, tags, strokes=lists)


def read_drawings(file: Path) -> Iterator[tuple[str, Strokes]]:
    """(word, strokes) of each drawing in a file; those that its players' machine knew."""
    read = read_lines if file.suffix.lower() == ".ndjson" else read_arrays
    for word, strokes in read(file):
        kept = [stroke for stroke in strokes if len(stroke) > 1]
        if kept:
            yield word, fit_points(fill_square(kept), POINTS)


def read_lines(file: Path) -> Iterator[tuple[str, Strokes]]:
    """Drawings of an .ndjson: one JSON object a line, "drawing": [[[x, …], [y, …], …], …]."""
    with file.open("rb") as lines:
        for number, line in enumerate(iter(lambda: lines.readline(LONGEST), b""), 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
                if row.get("recognized") is False:
                    continue
                points = [np.array(s[:2], np.float64).T / LEVELS for s in row["drawing"]]
                if not all(
                    p.ndim == 2 and p.shape[1] == 2 and np.isfinite(p).all() for p in points
                ):
                    raise ValueError("no points")
                yield clean(str(row["word"])), points
            except (ValueError, TypeError, LookupError, AttributeError, RecursionError):
                raise Refusal(
                    f"{file}: line {number} is no drawing of Quick, Draw!; each line must be a "
                    'JSON object with "word" and "drawing"'
                ) from None


def read_arrays(file: Path) -> Iterator[tuple[str, Strokes]]:
    """Drawings of an .npz: arrays (n, 3) of steps x, y and whether the pen is lifted after."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = [name for name in ("train.npy", "test.npy", "valid.npy")]
            there = [name for name in names if name in archive.namelist()]
            if not there:
                raise ValueError("no drawings")
            for name in there:
                if archive.getinfo(name).file_size > LARGEST:
                    raise ValueError("too large")
                with archive.open(name) as data:
                    drawings = read_array(data)
                for steps in drawings:
                    yield clean(file.stem), follow(np.asarray(steps, np.float64))
    except (ValueError, TypeError, LookupError, EOFError, OSError, zipfile.BadZipFile) as error:
        raise refuse(file, error) from None
    except (pickle.UnpicklingError, AttributeError, ImportError, MemoryError) as error:
        raise refuse(file, error) from None


def refuse(file: Path, error: Exception) -> Refusal:
    """One line for a file that is none of sketch-RNN's."""
    return Refusal(
        f"{file}: is no file of sketch-RNN ({str(error)[:80]}); give one of Quick, Draw!"
    )


def read_array(data: Any) -> Any:
    """The objects of an .npy file."""
    version = np.lib.format.read_magic(data)
    read = {(1, 0): np.lib.format.read_array_header_1_0}.get(
        version, np.lib.format.read_array_header_2_0
    )
    shape, _, kind = read(data)
    if not kind.hasobject:
        values = np.frombuffer(data.read(), kind)
        return values.reshape(shape)
    return Numbers(data, encoding="latin1").load()


def follow(steps: np.ndarray) -> Strokes:
    """Strokes of a pen that goes ``steps`` (n, 3)."""
    if steps.ndim != 2 or steps.shape[1] != 3 or not np.isfinite(steps).all():
        raise ValueError("steps of another shape")
    points = np.cumsum(steps[:, :2], 0) / LEVELS
    lifts = np.flatnonzero(steps[:, 2] > 0.5) + 1
    return [simplify(stroke, 0.0) for stroke in np.split(points, lifts) if len(stroke)]


def clean(word: str) -> str:
    """A file's or a drawing's word, as captions have it."""
    return " ".join(re.findall(r"[^\W_]+", re.sub(r"^sketchrnn[_-]|\.full$", "", word)))[
        :60
    ].lower()

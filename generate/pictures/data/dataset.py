"""Make work/dataset/ from a source: one uint8 tensor, its captions, vocabulary and recipe.

Reads what `settings.pictures.source` names; writes pictures.safetensors ("images": uint8
(N, 3, S, S)), metadata.jsonl (one row a picture, with its split) and vocabulary.json.
"""

import time
import zipfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageOps
from tqdm import tqdm

from generate.errors import Refusal
from generate.files import format_json_lines, read_json_lines, write_text
from generate.freshness.decide import decide_dataset
from generate.pictures.captioning.wordless import give_words
from generate.pictures.compute.tensors import Damaged, read_tensors, write_tensors
from generate.pictures.data.cleaning.faults import open_page
from generate.pictures.data.cleaning.finds import MUTE, Finds, drop_mute
from generate.pictures.data.folders import holds_tables, open_folder, open_zip
from generate.pictures.data.layouts.crops import OutsideError
from generate.pictures.data.layouts.splits import split_rows
from generate.pictures.data.pixels import FAULTS, make_plain, quiet
from generate.pictures.data.report import say, tell_rows
from generate.pictures.data.source import FIELD_GUIDE, Cut, Entry, Source
from generate.pictures.data.vocabulary import (
    Vocabulary,
    collect_vocabulary,
    read_vocabulary,
    texts_of,
)
from generate.pictures.families.registry import find_spec
from generate.recipe import digest_bytes, holds, read_recipe, write_recipe
from generate.settings import Settings

PICTURES, ROWS, WORDS = "pictures.safetensors", "metadata.jsonl", "vocabulary.json"
# Below an eighth of the wanted side a picture is a thumbnail or a tracking pixel, not a picture.
TINIEST = 1 / 8


@dataclass(frozen=True)
class Dataset:
    """A training set in memory: images uint8 (N, 3, S, S), a row for each, and the words."""

    images: np.ndarray
    rows: list[dict[str, Any]]
    vocabulary: Vocabulary

    def places(self, split: str) -> np.ndarray:
        """Indices of the rows of ``split`` ("train" or "held-out")."""
        return np.array([i for i, row in enumerate(self.rows) if row["split"] == split], np.int64)


def build_dataset(settings: Settings) -> Path:
    """Make work/dataset/ unless it is fresh, and return it; says what was recognised in the source.

    Broken, tiny and duplicate pictures are left out and counted, and those of more than 50
    megapixels. `Refusal` if fewer than two different pictures remain.
    """
    folder = settings.work / "dataset"
    recipe = decide_dataset(settings)
    if holds(folder, recipe):
        return folder
    started = time.monotonic()
    source = open_source(settings)
    say(source.notes)
    finds = open_finds(settings)
    images, rows, skipped, vocabulary = gather(settings, source, finds)
    split_rows(rows, settings.pictures.held_out, settings.pictures.split == "set")
    folder.mkdir(parents=True, exist_ok=True)
    write_tensors(folder / PICTURES, {"images": images})
    write_text(folder / ROWS, format_json_lines(rows))
    vocabulary.write(folder / WORDS)
    told = finds.tell(rows, settings.work / "report") if finds else []
    outputs = [folder / name for name in (PICTURES, ROWS, WORDS)]
    write_recipe(
        folder,
        recipe,
        outputs,
        time.monotonic() - started,
        ["numpy", "pillow"],
        pictures=len(rows),
        skipped=dict(skipped),
        notes=list(source.notes),
        **({"cleaning": told} if told else {}),
    )
    say([*tell_rows(rows, skipped), *told])
    return folder


def show_dataset(settings: Settings) -> None:
    """Make work/dataset/ unless it is fresh, and say in either case what was recognised."""
    folder = settings.work / "dataset"
    if holds(folder, decide_dataset(settings)):
        recorded = read_recipe(folder) or {}
        rows = read_dataset(folder).rows
        told = tell_rows(rows, recorded.get("skipped", {}))
        say([*recorded.get("notes", ()), *told, *recorded.get("cleaning", ())])
    else:
        build_dataset(settings)


def open_source(settings: Settings) -> Source:
    """The source that ``settings.pictures.source`` names; `Refusal` if there is none such."""
    if find_spec(settings.pictures.recipe).strokes:
        from generate.pictures.strokes.source import open_strokes

        return open_strokes(settings, open_pictures)
    return open_pictures(settings)


def open_pictures(settings: Settings) -> Source:
    """`open_source` of pictures that are painted or taken."""
    name = settings.pictures.source
    if name == FIELD_GUIDE:
        from generate.pictures.fieldguide.drawings import open_field_guide

        refuse_cut(name, Cut(settings.pictures.crop == "boxes", settings.pictures.regions))
        return open_field_guide(settings)
    path, asked = settings.home / name, settings.pictures
    cut = Cut(asked.crop == "boxes", asked.regions)
    if path.is_dir():
        if holds_tables(path):
            from generate.pictures.data.hub import open_tables

            refuse_cut(name, cut)
            return open_tables(path, asked.names)
        return open_folder(path, asked.names, cut)
    if path.is_file():
        if zipfile.is_zipfile(path):
            return open_zip(path, asked.names, cut)
        raise Refusal(f"pictures.source = {name!r}: this file is no zip; give a folder or a zip")
    if looks_like_hub(name):
        from generate.pictures.data.hub import open_hub

        refuse_cut(name, cut)
        return open_hub(name, asked.examples, asked.names)
    raise Refusal(
        f"pictures.source = {name!r}: no such folder or file below {settings.home}; give a folder, "
        f'a zip, a hub dataset as "owner/name", or "{FIELD_GUIDE}"'
    )


def refuse_cut(name: str, cut: Cut) -> None:
    """Raise `Refusal` where pictures of a source without boxes are to be cut by them."""
    if cut.boxes or cut.regions:
        wish = "regions = true" if cut.regions else 'crop = "boxes"'
        raise Refusal(f"pictures.{wish}: boxes are read from folders and zips, not from {name!r}")


def looks_like_hub(name: str) -> bool:
    """True for ``owner/name``, which no file here is called."""
    parts = name.split("/")
    plain = all(part and part[0] not in ".~" and "\\" not in part for part in parts)
    return len(parts) == 2 and plain and not name.endswith(".zip")


def open_finds(settings: Settings) -> Finds | None:
    """What keeps the faults of training pictures; None for the field guide, which has none."""
    if settings.pictures.source == FIELD_GUIDE or find_spec(settings.pictures.recipe).strokes:
        return None
    return Finds(settings.pictures.clean)


def gather(
    settings: Settings, source: Source | None = None, finds: Finds | None = None
) -> tuple[np.ndarray, list[dict[str, Any]], Counter[str], Vocabulary]:
    """Open every picture of the source; the sound ones as an array, with rows and a tally.

    ``finds`` keeps what is wrong with them, and leaves them out if it is to.

    A row holds "file_name", "text", "tags", where people gave several captions "texts", and
    "strokes" of a drawing.
    """
    source = source or open_source(settings)
    size = settings.pictures.size
    images: list[np.ndarray] = []
    rows: list[dict[str, Any]] = []
    skipped: Counter[str] = Counter(source.left_out)
    seen: dict[str, dict[str, Any]] = {}
    with tqdm(source.entries, "pictures", source.total, unit="picture", leave=False) as entries:
        for entry in entries:
            try:
                with quiet(), entry.open() as opened:
                    picture = fit(opened, size)
                    page = open_page(opened) if finds and picture else None
            except Image.DecompressionBombError:
                skipped["too large"] += 1
                continue
            except OutsideError:
                skipped["whose box lies outside of them"] += 1
                continue
            except FAULTS:
                skipped["broken"] += 1
                continue
            if picture is None:
                skipped["tiny"] += 1
                continue
            pixels = np.asarray(picture).transpose(2, 0, 1)
            mark = digest_bytes(pixels.tobytes())
            if mark in seen:
                skipped["duplicate"] += 1
                add_captions(seen[mark], entry.texts)
                continue
            if finds and page and (fault := finds.look(entry.name, picture, page)):
                skipped[fault] += 1
                continue
            images.append(pixels)
            rows.append({"file_name": entry.name, "text": entry.text, "tags": entry.tags})
            add_captions(rows[-1], entry.texts)
            if entry.strokes is not None:
                rows[-1]["strokes"] = entry.strokes
            rows[-1] |= note_further(entry)
            seen[mark] = rows[-1]
    say(give_words(settings, images, rows))
    if finds and finds.leave_out:
        before = len(rows)
        images, rows = drop_mute(images, rows, finds)
        skipped += Counter({MUTE: before - len(rows)})
    if len(images) < 2:
        tally = ", ".join(f"{count} {reason}" for reason, count in sorted(skipped.items()))
        raise Refusal(
            f"{source.name}: {len(images)} usable picture{'s' * (len(images) != 1)}"
            f"{f' ({tally})' if tally else ''}; a model needs two different ones at least"
        )
    vocabulary = collect_vocabulary(rows, source.known, source.synonyms)
    return np.ascontiguousarray(np.stack(images)), rows, skipped, vocabulary


def note_further(entry: Entry) -> dict[str, Any]:
    """What few sets say of a picture: "seen", "of" and "testing", where there is any."""
    found = {"seen": list(entry.seen), "of": entry.of, "testing": entry.testing}
    return {key: value for key, value in found.items() if value not in (None, [])}


def add_captions(row: dict[str, Any], texts: Sequence[str]) -> None:
    """Add captions to a row that has no classes: a picture may stand in a set once for each."""
    if not row["tags"] and texts:
        told = list(dict.fromkeys([*texts_of(row), *texts]))
        row["text"] = told[0]
        if len(told) > 1:
            row["texts"] = told


def fit(picture: Image.Image, size: int) -> Image.Image | None:
    """``picture`` upright, on white where it was see-through, its middle square at ``size``.

    None if it is too small to be worth enlarging. Raises one of `FAULTS` if it is broken.
    """
    if min(picture.size) < max(2, size * TINIEST):
        return None
    if picture.format == "JPEG":
        picture.draft("RGB", (size * 2, size * 2))  # decode large photographs at half size or less
    return ImageOps.fit(make_plain(picture), (size, size), Image.Resampling.LANCZOS)


def read_dataset(folder: Path) -> Dataset:
    """Read what `build_dataset` wrote; `Refusal` if it is damaged."""
    try:
        images = read_tensors(folder / PICTURES, "np")[0]["images"]
        rows: list[dict[str, Any]] = read_json_lines(folder / ROWS)
        if not all(isinstance(row, dict) and "split" in row for row in rows):
            raise ValueError("no rows")
    except (OSError, Damaged, KeyError, ValueError):
        raise Refusal(f"{folder}: is damaged; delete it to have it made again") from None
    if len(rows) != len(images):
        raise Refusal(f"{folder}: {len(images)} pictures but {len(rows)} captions; delete it")
    return Dataset(images, rows, read_vocabulary(folder / WORDS))

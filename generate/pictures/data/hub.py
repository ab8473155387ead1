"""Stream pictures of a dataset through the `datasets` library.

It is one of the Hugging Face Hub, or a folder of Parquet, Arrow or tar files as the Hub has them.
"""

import ast
import io
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, count
from pathlib import Path
from typing import Any

from PIL import Image

from generate.errors import Refusal
from generate.pictures.data.columns import (
    choose_picture,
    find_captions,
    guess_caption,
    read_words,
)
from generate.pictures.data.hub_paths import is_of_set
from generate.pictures.data.layouts.listings import read_headed, read_json_rows
from generate.pictures.data.naming import Namer, describe_classes
from generate.pictures.data.pixels import open_image
from generate.pictures.data.source import Entry, Source

# The listings of the ImageFolder convention.
READERS = {
    "metadata.csv": lambda text: read_headed(text, ","),
    "metadata.jsonl": read_json_rows,
}
# Which part of a set to learn from: the first of these that it has, else the first it names.
SPLITS = ("train", "training", "all", "full", "validation", "valid", "val", "dev", "test")


def open_tables(folder: Path, names: Mapping[str, str] | None = None) -> Source:
    """All pictures in the Parquet, Arrow or tar files of a folder; `Refusal` if they hold none."""
    return open_hub(str(folder), None, names)


def open_hub(name: str, examples: int | None, names: Mapping[str, str] | None = None) -> Source:
    """The first ``examples`` pictures of the dataset ``name`` (None: all); `Refusal` if it cannot
    be reached.

    ``names`` are what the settings want classes called. HF_TOKEN, where the environment has it,
    opens gated datasets; HF_ENDPOINT names a mirror.
    """
    import datasets
    from huggingface_hub.errors import HfHubHTTPError

    datasets.disable_progress_bars()
    notes: list[str] = []
    try:
        stream, files = open_stream(name, notes)
        features = stream.features or {}
        columns = []
        for key, kind in features.items():
            # Left to the stream, one picture that cannot be decoded would end it.
            plain: Any = datasets.Image(decode=False)
            if isinstance(getattr(kind, "feature", None), datasets.Image):
                kind, plain = kind.feature, datasets.List(plain)  # of several the first is taken
            if isinstance(kind, datasets.Image):
                columns.append(key)
                stream = stream.cast_column(key, plain)
        rows = iter(stream)
        first = next(rows)
    except StopIteration:
        raise Refusal(f"{title(name)}: it is empty") from None
    except (OSError, ValueError, RuntimeError, HfHubHTTPError) as error:
        raise Refusal(f"{title(name)}: {explain(error)}") from None
    columns = columns or [key for key, cell in first.items() if holds_picture(cell)]
    if not columns:
        raise Refusal(
            f"{title(name)}: no column holds pictures (it has {', '.join(sorted(first))})"
        )
    column = choose_picture(columns, first)
    if columns != [column]:
        others = ", ".join(sorted(set(columns) - {column}))
        notes.append(f"pictures from the column {column!r}; not used: {others}")
    rest = {key: cell for key, cell in first.items() if key not in columns}
    guessed = None if any(read_words(rest, features)) else guess_caption([rest])
    if guessed is not None:
        notes.append(f"captions from the column {guessed!r}")
    namer = Namer(list_classes(features), (), names)
    written = read_written(files)
    entries = read_rows(
        name, chain([first], rows), column, features, examples, namer, written, guessed
    )
    return Source(name, examples, entries, notes=tuple(notes))


def title(name: str) -> str:
    """How a message calls the dataset ``name``."""
    return name if Path(name).is_dir() else f"hub dataset {name}"


def open_stream(name: str, notes: list[str]) -> tuple[Any, list[str]]:
    """The rows of the dataset ``name``, of its part for training where it has one; their files.

    Of a set in several configurations the first is taken. What was chosen is added to ``notes``.
    Raises what `datasets` does.
    """
    import datasets

    try:
        builder = datasets.load_dataset_builder(name)
    except RuntimeError as error:
        if "script" not in str(error):
            raise
        # The hub keeps a copy of what a script would make, and no script need be run.
        notes.append("it is loaded by a script; the hub's copy in Parquet is read instead")
        builder = datasets.load_dataset_builder(name, revision="refs/convert/parquet")
    except ValueError as error:
        listed = re.search(r"available configs: (\[.*?\])", str(error))
        if listed is None:
            raise
        configs = ast.literal_eval(listed[1])
        notes.append(f"configuration {configs[0]!r}; not used: {', '.join(configs[1:])}")
        builder = datasets.load_dataset_builder(name, configs[0])
    splits = builder.as_streaming_dataset()
    split = next((split for split in SPLITS if split in splits), next(iter(splits)))
    if split != "train":
        notes.append(f"it has no split 'train'; its split {split!r} is taken")
    return splits[split], list((builder.config.data_files or {}).get(split, ()))


def read_written(files: Iterable[str]) -> dict[str, list[str]]:
    """The captions of a set's metadata.csv and .jsonl as they are written, by the picture's path.

    Read by `datasets`, "NA" and "None" are nothing and "007" is 7, and of several lines for one
    picture one is kept.
    """
    from datasets.utils import file_utils

    found: dict[str, list[str]] = {}
    for file in files:
        folder, _, base = file.rpartition("/")
        read = READERS.get(base)
        if read is None:
            continue
        try:
            with file_utils.xopen(file, "rb") as opened:
                rows = list(read(opened.read().decode("utf-8-sig")))
        except (OSError, ValueError, RuntimeError):
            continue  # what the library makes of it stands
        for row in rows:
            told = found.setdefault(f"{folder}/{row.get('file_name')}", [])
            told += [text for text in find_captions(row) if text not in told]
    return found


def holds_picture(cell: Any) -> bool:
    """Whether a cell that is not declared a picture is one: bytes, or a row of them."""
    return isinstance(cell, bytes) or (isinstance(cell, dict) and bool(cell.get("bytes")))


def list_classes(features: Mapping[str, Any]) -> list[str]:
    """The names that the columns of classes know."""
    kinds = [getattr(kind, "feature", kind) for kind in features.values()]
    return [name for kind in kinds for name in getattr(kind, "names", None) or ()]


def explain(error: Exception) -> str:
    """Why the hub could not be read, in a clause, and what to do; never the token."""
    text = " ".join(str(error).split())
    token = os.environ.get("HF_TOKEN")
    if token:
        text = text.replace(token, "…")
    kind = type(error).__name__
    if "gated" in text.lower() or "401" in text or "403" in text:
        return "needs permission; accept its terms on the hub and set HF_TOKEN"
    if kind in ("DatasetNotFoundError", "RepositoryNotFoundError") or "404" in text:
        return "not found on the hub, or private; check its name, or set HF_TOKEN"
    if isinstance(error, OSError | RuntimeError):
        return "the hub cannot be reached; go online, or use a folder or zip of pictures"
    return f"cannot be read ({kind}: {text[:120]})"


def read_rows(
    name: str,
    rows: Iterator[dict[str, Any]],
    column: str,
    features: Any,
    examples: int | None,
    namer: Namer | None = None,
    written: Mapping[str, Sequence[str]] | None = None,
    guessed: str | None = None,
) -> Iterator[Entry]:
    """Entries of the first ``examples`` rows, captioned by text, else by label.

    ``written`` are captions by the paths of pictures that the rows only name; ``guessed`` is a
    column of captions by another name.
    """
    namer = namer or Namer(list_classes(features))
    for number in count() if examples is None else range(examples):
        try:
            row = next(rows)
        except StopIteration:
            return
        except (OSError, ValueError, RuntimeError) as error:
            raise Refusal(f"{title(name)}: {explain(error)}") from None
        rest = {key: cell for key, cell in row.items() if key != column}
        read = open_cell(name, row[column])
        path = row[column].get("path") if isinstance(row[column], dict) else None
        told, labels = read_words(rest, features)
        if guessed and not told and not labels:
            told = find_captions({"text": rest.get(guessed)})
        if texts := tuple((written or {}).get(path or "", ())) or told:
            yield Entry(f"{number:06d}", read, texts[0], {}, texts)
        else:
            tags = namer.find_tags(labels)
            yield Entry(f"{number:06d}", read, describe_classes(tags), tags)


def open_cell(name: str, cell: Any) -> Callable[[], Image.Image]:
    """A function that gives the picture of a cell: {"bytes", "path"}, or a picture already.

    It raises ValueError where there is none, OSError where it is broken, and `Refusal` where the
    hub has to be asked for it and does not answer.
    """

    if isinstance(cell, list):
        return open_cell(name, cell[0] if cell else None)

    def read() -> Image.Image:
        if isinstance(cell, Image.Image):
            return cell
        if isinstance(cell, bytes):
            return open_image(io.BytesIO(cell))
        if not isinstance(cell, dict) or not (cell.get("bytes") or cell.get("path")):
            raise ValueError("no picture in this row")
        return open_image(io.BytesIO(cell["bytes"] or fetch(name, cell["path"])))

    return read


def fetch(name: str, path: str) -> bytes:
    """The file that a row of the dataset ``name`` only names.

    ValueError if it is none of that set's, FileNotFoundError if there is none; `Refusal` if the hub
    does not answer.
    """
    from datasets.utils import file_utils

    if not is_of_set(name, path):
        raise ValueError("the row names a file outside of its set")

    try:
        with file_utils.xopen(path, "rb") as file:
            return bytes(file.read())
    except FileNotFoundError:
        raise  # this one picture is wanting, the hub is not
    except (OSError, ValueError, RuntimeError) as error:
        raise Refusal(f"{title(name)}: {explain(error)}") from None

"""Stream the first pictures of a Hugging Face dataset through the `datasets` library."""

import os
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

from PIL import Image

from generate.errors import Refusal
from generate.pictures.sources import Entry, Source, tidy

CAPTIONS = ("text", "caption", "captions", "description", "prompt")


def open_hub(name: str, examples: int) -> Source:
    """The first ``examples`` pictures of the dataset ``name``; `Refusal` if it cannot be reached.

    HF_TOKEN, where the environment has it, opens gated datasets; HF_ENDPOINT names a mirror.
    """
    import datasets
    from huggingface_hub.errors import HfHubHTTPError

    datasets.disable_progress_bars()
    try:
        stream = datasets.load_dataset(name, split="train", streaming=True)
        rows = iter(stream)
        first = next(rows)
    except StopIteration:
        raise Refusal(f"hub dataset {name}: its split 'train' is empty") from None
    except (OSError, ValueError, RuntimeError, HfHubHTTPError) as error:
        raise Refusal(f"hub dataset {name}: {explain(error)}") from None
    column = find_column(first)
    if column is None:
        raise Refusal(
            f"hub dataset {name}: no column holds pictures (it has {', '.join(sorted(first))})"
        )
    features = stream.features or {}
    return Source(name, examples, read_rows(name, chain([first], rows), column, features, examples))


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


def find_column(row: dict[str, Any]) -> str | None:
    """The first column that holds a picture, "image" before others."""
    for name in sorted(row, key=lambda name: (name != "image", name)):
        if isinstance(row[name], Image.Image):
            return name
    return None


def read_rows(
    name: str, rows: Iterator[dict[str, Any]], column: str, features: Any, examples: int
) -> Iterator[Entry]:
    """Entries of the first ``examples`` rows, captioned by text, else by label."""
    for number in range(examples):
        try:
            row = next(rows)
        except StopIteration:
            return
        except (OSError, RuntimeError) as error:
            raise Refusal(f"hub dataset {name}: {explain(error)}") from None
        told = (tidy(row[key]) for key in CAPTIONS if isinstance(row.get(key), str))
        text = next((words for words in told if words), None)
        tags = {}
        label = row.get("label", row.get("labels"))
        if text is None and isinstance(label, int | str):
            kind = features.get("label", features.get("labels"))
            named = kind.int2str(label) if hasattr(kind, "int2str") else str(label)
            tags = {"class": tidy(str(named).replace("_", " ")).casefold()}
            text = f"a {tags['class']}"
        yield Entry(f"{number:06d}", open_cell(row[column]), text, tags)


def open_cell(cell: Any) -> Callable[[], Image.Image]:
    """A function that gives the cell's picture, or says that there is none."""

    def read() -> Image.Image:
        if not isinstance(cell, Image.Image):
            raise ValueError("no picture in this row")
        return cell

    return read

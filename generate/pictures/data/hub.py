"""Stream the first pictures of a Hugging Face dataset through the `datasets` library."""

import io
import os
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any

from PIL import Image

from generate.errors import Refusal
from generate.pictures.data.folders import tidy
from generate.pictures.data.hub_paths import is_of_set
from generate.pictures.data.pixels import open_image
from generate.pictures.data.source import Entry, Source

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
        features = stream.features or {}
        columns = [key for key, kind in features.items() if isinstance(kind, datasets.Image)]
        for key in columns:
            # Left to the stream, one picture that cannot be decoded would end it.
            stream = stream.cast_column(key, datasets.Image(decode=False))
        rows = iter(stream)
        first = next(rows)
    except StopIteration:
        raise Refusal(f"hub dataset {name}: its split 'train' is empty") from None
    except (OSError, ValueError, RuntimeError, HfHubHTTPError) as error:
        raise Refusal(f"hub dataset {name}: {explain(error)}") from None
    if not columns:
        raise Refusal(
            f"hub dataset {name}: no column holds pictures (it has {', '.join(sorted(first))})"
        )
    column = "image" if "image" in columns else min(columns)
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


def read_rows(
    name: str, rows: Iterator[dict[str, Any]], column: str, features: Any, examples: int
) -> Iterator[Entry]:
    """Entries of the first ``examples`` rows, captioned by text, else by label."""
    for number in range(examples):
        try:
            row = next(rows)
        except StopIteration:
            return
        except (OSError, ValueError, RuntimeError) as error:
            raise Refusal(f"hub dataset {name}: {explain(error)}") from None
        told = (tidy(row[key]) for key in CAPTIONS if isinstance(row.get(key), str))
        text = next((words for words in told if words), None)
        tags = {}
        label = row.get("label", row.get("labels"))
        if text is None and isinstance(label, int | str):
            named = name_label(label, features.get("label", features.get("labels")))
            if named:
                text, tags = f"a {named}", {"class": named}
        yield Entry(f"{number:06d}", open_cell(name, row[column]), text, tags)


def name_label(label: int | str, kind: Any) -> str:
    """What a row's label says, by the names of its column where it has any; "" if it has not this.

    Sets for contests give -1 where the answer is kept back.
    """
    try:
        named = kind.int2str(label) if hasattr(kind, "int2str") else label
    except ValueError:
        return ""
    return tidy(str(named).replace("_", " ")).casefold()


def open_cell(name: str, cell: Any) -> Callable[[], Image.Image]:
    """A function that gives the picture of a cell: {"bytes", "path"}, or a picture already.

    It raises ValueError where there is none, OSError where it is broken, and `Refusal` where the
    hub has to be asked for it and does not answer.
    """

    def read() -> Image.Image:
        if isinstance(cell, Image.Image):
            return cell
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
        raise Refusal(f"hub dataset {name}: {explain(error)}") from None

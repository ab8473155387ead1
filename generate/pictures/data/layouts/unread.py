"""Files that seem to hold captions in a form that is not read, so that they can be named."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from generate.pictures.data.columns import FILES, PLAIN, is_of_sight, list_texts
from generate.pictures.data.tree import Tree, decode_text, ending_of

LARGEST = 64 * 2**20
FORMS = {
    ".arrow": "Arrow",
    ".csv": "CSV",
    ".json": "JSON",
    ".jsonl": "JSON lines",
    ".ndjson": "JSON lines",
    ".ods": "spreadsheet",
    ".py": "Python",
    ".html": "HTML",
    ".xls": "Excel",
    ".parquet": "Parquet",
    ".pickle": "pickle",
    ".pkl": "pickle",
    ".token": "text",
    ".tsv": "TSV",
    ".txt": "text",
    ".xlsx": "Excel",
    ".xml": "XML",
}
# Tables that are not read, and what those for pictures are called.
SHEETS = ("Excel", "spreadsheet", "pickle")
LABELLING = ("label", "annotation", "class", "species", "image", "train", "data")
# How many pictures are looked for in a text.
SHOWN = 200
TOLD = ("caption", "metadata", "description", "prompt")


def find_unread(tree: Tree, files: Iterable[str], pictures: Collection[str]) -> list[str]:
    """Those of ``files`` that hold captions by their names or their content, each with its form.

    "annotations/captions_val2017.json (COCO)". A file whose lines name most of the ``pictures``
    and say something beside is one of them.
    """
    found = []
    sought = sorted({name.rpartition("/")[2] for name in pictures})[:SHOWN]
    for file in files:
        form = FORMS.get(ending_of(file))
        if form is None:
            continue
        base = file.rpartition("/")[2].casefold()
        told = any(word in base for word in TOLD) and "class" not in base
        if form == "JSON" and tree.sizes[file] <= LARGEST:
            data = read_quietly(tree, file)
            told = told or b'"caption"' in data or b'"annotations"' in data
            form = "COCO" if b'"annotations"' in data and b'"images"' in data else form
            told = told or tells_of(data, file, sought)
        elif form in SHEETS:
            told = told or any(word in base for word in LABELLING)
        elif not told and tree.sizes[file] <= LARGEST:
            told = tells_of(read_quietly(tree, file), file, sought)
        if told:
            found.append(f"{file} ({form})")
    return found


def read_quietly(tree: Tree, file: str) -> bytes:
    """The bytes of ``file``; none where it cannot be read."""
    try:
        return tree.read(file)
    except OSError:
        return b""


def tells_of(data: bytes, file: str, sought: Collection[str]) -> bool:
    """Whether a text names most of the ``sought`` files of pictures, with words beside."""
    try:
        text = decode_text(data)
    except ValueError:
        return False
    some = [base for base in sought if base in text]
    if not some and ending_of(file) in (".csv", ".tsv"):  # by numbers of another kind, perhaps
        first = text.lstrip().partition("\n")[0].casefold()
        return any(word in first for word in TOLD)
    if len(some) < max(1, len(sought) / 2):
        return False
    rest = text
    for base in some:
        rest = rest.replace(base, "\n")
    lines = [line.strip() for line in rest.split("\n")]
    return sum(bool(re.search(r"[^\W\d_]{3}", line)) for line in lines) >= len(some) / 2


def find_idle(
    rows: Sequence[Mapping[str, Any]], told: Sequence[tuple[Sequence[str], Sequence[str]]]
) -> list[str]:
    """The columns of words in ``rows`` of which none came to be among what was ``told``.

    One word for all rows says nothing of a picture, nor do addresses, dates and digests.
    """
    words: dict[str, set[str]] = {}
    for row, (texts, labels) in zip(rows, told, strict=True):
        for key, cell in row.items():
            said = [text for text in list_texts(cell) if is_word(text)]
            if key not in FILES and is_of_sight(key) and said:
                used = not {*said}.isdisjoint([*texts, *labels])
                words.setdefault(key, set()).update(["", *said] if used else said)
    return [key for key, said in words.items() if len(said) > 1 and "" not in said]


def is_word(text: str) -> bool:
    """Whether a text has letters and is no address, date, digest or list of numbers."""
    letters = re.search(r"[^\W\d_]{2}", text) and not re.fullmatch(r"[0-9a-fA-F-]{8,}", text)
    return bool(letters) and not PLAIN.search(text)

"""Files that seem to hold captions in a form that is not read, so that they can be named."""

import re
from collections.abc import Collection, Iterable

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

"""Files with a row for each picture: metadata.jsonl, metadata.csv, labels.csv, captions.txt, JSON.

By the ImageFolder convention (the `datasets` library's) a metadata file names pictures in
``file_name``; what is wrong in one is said. Other files are read where their rows name pictures.
"""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from yaml import YAMLError

from generate.errors import Refusal
from generate.pictures.data.columns import (
    FILES,
    fold_key,
    fold_keys,
    guess_caption,
    is_of_sight,
    name_labels,
    read_cell,
    read_words,
    unquote,
)
from generate.pictures.data.endings import ENDINGS as PICTURES
from generate.pictures.data.layouts.bare import read_bare
from generate.pictures.data.layouts.beside import find_beside
from generate.pictures.data.layouts.exports.label_studio import read_annotated
from generate.pictures.data.layouts.json_rows import (
    list_rows,
    read_json_rows,
    read_loose_rows,
)
from generate.pictures.data.layouts.reading import Index, Reading
from generate.pictures.data.layouts.unread import find_idle
from generate.pictures.data.naming import is_known
from generate.pictures.data.tree import Tree, decode_text, ending_of
from generate.safety.plain_yaml import load_yaml

LARGEST = 64 * 2**20
# Flickr8k's captions in words cut down; what contests want filled in, one answer for all pictures.
LEFT = re.compile(r"lemma|submi(ssion|t)|predict")
ENDINGS = tuple(
    ".jsonl .ndjson .csv .tsv .txt .token .json .manifest .parquet .yaml .yml .lst".split()
)
# What a column says that has a class's name for a key: yes or no.
YES, NO = ("1", "1.0", "true", "yes", "x"), ("", "0", "0.0", "false", "no", "-1")
# Columns beside those that say nothing of what is seen.
BESIDE = frozenset(["", "split", "set", "dataset", "fold", "source", "license", "index", *FILES])
FOREWORD = re.compile(r"sep=.\s*\n|#\s[^,;|\t\n]*\n")
# A number, and the text that a mark should part from it.
TORN = re.compile(r"\s*(\d+)\s+(\S.*\s\S.*)")
# What a table of captions is called.
TOLD = re.compile(r"caption|results")
# A cell may be as long as a whole file.
csv.field_size_limit(LARGEST)


def read_listings(tree: Tree, index: Index, files: Sequence[str], reading: Reading) -> None:
    """Add what the listings among ``files`` say of the pictures of ``index``.

    Raises `Refusal` for a metadata file that is none, naming it and the line.
    """
    for file in files:
        base = file.rpartition("/")[2].casefold()
        strict = is_strict(file)
        if ending_of(file) not in ENDINGS or (tree.sizes[file] > LARGEST and not strict):
            continue
        if LEFT.search(base):
            continue
        where = tree.place(file)
        try:
            data = tree.read(file)
            if ending_of(file) == ".parquet":
                rows = read_parquet(data)
            else:
                text = data.decode("utf-8-sig") if strict else decode_text(data)
                rows = list(read_rows(text, file, index))
        except (OSError, ImportError) as error:  # without the model's packages, no pyarrow
            if strict:
                raise Refusal(f"{where}: cannot be read ({error}); mend or remove it") from None
            continue
        except UnicodeDecodeError:
            if strict:
                raise Refusal(f"{where}: is not UTF-8 text; save it as UTF-8") from None
            continue
        except (ValueError, csv.Error, YAMLError, RecursionError) as error:
            if strict:
                raise Refusal(f"{where}: {error}; mend or remove it") from None
            if TOLD.search(base) and ending_of(file) in (".csv", ".tsv"):
                reading.unread.append(f"{file} ({error})")
                reading.files.add(file)
            continue
        take_rows(rows, index, file, strict, reading)


def take_rows(
    rows: list[dict[str, Any]], index: Index, file: str, strict: bool, reading: Reading
) -> None:
    """Add what ``rows`` say; nothing if they are not strictly a listing and name few pictures.

    Half of the rows must name pictures, or half of the pictures be named: a listing may be of a
    whole set, a part of which lies here.
    """
    key = choose_key(rows, index, file)
    found = [(row, find_picture(row, key, index, file)) for row in rows if row.get(key)]
    if index.digits and len(rows) >= len(index.names) / 2:
        # Numbers of pictures lose their noughts in a spreadsheet.
        found = [(r, n or index.find(str(r[key]).zfill(index.digits), file)) for r, n in found]
    named = sum(name is not None for _, name in found)
    if not strict and named < max(1, min(len(found), len(index.names)) / 2):
        return
    rests = [{name: cell for name, cell in row.items() if name != key} for row, _ in found]
    told, of = read_annotated(rests) or [read_words(rest) for rest in rests], file
    if not any(texts or labels for texts, labels in told):
        guessed = guess_caption(rests)
        if guessed is not None:
            told = [read_words({"text": rest.get(guessed)}) for rest in rests]
            of = f"{file}, column {guessed!r}"
        else:
            marked = [find_marked(rest) for rest in rests]
            only = find_only(rests) if not any(marked) else None
            told = [
                ((), marks or name_labels(rest.get(only or "")))
                for marks, rest in zip(marked, rests, strict=True)
            ]
    if beside := find_beside(file, told):
        reading.beside[file] = beside
        reading.files.add(file)
        return
    if "json" in ending_of(file) and any(texts for texts, _ in told):
        reading.idle[file] = find_idle(rests, told)
    for (row, name), (texts, labels) in zip(found, told, strict=True):
        if name is None and (texts or labels):
            reading.add_stray(str(row[key]), file)
        elif name is not None:
            reading.add(name, texts, labels, of)
        if strict or texts or labels:
            reading.files.add(file)


def find_picture(row: Mapping[str, Any], key: str, index: Index, file: str) -> str | None:
    """The picture of a row: what ``key`` names, in the folder that another cell may name."""
    told = str(row[key])
    if found := index.find(told, file):
        return found
    folders = [cell for cell in row.values() if isinstance(cell, str) and cell in index.folders]
    return next(filter(None, (index.find(f"{folder}/{told}", file) for folder in folders)), None)


def find_marked(row: Mapping[str, Any]) -> list[str]:
    """The classes of a row that has a column for each, marked 1 where the picture is of it."""
    cells = {key: str(cell).casefold() for key, cell in row.items() if key not in BESIDE}
    if len(cells) > 1 and all(cell in YES or cell in NO for cell in cells.values()):
        return [key for key, cell in cells.items() if cell in YES]
    return []


def find_only(rows: Sequence[Mapping[str, Any]]) -> str | None:
    """The one column of words beside the picture's, if most are animals; None for none."""
    keys = {
        key
        for row in rows
        for key, cell in row.items()
        if key not in BESIDE and isinstance(cell, str) and re.search(r"[^\W\d_]", cell)
    }
    if len(keys) != 1 or any(len(row.keys() - BESIDE) > 1 for row in rows):
        return None
    (key,) = keys
    words = {str(row.get(key, "")) for row in rows}
    animals = sum(map(is_known, words)) > len(words) / 2
    return key if len(words) > 1 and animals and is_of_sight(key) else None


def is_file(cell: Any) -> bool:
    """Whether a cell is called like a picture's file."""
    return isinstance(cell, str) and ending_of(cell.strip()) in PICTURES


def is_headed(first: str, second: str, delimiter: str, index: Index, file: str) -> bool:
    """Whether the ``first`` line is of keys: a picture stands in the ``second``, and none in it."""
    keys, cells = (
        [cell.strip(' "\r') for cell in line.split(delimiter)] for line in (first, second)
    )
    found = any(is_file(cell) and index.find(cell, file) for cell in cells)
    return found and len(keys) == len(cells) and not any(map(is_file, keys))


def choose_key(rows: Sequence[dict[str, Any]], index: Index, file: str) -> str:
    """The column that names pictures: of those that may, the one whose cells are most often one's.

    Keys that end in "file_name" count as well ("image_file_name").
    """
    some = rows[:50]
    keys = [key for key in FILES if any(key in row for row in some)]
    keys += [k for k in dict.fromkeys(k for row in some for k in row) if k.endswith("_file_name")]
    named = {
        key: sum(find_picture(row, key, index, file) is not None for row in some if row.get(key))
        for key in keys
    }
    best = max(keys, key=lambda key: named[key], default="file_name")
    if not named.get(best):  # by a name of the person's own: "Bild"
        cells = [(key, cell) for row in some for key, cell in row.items()]
        told = Counter(k for k, c in cells if is_file(c) and index.find(c, file))
        best = max(told, key=lambda key: told[key], default=best)
    return best


def read_parquet(data: bytes) -> list[dict[str, Any]]:
    """The rows of a Parquet file; ValueError or OSError for what is none."""
    from pyarrow import BufferReader, parquet

    return [fold_keys(row) for row in parquet.read_table(BufferReader(data)).to_pylist()]


def read_rows(text: str, file: str, index: Index) -> Iterator[dict[str, Any]]:
    """The rows of a listing by their keys in small letters.

    Raises ValueError, `csv.Error` or RecursionError, with the line, for a text that holds none.
    """
    ending = ending_of(file)
    if ending in (".jsonl", ".ndjson", ".manifest"):
        try:
            yield from list(read_json_rows(text))
        except ValueError:
            if is_strict(file):
                raise
            yield from read_loose_rows(text, index, file)
    elif ending == ".json":
        yield from list_rows(json.loads(text), index, file)
    elif ending in (".yaml", ".yml"):
        yield from list_rows(load_yaml(text), index, file)
    else:
        yield from read_table(text, file, index)


def read_table(text: str, file: str, index: Index) -> Iterator[dict[str, Any]]:
    """The rows of a CSV: cells as they are written, so that "NA" and "007" are words.

    Its cells are parted by commas, semicolons, tabs or bars. Without a line of keys, the first
    cell that names pictures is the picture, and the rest its caption or its class. Raises
    ValueError, with the line, where quotes do not close or a row lacks its picture.
    """
    text = text.lstrip("\r\n")
    if FOREWORD.match(text):  # Excel's "sep=;", or a remark
        text = text.partition("\n")[2].lstrip("\r\n")
    first, second = [*text.split("\n", 2), ""][:2]
    for delimiter in "\t,;|":
        keys = list(map(fold_key, first.replace('"', "").split(delimiter)))
        named = any(key in FILES or key.endswith("file_name") for key in keys)
        if len(keys) > 1 and (
            named or (not is_strict(file) and is_headed(first, second, delimiter, index, file))
        ):
            try:
                yield from list(read_headed(text, delimiter))
            except ValueError:
                if is_strict(file):
                    raise
                yield from read_headed(text, delimiter, csv.QUOTE_NONE)
            return
    if ending_of(file) == ".csv" and not any(index.find(c, file) for c in first.split(",")):
        raise ValueError('line 1 is not a line of keys such as "file_name,text"')
    yield from read_bare(text, file, index)


def read_headed(
    text: str, delimiter: str, quoting: int = csv.QUOTE_MINIMAL
) -> Iterator[dict[str, Any]]:
    """The rows of a CSV whose first line is its keys; ValueError where quotes do not close.

    With QUOTE_NONE quotes are letters, and those around a whole cell go.
    """
    file = io.StringIO(text, newline="")
    # `quoting` is an int that the csv module checks.
    reader: Any = csv.reader(file, delimiter=delimiter, strict=True, quoting=quoting)  # type: ignore[arg-type]
    keys: list[str] = []
    try:
        for cells in reader:
            if not keys:
                keys = list(map(fold_key, cells))
            elif any(cells):
                # Flickr30k has a line that lacks its last bar: "2.jpg| 4   A dog runs".
                if len(cells) == len(keys) - 1 and (torn := TORN.fullmatch(cells[-1])):
                    cells[-1:] = torn.groups()
                # A caption that nobody quoted has commas of its own.
                last = delimiter.join(cells[len(keys) - 1 :])
                row = dict(zip(keys, [*cells[: len(keys) - 1], last], strict=False))
                yield {key: read_cell(unquote(cell.strip())) for key, cell in row.items()}
    except csv.Error as error:
        raise ValueError(f"line {reader.line_num}: {error}") from None


def is_strict(file: str) -> bool:
    """Whether a file is a metadata file of the ImageFolder convention, in which faults are said."""
    return file.rpartition("/")[2].casefold() in ("metadata.jsonl", "metadata.csv")

"""Files with a row for each picture: metadata.jsonl, metadata.csv, labels.csv, captions.txt, JSON.

By the ImageFolder convention (the `datasets` library's) a metadata file names pictures in
``file_name``; what is wrong in one is said. Other files are read where their rows name pictures.
"""

import csv
import io
import json
import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from generate.errors import Refusal
from generate.files import split_lines
from generate.pictures.data.classes import SPLIT
from generate.pictures.data.columns import (
    FILES,
    find_captions,
    find_labels,
    fold_key,
    fold_keys,
    read_cell,
)
from generate.pictures.data.layouts.reading import Index, Reading
from generate.pictures.data.naming import tidy
from generate.pictures.data.tree import Tree, ending_of

LARGEST = 64 * 2**20
# Flickr8k's captions once more, of words cut down; and what contests want filled in, one answer
# for all of their test pictures.
LEFT = re.compile(r"lemma|submi(ssion|t)|predict")
ENDINGS = (".jsonl", ".csv", ".tsv", ".txt", ".json", ".manifest", ".parquet", ".token")
# What a table of captions is called.
TOLD = re.compile(r"caption|results")
ROW = '{"file_name": …, "text": …}'
# A cell may be as long as a whole file.
csv.field_size_limit(LARGEST)


def read_listings(tree: Tree, index: Index, files: Sequence[str], reading: Reading) -> None:
    """Add what the listings among ``files`` say of the pictures of ``index``.

    Raises `Refusal` for a metadata file that is none, naming it and the line.
    """
    for file in files:
        base = file.rpartition("/")[2].casefold()
        strict = base in ("metadata.jsonl", "metadata.csv")
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
                rows = list(read_rows(data.decode("utf-8-sig"), file, index))
        except (OSError, ImportError) as error:  # without the model's packages, no pyarrow
            if strict:
                raise Refusal(f"{where}: cannot be read ({error}); mend or remove it") from None
            continue
        except UnicodeDecodeError:
            if strict:
                raise Refusal(f"{where}: is not UTF-8 text; save it as UTF-8") from None
            continue
        except (ValueError, csv.Error, RecursionError) as error:
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
    named = sum(name is not None for _, name in found)
    if not strict and named < max(1, min(len(found), len(index.names)) / 2):
        return
    for row, name in found:
        rest = {name: cell for name, cell in row.items() if name != key}
        texts, labels = find_captions(rest), find_labels(rest) or find_marked(rest)
        if name is None and (texts or labels):
            path = posixpath.join(posixpath.dirname(file), str(row[key]))
            reading.strays.add(posixpath.normpath(path))
        elif name is not None:
            reading.add(name, texts, labels, file)
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
    if len(row) > 1 and all(cell in ("0", "1") for cell in row.values()):
        return [key for key, cell in row.items() if cell == "1"]
    return []


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
    return max(keys, key=lambda key: named[key], default="file_name")


def read_parquet(data: bytes) -> list[dict[str, Any]]:
    """The rows of a Parquet file; ValueError or OSError for what is none."""
    from pyarrow import BufferReader, parquet

    return [fold_keys(row) for row in parquet.read_table(BufferReader(data)).to_pylist()]


def read_rows(text: str, file: str, index: Index) -> Iterator[dict[str, Any]]:
    """The rows of a listing by their keys in small letters.

    Raises ValueError, `csv.Error` or RecursionError, with the line, for a text that holds none.
    """
    ending = ending_of(file)
    if ending in (".jsonl", ".manifest"):
        yield from read_json_rows(text)
    elif ending == ".json":
        yield from list_rows(json.loads(text))
    else:
        yield from read_table(text, file, index)


def read_json_rows(text: str) -> Iterator[dict[str, Any]]:
    """The rows of a file of JSON lines; ValueError names the line that is none."""
    for number, line in enumerate(split_lines(text), 1):
        if line.strip():
            try:
                row = fold_keys(json.loads(line))
                if not any(row.get(key) for key in FILES):
                    raise ValueError
            except (ValueError, TypeError, AttributeError, RecursionError):
                raise ValueError(f"line {number} is not {ROW}") from None
            yield row


def list_rows(value: Any) -> Iterator[dict[str, Any]]:
    """The rows in a JSON value: a list of them, or a dict of them or of captions by file.

    A row's own "data" belongs to it (Label Studio). What names pictures by number, as COCO does,
    is none.
    """
    if isinstance(value, dict) and isinstance(value.get("images"), list):
        value = [] if "annotations" in value else value["images"]
    if isinstance(value, dict):
        value = [
            {**(row if isinstance(row, dict) else {"text": row}), "file_name": name}
            for name, row in value.items()
        ]
    if isinstance(value, list):
        for row in value:
            if isinstance(row, dict):
                data = row.get("data")
                yield fold_keys({**row, **data} if isinstance(data, dict) else row)


def read_table(text: str, file: str, index: Index) -> Iterator[dict[str, Any]]:
    """The rows of a CSV: cells as they are written, so that "NA" and "007" are words.

    Its cells are parted by commas, semicolons, tabs or bars. Without a line of keys, the first
    cell that names pictures is the picture, and the rest its caption or its class. Raises
    ValueError, with the line, where quotes do not close or a row lacks its picture.
    """
    first = text.lstrip("\n").partition("\n")[0]
    for delimiter in "\t,;|":
        keys = list(map(fold_key, first.replace('"', "").split(delimiter)))
        if len(keys) > 1 and any(key in FILES or key.endswith("file_name") for key in keys):
            yield from read_headed(text, delimiter)
            return
    if ending_of(file) == ".csv" and not any(index.find(c, file) for c in first.split(",")):
        raise ValueError('line 1 is not a line of keys such as "file_name,text"')
    yield from read_bare(text, file, index)


def read_headed(text: str, delimiter: str) -> Iterator[dict[str, Any]]:
    """The rows of a CSV whose first line is its keys."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    keys: list[str] = []
    try:
        for cells in reader:
            if not keys:
                keys = list(map(fold_key, cells))
            elif any(cells):
                # A caption that nobody quoted has commas of its own.
                last = delimiter.join(cells[len(keys) - 1 :])
                row = dict(zip(keys, [*cells[: len(keys) - 1], last], strict=False))
                yield {key: read_cell(cell.strip()) for key, cell in row.items()}
    except csv.Error as error:
        raise ValueError(f"line {reader.line_num}: {error}") from None


def read_bare(text: str, file: str, index: Index) -> Iterator[dict[str, Any]]:
    """The rows of lines that hold a picture's name in one place, if nearly all do."""
    lines = [line for line in text.splitlines() if line.strip() and line[0] != "#"]
    mark = next((mark for mark in ("\t", ",", ";", "|") if lines and mark in lines[0]), None)
    pairs = [line.split(mark, 1) for line in lines]
    if mark and (column := find_column([line.split(mark) for line in lines[:50]], index, file)):
        pairs = [lead_with(line.split(mark), column, mark) for line in lines]
    told = [(pair[0], pair[1].strip()) for pair in pairs if len(pair) > 1]
    known = [pair for pair in told if not pair[0].isdecimal() and index.find(pair[0], file)]
    if not known or len(known) < min(0.9 * len(lines), len(index.names) / 2):
        return
    # Boxes and numbers may follow a class, or stand alone.
    classes = [words.split(mark)[0] if is_measured(words, mark) else words for _, words in known]
    if all(told.isdecimal() for told in classes):
        return
    longest = max(len(words.split()) for words in classes)
    few = longest == 1 or (longest < 4 and len(set(classes)) <= len(classes) / 2)
    key = "label" if few or any(is_measured(words, mark) for _, words in known) else "text"
    for (name, _), words in zip(known, classes, strict=True):
        yield {"file_name": name, key: tidy(words)}


def find_column(rows: Sequence[Sequence[str]], index: Index, file: str) -> int:
    """The place of the cells that name pictures: 0 unless a later one does so more often."""
    named = [
        sum(
            len(row) > place
            and not row[place].isdecimal()
            and index.find(row[place], file) is not None
            for row in rows
        )
        for place in range(max(map(len, rows), default=0))
    ]
    return max(range(len(named)), key=lambda place: named[place], default=0)


def lead_with(cells: Sequence[str], column: int, mark: str) -> list[str]:
    """The picture in ``column``, and the other cells without the name of a split ("TRAIN")."""
    rest = [cell for place, cell in enumerate(cells) if place != column]
    kept = [cell for cell in rest if cell.strip() and not SPLIT.fullmatch(cell.strip())]
    return [*cells[column : column + 1], mark.join(kept)]


def is_measured(words: str, mark: str | None) -> bool:
    """Whether only numbers follow the first of ``words``."""
    rest = words.split(mark)[1:]
    return bool(rest) and all(cell.strip().replace(".", "").isdecimal() for cell in rest)

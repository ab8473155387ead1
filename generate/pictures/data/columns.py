"""What the columns of a row mean, the same in a hub's set, a CSV and a metadata.jsonl."""

import ast
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

from generate.pictures.data.naming import tidy

CAPTIONS = (
    "text texts caption captions sentences sentence description descriptions prompt prompts comment"
    " comments positive_prompt alt_text alt txt"
).split()
NUMBERED = re.compile(
    r"(caption|text|sentence|description|comment)s?[-_ ]?\d+"
    r"|(caption|description)s?_(short|long|brief|detailed|full)"
)
# Of captions in several languages English ones are read first, then those of any one.
ENGLISH = re.compile(r"(caption|text|sentence|description|prompt)s?[-_](en|eng|english)|en_caption")
NAMED = re.compile(r"(caption|description)s?_\w+|\w+_(caption|description)s?")
# Keys of the rows that a caption may be itself, as in the splits of Karpathy: {"raw": "a dog"}.
INNER = ("raw", "text", "caption", "sentence", "string", "en")
LABELS = (
    "label_name label_names class_name class_names category_name common_name english_name"
    " vernacular_name species animal breed fine_label label labels class classes category"
    " categories coarse_label label_text choice choices class_title rectanglelabels polygonlabels"
    " brushlabels target_name target kind subject scientific_name latin_name binomial taxon"
).split()
# ImageNet's own listing: a synset and four edges, again and again.
PREDICTED = re.compile(r"(n\d{8}( -?\d+){4}\s*)+")
SYNSETS = re.compile(r"n\d{8}")
LABEL = re.compile(r"prediction_string|(.*_)?(label|class|species|breed|animal|category)(_name)?s?")
# Columns of numbers that a table may name; other ids tell one animal from the next.
LABEL_ID = re.compile(r"(label|class|species|breed|category)[-_]?(id|idx|index|no|number)")
# Tags, where nothing else is said of a picture, and how boorus write them, one word each.
TAGGED = re.compile(r"tag_string(_general)?|(\w+_)?tags?|keywords?")
BOORU = re.compile(r"(?=.*\w_\w)[^\s,;]+( [^\s,;]+)+")
# Addresses, paths, dates and times.
PLAIN = re.compile(r"://|^\S*[/\\]\S*$|\d{4}[-:/]\d\d[-:/]\d\d")
# Columns of sentences that are not about what is seen.
BESIDE = re.compile(
    r"address|artist|attribution|author|camera|city|comment|copyright|country|credit|date|file|id$"
    r"|licen[cs]e|location|negative|owner|path|photographer|place|question|rights|site|source|split"
    r"|time|ur[il]|user|model|sampler|error|status",
    re.IGNORECASE,
)
# Who answers in talks about pictures, as models are taught with.
ANSWERING = tuple("assistant gpt model".split())
OBJECTS = re.compile(
    r"objects?|annotations?|bbox(es)?|boxes|detections?|faces|instances|shapes|regions"
    r"|region_attributes|file_attributes|results?|value|\w+_metadata"
)
FILES = (
    "file_name filename file filepath filepaths file_path path image image_name image_path"
    " image_file imagename img img_name img_path photo picture image_id img_id source_ref location"
    " uri url image_url relative_path id name"
).split()
PICTURES = "image picture photo jpg png jpeg webp img images pictures photos original".split()
MASK = re.compile(r"mask|depth|seg|trimap|annotation|label|thumb|conditioning|edge|sketch")


@lru_cache(maxsize=4096, typed=True)
def fold_key(key: object) -> str:
    """A column's name in small letters, its words joined by underscores: "commonName" too.

    Of "Input.image_url", "#filename" and "<CAPTION>" the name alone.
    """
    bare = re.sub(r"^\W+|\W+$", "", str(key))
    parted = re.sub(r"(?<=[a-z])(?=[A-Z][a-z]|I[dD]\b)", "_", bare.rpartition(".")[2])
    return "_".join(parted.casefold().replace("-", "_").split())


def fold_keys(row: Mapping[str, Any]) -> dict[str, Any]:
    """``row`` by the folded names of its columns."""
    return {fold_key(key): value for key, value in row.items()}


def find_captions(row: Mapping[str, Any]) -> tuple[str, ...]:
    """What a row says of its picture, each caption once: of the first kind of column that has any.

    A column may hold one text, several, or rows of them; several columns may be numbered
    ("caption_0", "caption_1"), or be of a language each ("caption_en", "caption_de").
    """
    cells = fold_keys(row)
    numbered = sorted(filter(NUMBERED.fullmatch, cells), key=lambda key: (len(key), key))
    kinds = [[key] for key in CAPTIONS if key in cells]
    kinds += [numbered, list(filter(ENGLISH.fullmatch, cells))]
    kinds += [[key for key in cells if key.endswith(("_caption", "_captions"))]]
    kinds += [[key] for key in filter(NAMED.fullmatch, cells)]
    for keys in kinds:
        found = [told for key in keys for told in list_texts(cells[key])]
        if found:
            return tuple(dict.fromkeys(found))
    turns = [cells.get(key) for key in ("conversations", "messages")]
    answers = [
        turn.get("value") or turn.get("content")
        for turn in chain.from_iterable(some for some in turns if isinstance(some, list))
        if isinstance(turn, Mapping) and (turn.get("from") or turn.get("role")) in ANSWERING
    ]
    return tuple(dict.fromkeys(list_texts(answers)))


def read_words(
    row: Mapping[str, Any], kinds: Mapping[str, Any] | None = None
) -> tuple[tuple[str, ...], list[str]]:
    """The captions and the classes of a row; of one with neither, its tags are its caption.

    ``kinds`` as in `find_labels`.
    """
    texts, labels = find_captions(row), find_labels(row, kinds)
    return (texts, labels) if texts or labels else (find_tagged(row), labels)


def find_tagged(row: Mapping[str, Any]) -> tuple[str, ...]:
    """One caption of a row's tags, as boorus and albums have them: "owl, tree branch"."""
    cells = fold_keys(row)
    for key in filter(TAGGED.fullmatch, cells):
        cell = cells[key]
        if isinstance(cell, str) and (key.startswith("tag_string") or BOORU.fullmatch(cell)):
            cell = [tag.replace("_", " ") for tag in cell.split()]
        told = ", ".join([cell] if isinstance(cell, str) else list_texts(cell))
        if told := tidy(told):
            return (told,)
    return ()


def guess_caption(rows: Sequence[Mapping[str, Any]]) -> str | None:
    """The column that holds sentences by what stands in it, whatever it is called; None for none.

    Addresses, dates and single words are no sentences; of two such columns the wordier counts.
    """
    words: dict[str, int] = {}
    for row in rows:
        for key, cell in row.items():
            likely = isinstance(cell, str) and not PLAIN.search(cell) and is_of_sight(key)
            words[key] = words.get(key, 0) + (len(str(cell).split()) if likely else 0)
    best = max(words, key=lambda key: words[key], default=None)
    if best is None or words[best] < 2.5 * len(rows):
        return None
    # One text for all, or one for each of a few groups, is none of a picture.
    return best if len({str(row.get(best)) for row in rows}) > len(rows) / 2 else None


def is_of_sight(key: str) -> bool:
    """Whether a column may say what is seen, by its name."""
    return not BESIDE.search(key)


def list_texts(value: Any) -> list[str]:
    """The texts in a cell: one, those of a list, or those of rows of a list."""
    if isinstance(value, str):
        return [told] if (told := tidy(value)) else []
    if isinstance(value, Mapping):
        return next((list_texts(value[key]) for key in INNER if value.get(key)), [])
    if isinstance(value, Iterable) and not isinstance(value, bytes):
        return [told for item in value for told in list_texts(item)]
    return []


def unquote(cell: str) -> str:
    """A cell without quotes around it, or one that never closes; doubled ones within it single."""
    if cell[:1] == '"' and cell.count('"') % 2:
        return cell[1:]
    whole = len(cell) > 1 and cell[0] == cell[-1] == '"' and '"' not in cell[1:-1].replace('""', "")
    return cell[1:-1].replace('""', '"') if whole else cell


def read_cell(cell: str) -> str | list[str] | dict[str, Any]:
    """A cell of a CSV; a list of texts or a row where it spells one: '["a dog", "a brown dog"]'."""
    if cell[:1] + cell[-1:] in ("[]", "{}"):
        for read in (json.loads, ast.literal_eval):
            try:
                found = read(cell)
            except (ValueError, SyntaxError, RecursionError, MemoryError):
                continue
            if isinstance(found, dict) or (
                isinstance(found, list) and all(isinstance(item, str) for item in found)
            ):
                return found
    return cell


def find_labels(row: Mapping[str, Any], kinds: Mapping[str, Any] | None = None) -> list[str]:
    """The classes of a row's picture, from the first column that names any; else their numbers.

    ``kinds`` are the features of a hub's columns, which know the names that numbers stand for.
    """
    cells, known = fold_keys(row), fold_keys(kinds or {})
    keys = [key for key in LABELS if key in cells]
    keys += [key for key in cells if LABEL.fullmatch(key) and key not in keys]
    keys += [key for key in cells if LABEL_ID.fullmatch(key) and str(cells[key]).isdecimal()]
    numbers: list[str] = []
    if str(cells.get("confidence")) in ("0", "0.0"):
        return []  # Open Images keeps what people did not find
    for key in keys:
        found = list(dict.fromkeys(name_labels(cells[key], known.get(key))))
        if any(not told.isdecimal() for told in found):
            return found
        numbers = numbers or found
    objects = find_objects(cells, known) or find_flags(cells)
    return objects if not numbers or any(not told.isdecimal() for told in objects) else numbers


def find_objects(cells: Mapping[str, Any], known: Mapping[str, Any]) -> list[str]:
    """The classes of what a detector is taught to find in a picture: {"category": [3, 3, 5]}."""
    for key in filter(OBJECTS.fullmatch, cells):
        kind = known.get(key)
        inner = getattr(kind, "feature", kind)  # a list of rows, or a row of lists
        rows = cells[key] if isinstance(cells[key], list) else [cells[key]]
        if rows and isinstance(rows[0], Mapping) and all(k.isdecimal() for k in map(str, rows[0])):
            rows = list(rows[0].values())  # rows by number
        kinds = inner if isinstance(inner, Mapping) else None
        found = [
            told for row in rows if isinstance(row, Mapping) for told in find_labels(row, kinds)
        ]
        if not found and key.endswith("_attributes"):  # by names of the person's own
            found = [told for row in rows for told in row.values() if isinstance(told, str)]
        if found:
            return list(dict.fromkeys(found))
    return []


def find_flags(cells: Mapping[str, Any]) -> list[str]:
    """The classes that a row of marks says yes to: {"flags": {"owl": true}} (LabelMe)."""
    flags = cells.get("flags")
    return (
        [tidy(key) for key, cell in flags.items() if cell is True]
        if isinstance(flags, dict)
        else []
    )


def name_labels(value: Any, kind: Any = None) -> list[str]:
    """The labels of a cell, by the names of its column where it has any; [] where none is told.

    Sets for contests give -1 where the answer is kept back; true and false name nothing.
    """
    if isinstance(value, list | tuple):
        inner = getattr(kind, "feature", None)
        return [told for item in value for told in name_labels(item, inner)]
    if isinstance(value, bool) or value is None:
        return []
    if isinstance(value, int) and not hasattr(kind, "int2str"):
        return [str(value)] if value >= 0 else []
    if isinstance(value, int):
        try:
            return [kind.int2str(value)]
        except ValueError:
            return []
    if isinstance(value, str) and PREDICTED.fullmatch(value):
        return SYNSETS.findall(value)
    return [told] if isinstance(value, str) and (told := tidy(value)) else []


def choose_picture(columns: Iterable[str], first: Mapping[str, Any]) -> str:
    """The column to take pictures from: by its name, else the one whose cell in ``first`` is
    largest; masks and thumbnails last."""

    def rank(key: str) -> tuple[int, bool, int, str]:
        name = key.strip().casefold()
        place = PICTURES.index(name) if name in PICTURES else len(PICTURES)
        return place, bool(MASK.search(name)), -measure(first.get(key)), key

    return min(columns, key=rank)


def measure(cell: Any) -> int:
    """How much a picture's cell holds, in bytes, or in pixels where it is a picture already."""
    if isinstance(cell, Mapping):
        return len(cell.get("bytes") or b"")
    if isinstance(cell, bytes):
        return len(cell)
    width, height = getattr(cell, "size", (0, 0))
    return int(width * height)

"""Write one line of a person's front matter: that line changes, every other byte stays.

Line ends, a byte order mark, remarks, quoted values and a missing last line end are kept. What the
file held before goes to the trash.
"""

import json
import re
import shutil
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from generate.cards import TEXTS
from generate.errors import Refusal
from generate.front_matter import make_plain, split_front_matter
from generate.keeping.replace import Changed, taking_over
from generate.recipe import digest_bytes, digest_file

OPENING = re.compile(r"\ufeff?\s*---[ \t]*(\r?\n)")
CLOSING = re.compile(r"^(?:---|\.\.\.)[ \t]*\r?$", re.MULTILINE)
# Texts that need no quotes in a line, and within brackets.
PLAIN, WITHIN = r"[A-Za-z][\w.'+-]*(,? [A-Za-z0-9][\w.'+-]*)*", r"[A-Za-z][\w.-]*"


class Place(NamedTuple):
    """Where something is written into a text: instead of what is between ``start`` and ``end``."""

    start: int
    end: int
    text: str


def find_seen(path: Path) -> str | None:
    """The digest of a file as it is read now; None where there is none."""
    return digest_file(path) if path.is_file() else None


def open_seen(path: Path, seen: str | None) -> tuple[bytes, dict[str, Any], str]:
    """The bytes of a file that is to be written, its front matter and its body.

    Raises `Refusal` for a link, for a file that is another than was ``seen``, and for one that
    cannot be read.
    """
    if path.is_symlink():
        raise Refusal(f"{path}: is a link; change the file that it leads to")
    data = path.read_bytes() if path.is_file() else b""
    if seen != (digest_bytes(data) if path.is_file() else None):
        raise refuse_changed(path)
    front, body = split_front_matter(path, TEXTS) if seen else ({}, "")
    return data, front, body


def write_line(home: Path, path: Path, key: str, value: Any, seen: str | None) -> None:
    """Let ``key`` be ``value`` in the front matter of ``path``, below ``home``; None: no such line.

    ``seen`` is its digest as it was read (`find_seen`). Raises `Refusal` where the file is another
    by now, where it cannot be read, or where the value stands there in a form of several lines with
    remarks; nothing is written then.
    """
    data, front, body = open_seen(path, seen)
    wanted = trim({name: held for name, held in front.items() if name != key})
    if front.get(key) == value and type(front.get(key)) is type(value):
        if value is not None or key not in front:
            return
    text = data.decode("utf-8")
    place = find_place(path, text, key, value)
    text = text[: place.start] + place.text + text[place.end :]
    try:
        known = {seen} if seen else set[str]()
        with taking_over(home, path, f"{key}: was written into it", known) as temporary:
            temporary.write_bytes(text.encode("utf-8"))
            if seen:
                shutil.copymode(path, temporary)
            if read_back(temporary, key) != (wanted, body, value):
                raise refuse_form(path, key)
    except Changed:
        raise refuse_changed(path) from None


def read_back(path: Path, key: str) -> tuple[dict[str, Any], str, Any] | None:
    """Front matter without ``key``, the body, the value of ``key``; None if it cannot be read."""
    try:
        front, body = split_front_matter(path, TEXTS)
    except Refusal:
        return None
    value = front.pop(key, None)
    return trim(front), body, value


def trim(front: dict[str, Any]) -> dict[str, Any]:
    """Front matter without the line end after a block of text, which the last key has not."""
    return {k: v.rstrip("\n") if isinstance(v, str) else v for k, v in front.items()}


def refuse_changed(path: Path) -> Refusal:
    """What is said where a person was faster."""
    return Refusal(f"{path}: was changed since it was read; nothing is written, run it again")


def refuse_form(path: Path, key: str) -> Refusal:
    """What is said where a line cannot be changed alone."""
    return Refusal(
        f"{path}: {key}: stands there in a form that is not changed by itself; "
        "write it on one line, or change it by hand"
    )


def find_place(path: Path, text: str, key: str, value: Any) -> Place:
    """Where in the ``text`` of a file the line of ``key`` is to be written, and what."""
    opening = OPENING.match(text)
    if opening is None:
        end = "\r\n" if "\r\n" in text else "\n"
        start = 1 if text.startswith("\ufeff") else 0
        blank = end if text[start:].strip() and not text[start:].startswith(("\r", "\n")) else ""
        return Place(start, start, f"---{end}{key}: {spell(value)}{end}---{end}{blank}")
    end, above = opening[1], opening.end()
    closing = CLOSING.search(text, above)
    assert closing is not None, "it was read"
    written = text[above : closing.start()]
    plain = make_plain(written, TEXTS)
    found = find_pair(plain, key)
    if found is None:
        return Place(closing.start(), closing.start(), f"{key}: {spell(value)}{end}")
    span = find_span(path, key, plain, *found)
    start, stop = (above + place for place in find_written(written, plain, span))
    if value is not None:
        return Place(start, stop, f" {spell(value)}")
    line = text.rfind("\n", 0, start) + 1
    after = text.find("\n", stop)
    return Place(line, closing.start() if after < 0 else after + 1, "")


def find_pair(text: str, key: str) -> tuple[yaml.Node, yaml.Node] | None:
    """The nodes of ``key`` and of its value in the YAML ``text``; None if it has none."""
    root = yaml.compose(text, Loader=yaml.BaseLoader)
    pairs = root.value if isinstance(root, yaml.MappingNode) else []
    return next((pair for pair in pairs if str(pair[0].value) == key), None)


def find_written(written: str, plain: str, span: tuple[int, int]) -> tuple[int, int]:
    """Where in the ``written`` lines a value is that has its ``span`` in the ``plain`` ones.

    Of a line that is written otherwise the value is all behind the colon.
    """
    places = []
    lines, told = written.split("\n"), plain.split("\n")
    for place, ends in zip(span, (False, True), strict=True):
        number, column = plain.count("\n", 0, place), place - plain.rfind("\n", 0, place) - 1
        line, rest = lines[number], told[number][column:]
        if line != told[number]:
            colon = re.search("[:：]", line)
            assert colon is not None, "it is the line of a key"
            same = bool(rest.strip()) and line.endswith(rest)
            end = len(line) - len(rest) if same else len(line.rstrip())
            column = end if ends else colon.end()
        places.append(sum(len(one) + 1 for one in lines[:number]) + column)
    return places[0], places[1]


def find_span(path: Path, key: str, text: str, name: yaml.Node, node: yaml.Node) -> tuple[int, int]:
    """From behind the colon to the end of the value. `Refusal` where that is not a value alone."""
    colon = text.index(":", name.end_mark.index) + 1
    last = node
    while isinstance(last, yaml.CollectionNode) and not last.flow_style and last.value:
        last = last.value[-1][1] if isinstance(last, yaml.MappingNode) else last.value[-1]
    if isinstance(last, yaml.ScalarNode) and last.style in ("|", ">"):
        raise refuse_form(path, key)
    stop = max(colon, last.end_mark.index)
    if last is not node and "#" in text[colon:stop]:
        raise refuse_form(path, key)
    return colon, stop


def spell(value: Any, pattern: str = PLAIN) -> str:
    """A value as YAML on one line: true or false, a number, text, a list, a mapping."""
    if isinstance(value, dict):
        return (
            "{" + ", ".join(f"{name}: {spell(part, WITHIN)}" for name, part in value.items()) + "}"
        )
    if isinstance(value, list):
        return "[" + ", ".join(spell(part, WITHIN) for part in value) + "]"
    if isinstance(value, str) and re.fullmatch(pattern, value):
        return value
    return json.dumps(value, ensure_ascii=False)

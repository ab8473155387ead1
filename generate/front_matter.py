"""Read Markdown with front matter, as people write it: postcard.md and the pages."""

import re
from pathlib import Path
from typing import Any

import yaml

from generate.errors import Refusal
from generate.safety.plain_yaml import LETTERS, load_yaml

FRONT_MATTER = re.compile(
    r"\A---[ \t]*\n(.*?)(?:\n)?^---[ \t]*$\n?(.*)\Z", re.DOTALL | re.MULTILINE
)
# Values that front matter may hold, and bytes that the whole file may have.
MANY, LONGEST = 10_000, 256 * 1024


def split_front_matter(path: Path) -> tuple[dict[str, Any], str]:
    """Front matter and body of a Markdown file; `Refusal` names file and line of a fault."""
    if path.stat().st_size > LONGEST:
        raise Refusal(f"{path}: is longer than {LONGEST:,} bytes; shorten it")
    try:
        text = path.read_text(encoding="utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise Refusal(f"{path}: is not UTF-8 text; save it as UTF-8") from None
    match = FRONT_MATTER.match(text)
    if not match:
        if text.startswith("---"):
            raise Refusal(f"{path}: the front matter has no closing ---; add the line")
        return {}, text.strip()
    if len(match[1]) > LETTERS:
        raise Refusal(f"{path}: front matter is longer than {LETTERS:,} letters; shorten it")
    try:
        front = load_yaml(match[1])
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" at line {mark.line + 2}" if mark else ""
        problem = getattr(error, "problem", None) or "not valid YAML"
        hint = "" if ";" in problem else "; quote the value?"
        raise Refusal(f"{path}: front matter{where}: {problem}{hint}") from None
    except ValueError as error:  # a day that no calendar has, a number without end
        problem = str(error).split(";")[0]
        raise Refusal(f"{path}: front matter: {problem}; quote the value?") from None
    except RecursionError:
        raise Refusal(f"{path}: front matter is nested too deeply; make it flatter") from None
    if front is None:
        front = {}
    if count_values(front) > MANY:
        raise Refusal(f"{path}: front matter holds more than {MANY:,} values; shorten it")
    if not isinstance(front, dict):
        raise Refusal(f"{path}: front matter must be lines of the form key: value")
    return {str(key): value for key, value in front.items()}, match[2].strip()


def count_values(value: Any) -> int:
    """How many values YAML holds, counted wherever an alias repeats them.

    Ends soon after `MANY`, for an alias may stand within what it repeats.
    """
    count, rest = 0, [value]
    while rest and count <= MANY:
        count += 1
        value = rest.pop()
        if isinstance(value, dict | list | set | tuple):
            rest += value
        if isinstance(value, dict):
            rest += value.values()
    return count

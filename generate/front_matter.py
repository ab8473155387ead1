"""Read Markdown with front matter, as people write it: postcard.md and the pages.

Text is read as it is written: a title 007 or No stays what it is. Other values follow the core
schema of YAML 1.2.2 (section 10.3).
"""

import re
from collections.abc import Collection
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from generate.errors import Refusal
from generate.safety.plain_yaml import LETTERS

FRONT_MATTER = re.compile(
    r"\A---[ \t]*\n(.*?)(?:\n)?^(?:---|\.\.\.)[ \t]*$\n?(.*)\Z", re.DOTALL | re.MULTILINE
)
# A line of dashes that is none of front matter, before a line that is of it.
FENCE = re.compile(r"([-‐-―−]+[ \t]*)\n\s*[\w-]+[ \t]*[:：]")
# Front matter below something else: a remark, a heading, the fence of a code block.
LOW = re.compile(r"\A(?:.*\n){1,8}?---[ \t]*\n([\w-]+):[ \t].*\n(?:.*\n)*?---[ \t]*$", re.MULTILINE)
# Values that YAML cannot hold without quotes, and that no one means but as text: "@home", "- so",
# '"Owls" and more', "[Night] walk", "'tis late".
ODD = re.compile(
    r"[@`%].*|[-?] .*|\"(?:[^\"\\]|\\.)*\"\s*[^\s#].*|"
    r"\[[^\[\]]*\]\s*[^\s#].*|\{[^{}]*\}\s*[^\s#].*|'\w[^']*"
)
TEXT = re.compile(r"([\w-]+): +(\S(?:.*\S)?)\s*")
TIGHT = re.compile(r"^[\w-]{1,40}:(?!/)[^\s:].{0,20}", re.MULTILINE)
BARE = re.compile(r"([a-z_]+): \S")
# YAML allows tabs after a colon, PyYAML does not; other blanks, and the colon of Chinese and
# Japanese keyboards, come by word processors and copying.
BLANKS = "\t \u00a0\u2000-\u200b\u202f\u3000\ufeff"
KEY = re.compile(
    rf"^([\w-]+)(?:[ ]*:[ ]*[{BLANKS[0]}{BLANKS[2:]}][{BLANKS}]*|[ ]?：[{BLANKS}]*)", re.MULTILINE
)
# Values that front matter may hold, and the bytes of the whole file.
MANY, LONGEST = 10_000, 256 * 1024
# Digits of a number to other bases than ten, of which Python itself reads no more than 4300.
DIGITS = 1000
NOTHING = {"", "~", "null", "Null", "NULL"}
TRUTH = {
    word: word[0] == "t" for way in ("true", "false") for word in (way, way.title(), way.upper())
}
# Keys that say yes or no, where people also write the words of YAML 1.1.
FLAGS, YES, NO = {"hidden", "keep"}, {"yes", "on", "y"}, {"no", "off", "n"}
NUMBER = re.compile(r"[-+]?(\.\d+|\d+(\.\d*)?)(e[-+]?\d+)?|[-+]?\.inf|\.nan", re.IGNORECASE)
DATE = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)([T ].*)?")
PLAIN_TAGS = {f"tag:yaml.org,2002:{kind}" for kind in ("str", "seq", "map")}


class Front(dict[str, Any]):
    """Front matter: value by key; ``lines`` has the line of each key in its file, from 1."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[str, int] = {}


class Fault(Exception):
    """What is wrong with front matter, and its line in the YAML, from 0."""

    def __init__(self, problem: str, line: int) -> None:
        super().__init__(problem)
        self.line = line


def split_front_matter(path: Path, texts: Collection[str] = ()) -> tuple[Front, str]:
    """Front matter and body of a Markdown file; `Refusal` names file and line of a fault.

    The keys ``texts`` hold text, as it is written, also in lists and mappings below them.
    """
    if path.stat().st_size > LONGEST:
        raise Refusal(f"{path}: is longer than {LONGEST:,} bytes; shorten it")
    try:
        whole = path.read_text(encoding="utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise Refusal(f"{path}: is not UTF-8 text; save it as UTF-8") from None
    if re.search(r"^<{7} ", whole, re.M) and (end := re.search(r"^>{7} ", whole, re.M)):
        line = 1 + whole[: end.start()].count("\n")
        raise Refusal(f"{path}: holds git's conflict markers up to line {line}; choose one side")
    text = whole.lstrip()
    match = FRONT_MATTER.match(text)
    if not match:
        if re.match(r"---[ \t]*\n", text):
            raise Refusal(f"{path}: the front matter has no closing ---; add the line")
        if found := FENCE.match(text):
            line = 1 + whole[: len(whole) - len(text)].count("\n")
            raise Refusal(
                f"{path}: line {line} is {found[1].strip()}, perhaps made so by a word processor; "
                "front matter stands between two lines of three hyphens, ---"
            )
        if re.match(r"\+\+\+[ \t]*\n", text):
            raise Refusal(
                f"{path}: front matter between +++ is TOML; write lines key: value between ---"
            )
        if (found := LOW.match(text)) and found[1] in {*texts, *FLAGS}:
            raise Refusal(
                f"{path}: front matter stands below something else; move what is above the first "
                "--- below the second"
            )
        if texts and re.match(rf"\{{\s*\"({'|'.join(sorted(texts))})\"\s*:", text):
            raise Refusal(
                f"{path}: front matter in JSON is not read; write lines key: value between ---"
            )
        if texts and (found := BARE.match(text)) and (found[1] in texts or found[1] in FLAGS):
            raise Refusal(
                f"{path}: {found[1]} stands outside front matter; set a line --- before and after "
                "such lines"
            )
        return Front(), text.strip()
    if len(match[1]) > LETTERS:
        raise Refusal(f"{path}: front matter is longer than {LETTERS:,} letters; shorten it")
    above = whole[: len(whole) - len(text)].count("\n") + 2
    try:
        front = read_yaml(match[1], texts)
    except yaml.reader.ReaderError as error:
        line = match[1].count("\n", 0, error.position) + above
        told = f"U+{int(error.character):04X} is not allowed; remove it"
        raise Refusal(f"{path}: front matter at line {line}: {told}") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" at line {mark.line + above}" if mark else ""
        problem = getattr(error, "problem", None) or "not valid YAML"
        tight = TIGHT.search(match[1])
        hint = (
            f"a space is missing after the colon of {tight[0]!r}?" if tight else "quote the value?"
        )
        hint = "use spaces instead of the tab" if "'\\t'" in problem else hint
        raise Refusal(f"{path}: front matter{where}: {problem}; {hint}") from None
    except Fault as fault:
        raise Refusal(f"{path}: front matter at line {fault.line + above}: {fault}") from None
    except RecursionError:
        raise Refusal(f"{path}: front matter is nested too deeply; make it flatter") from None
    if front is None:
        line, said = find_unlike(match[1])
        raise Refusal(
            f"{path}: front matter at line {line + above}: {said!r} is not of the form key: value"
        )
    front.lines = {key: line + above for key, line in front.lines.items()}
    return front, match[2].strip()


def read_yaml(text: str, texts: Collection[str]) -> Front | None:
    """Front matter in YAML, lines from 0; None if it is no mapping. Raises `Fault`, `YAMLError`."""
    text = make_plain(text, texts)
    # The base loader takes every scalar for text and makes no objects.
    root, front = yaml.compose(text, Loader=yaml.BaseLoader), Front()
    if root is None:
        return front
    if count_values(root) > MANY:
        raise Fault(f"holds more than {MANY:,} values; shorten it", 0)
    if not isinstance(root, yaml.MappingNode):
        return None
    for key, node in root.value:
        name = read_key(key, front)
        if name in texts:
            check_text(text, name, key, node)
        front[name] = read_value(node, name in texts, name in FLAGS)
        front.lines[name] = key.start_mark.line
        if name in FLAGS and not isinstance(front[name], bool | None):
            raise Fault(f"{name} is true or false, not {node.value}", front.lines[name])
    return front


def make_plain(text: str, texts: Collection[str]) -> str:
    """YAML as people write it, ``text``, as YAML has it; each line stays a line."""
    bare = re.sub(r"^[\u200b\u2060\ufeff]+", "", text, flags=re.MULTILINE)
    return quote_texts(KEY.sub(r"\1: ", bare), texts)


def quote_texts(text: str, texts: Collection[str]) -> str:
    """``text`` with quotes round what a person wrote as text and YAML takes for more.

    Values on one line of the keys ``texts``: "Night watch: part two" has a colon, 'It's raining'
    a quote of its own. All that YAML reads as it stands is left.
    """
    lines = text.split("\n")
    for at, line in enumerate(lines):
        found = TEXT.fullmatch(line)
        goes_on = at + 1 < len(lines) and lines[at + 1][:1].isspace()
        if found is None or found[1] not in texts or goes_on:
            continue
        value = found[2]
        quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
        inner = value[1:-1] if quoted else value
        if quoted and value[0] == "'":
            odd = "'" in inner.replace("''", "")
        elif quoted:
            odd = '"' in re.sub(r"\\.", "", inner)
        else:
            colon = bool(re.search(r":(\s|$)", value)) and " #" not in value
            lone = re.match(r"!(\s|$)", value)
            odd = bool(lone or ODD.fullmatch(value)) or (value[0] not in "'\"[{|>&*!%@`#" and colon)
        if odd:
            inner = inner.replace("''", "'") if quoted and value[0] == "'" else inner
            lines[at] = f"{found[1]}: '" + inner.replace("'", "''") + "'"
    return "\n".join(lines)


def find_unlike(text: str) -> tuple[int, str]:
    """The first line of ``text``, from 0, that gives no key a value, and how it begins."""
    lines = text.split("\n")
    told = (at for at, line in enumerate(lines) if line.strip() and not re.search(r":(\s|$)", line))
    at = next(told, 0)
    return at, lines[at].strip()[:40]


def read_key(key: yaml.Node, known: Collection[str]) -> str:
    """The name of a key; `Fault` if it stands there twice or is not text."""
    line = key.start_mark.line
    if not isinstance(key, yaml.ScalarNode) or key.tag not in PLAIN_TAGS:
        raise Fault("a key must be plain text; quote it", line)
    name = str(key.value)
    if name == "<<":
        raise Fault("<< is not read; write out what it stands for", line)
    if name in known:
        raise Fault(f"{name} stands here twice; keep one of the two lines", line)
    return name


def check_text(text: str, name: str, key: yaml.Node, node: yaml.Node) -> None:
    """Raise `Fault` where YAML takes signs of a plain text for its own."""
    if not isinstance(node, yaml.ScalarNode) or node.style is not None:  # quoted, or no text
        return
    if re.match(r"[ \t]+#\S", text[node.end_mark.index :]):
        raise Fault(f"{name}: what follows # would be lost; quote the value", node.end_mark.line)
    if re.match(r"[ \t]*:[ \t]*&", text[key.end_mark.index :]):
        raise Fault(f"{name}: & has a meaning of its own; quote the value", key.end_mark.line)


def read_value(node: yaml.Node, as_text: bool, flag: bool = False) -> Any:
    """The value of a node; ``as_text`` leaves scalars as they are written, None where empty."""
    if node.tag not in PLAIN_TAGS:
        raise Fault(f"the tag {node.tag} is not read; quote the value", node.start_mark.line)
    if isinstance(node, yaml.SequenceNode):
        return [read_value(part, as_text) for part in node.value]
    if isinstance(node, yaml.MappingNode):
        found: dict[str, Any] = {}
        for key, part in node.value:
            name = read_key(key, found)
            found[name] = read_value(part, as_text)
        return found
    text = str(node.value)
    if not isinstance(node, yaml.ScalarNode) or node.style is not None:  # quoted
        return text
    if as_text:
        return text or None
    if flag and text.lower() in YES | NO:
        return text.lower() in YES
    try:
        return read_plain(text)
    except ValueError as error:  # a number without end
        problem = str(error).split(";")[0]
        raise Fault(f"{problem}; quote the value?", node.start_mark.line) from None


def read_plain(text: str) -> Any:
    """A plain scalar by the core schema: nothing, yes or no, a number, else text."""
    if text in NOTHING:
        return None
    if text in {"true", "True", "TRUE", "false", "False", "FALSE"}:
        return text.lower() == "true"
    if re.fullmatch(r"[-+]?\d+", text):
        return int(text)
    if re.fullmatch(r"0o[0-7]+|0x[0-9a-fA-F]+", text):
        if len(text) > DIGITS:
            raise ValueError(f"a number of {len(text):,} digits")
        return int(text, 0)
    number = NUMBER.fullmatch(text)
    return float(text.lower().replace(".i", "i").replace(".n", "n")) if number else text


def count_values(root: yaml.Node) -> int:
    """How many values YAML holds, counted wherever an alias repeats them.

    Ends soon after `MANY`, for an alias may stand within what it repeats.
    """
    count, rest = 0, [root]
    while rest and count <= MANY:
        count += 1
        node = rest.pop()
        if isinstance(node, yaml.SequenceNode):
            rest += node.value
        elif isinstance(node, yaml.MappingNode):
            rest += [part for pair in node.value for part in pair]
    return count


def read_date(text: str) -> str:
    """A day as people write it, with or without a time, as 2026-05-01; ValueError if it is none."""
    match = DATE.fullmatch(text.strip())
    if match is None:
        raise ValueError(text)
    return date(*(int(part) for part in match.groups()[:3])).isoformat()

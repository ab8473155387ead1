"""Find the cards in what a model wrote, however it wrapped them; text in, plain values out.

Small models put prose around their JSON, or write Python or JavaScript instead. What can be read
without guessing at the meaning is read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

LONGEST = 200_000  # letters that are looked at
TRIES = 400  # places at which JSON may begin
DEPTH = 9
NUMBERS = ("card", "number", "card_number", "id", "no")
# What stands between a model's thoughts and its answer, by the makers of models.
THOUGHT = re.compile(
    r"</(?:think|thinking|thought|reasoning)>|\[/THINK\]|◁/think▷|<\|end_of_thought\|>"
    r"|<\|channel\|>final(?:<\|constrain\|>\w*)?<\|message\|>",
    re.IGNORECASE,
)
OPEN = re.compile(r"[\[{]")
# A part of loosely written JSON: a string, a comment or a comma too many, a bare word.
LOOSE = re.compile(
    r"""("(?:[^"\\]|\\.)*")|'((?:[^'\\]|\\.)*)'|[“”„‟]([^“”„‟]*)[“”„‟]|"""
    r"""(//[^\n]*|\#[^\n]*|,(?=\s*[\]}]))|([A-Za-z_]\w*)""",
    re.DOTALL,
)
ESCAPED = re.compile(r'\\.|"', re.DOTALL)
WORDS = {name: name for name in ("true", "false", "null")}
WORDS |= {"True": "true", "False": "false", "None": "null", "undefined": "null"}
DECODER = json.JSONDecoder(strict=False)


def find_cards(text: str) -> list[tuple[int | None, dict[str, Any]]]:
    """What looks like a card, with its number where it has one; what is JSON comes first."""
    text = unwrap(text[:LONGEST])
    after = drop_thoughts(text)
    # Some go on thinking to the end, and answer there.
    text = after if "{" in after else text
    values, broken = read_values(text)
    if broken:
        # From the first brace on: an apostrophe before it would seem to begin a string.
        values += read_values(LOOSE.sub(tighten, text[text.find("{") :]))[0]
    return list(walk(values))


def drop_thoughts(text: str) -> str:
    """What a model wrote after its thoughts, or all of it where it marks none."""
    return text[max((end.end() for end in THOUGHT.finditer(text)), default=0) :]


def unwrap(text: str) -> str:
    """The text that a string of JSON holds, where an answer is one as a whole."""
    if text.lstrip().startswith('"'):
        with suppress(ValueError, RecursionError):
            found = json.loads(text)
            return found if isinstance(found, str) else text
    return text


def read_values(text: str) -> tuple[list[Any], bool]:
    """The objects and lists of JSON in a text, and whether others are broken.

    What stands whole inside a broken one is found too.
    """
    values: list[Any] = []
    at, broken = 0, False
    for _ in range(TRIES):
        found = OPEN.search(text, at)
        if not found:
            break
        try:
            value, at = DECODER.raw_decode(text, found.start())
            values.append(value)
        except (ValueError, RecursionError):
            at, broken = found.end(), True
    return values, broken


def tighten(part: re.Match[str]) -> str:
    """One part of loosely written JSON as JSON has it."""
    double, single, curled, needless, word = part.groups()
    if curled is not None:
        return json.dumps(curled, ensure_ascii=False)
    if double or needless:
        return double or ""
    if single is not None:
        return '"' + ESCAPED.sub(lambda m: {"\\'": "'", '"': '\\"'}.get(m[0], m[0]), single) + '"'
    return WORDS.get(word) or f'"{word}"'


def walk(
    value: Any, number: int | None = None, depth: int = 0
) -> Iterator[tuple[int | None, dict[str, Any]]]:
    """The cards inside a value; ``number`` is the one that it was listed under."""
    if isinstance(value, list) and depth < DEPTH:
        for item in value:
            yield from walk(item, None, depth + 1)
    elif isinstance(value, dict) and depth < DEPTH:
        fields = {str(key).strip().lower(): item for key, item in value.items()}
        own = [found for name in NUMBERS if (found := read_number(fields.get(name)))]
        if "clauses" in fields or read_number(fields.get("card")):
            yield (own[0] if own else number), fields
        else:
            for name, item in fields.items():
                yield from walk(item, read_number(name), depth + 1)


def read_number(value: Any) -> int | None:
    """A number from 1 up, written 3, 3.0, "3", "#3" or "card 3"; None for anything else."""
    if isinstance(value, str):
        found = re.search(r"[0-9]{1,4}", value[:40])
        value = int(found[0]) if found else 0
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, int) and value is not True and value > 0 else None

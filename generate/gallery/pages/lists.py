"""Indent lists as the Markdown library wants it: four spaces a level, however they were written.

The library knows no other indent, so a list nested by two spaces would be flat, and a list right
below a line of text would be part of that line. What belongs to which item is decided as CommonMark
decides it (0.31.2, section 5.2): by where the item's text begins.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import takewhile

# An item: its indent, its mark, the spaces behind it, its text.
ITEM = re.compile(r"( *)([-*+]|\d{1,9}\.)( +|$)(.*)")
RULE = re.compile(r" {0,3}([-*_])( *\1){2,} *")
FENCE = re.compile(r" {0,3}(```+|~~~+)")
# Lines that are no text which a list could be part of: headings, tables, quotes, HTML, definitions.
OTHER = re.compile(r" {0,3}([#>|<:]|\[\^|([-*+]|\d{1,9}\.)( |$))|.*\|")
WIDTH = 4
# GitHub's: a task is done or not; a quotation may be a note, a warning … (its help tells of both).
TASK = re.compile(r"^( *(?:[-*+]|\d{1,9}\.) +)\[([ xX])\](?= )")
ALERT = re.compile(r"^( {0,3}> ?)\[!(NOTE|TIP|IMPORTANT|WARNING|CAUTION)\] *$")


def indent_lists(lines: Iterable[str]) -> Iterator[str]:
    """``lines``, those of lists by four spaces a level and parted from the text above them."""
    fence, above, block, lines = "", "", False, list(lines)
    starts: list[int] = []  # where the text of each open item begins
    for at, line in enumerate(lines):
        blanks = line[: len(line) - len(line.lstrip())]
        line = blanks.expandtabs(WIDTH) + line.lstrip()
        found = FENCE.match(line)
        if fence or (found and not starts):
            if found and found[1].startswith(fence):
                fence = "" if fence else found[1]
            yield line
        elif not line.strip():
            block = False
            yield line
        else:
            line = spell_marks(line)
            # The library takes an item below the second paragraph of another for text.
            item = is_item(line)
            if interrupts(line, above, lines[at + 1 :]) if not starts else item and not block:
                yield ""
            block = block or item
            yield place_line(line, above, starts)
        above = line


def place_line(line: str, above: str, starts: list[int]) -> str:
    """One line at its level; ``starts`` is changed to the items that are open after it."""
    item = ITEM.fullmatch(line) if is_item(line) else None
    indent = len(line) - len(line.lstrip(" "))
    if item is None and above.strip() and starts and indent < starts[-1]:
        return line  # goes on with the paragraph above, wherever it begins
    while starts and indent < starts[-1]:
        starts.pop()
    inside = indent - (starts[-1] if starts else 0)
    level = WIDTH * len(starts)
    if item is None or inside >= WIDTH:  # text of an item, or code in it
        return " " * (level + inside) + line.lstrip(" ")
    behind = len(item[3])
    starts.append(indent + len(item[2]) + (behind if 1 <= behind <= WIDTH and item[4] else 1))
    return " " * level + line.lstrip(" ")


def is_item(line: str) -> bool:
    """Whether a line begins an item of a list: a rule of dashes does not."""
    return bool(ITEM.fullmatch(line)) and not RULE.fullmatch(line)


def interrupts(line: str, above: str, below: Iterable[str]) -> bool:
    """Whether a list begins right below a line of text; of numbers, only 1 begins one.

    A list of one item is none: under a message it is the name of who wrote it ("- Ada").
    """
    item = ITEM.fullmatch(line)
    if item is None or not is_item(line) or item[2] not in ("-", "*", "+", "1."):
        return False
    if not above.strip() or above.startswith(" " * WIDTH) or OTHER.match(above):
        return False
    rest = takewhile(str.strip, below)
    return bool(item[4]) and any((found := ITEM.match(r)) and found[1] == item[1] for r in rest)


def spell_marks(line: str) -> str:
    """A line's box of a task as a sign, and the head of an alert in words."""
    line = TASK.sub(lambda found: found[1] + ("☐" if found[2] == " " else "☑"), line)
    return ALERT.sub(lambda found: f"{found[1]}**{found[2].title()}**  ", line)

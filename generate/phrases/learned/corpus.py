"""Read content/corpus.txt: lines of a tongue of a person's own, one phrase a line.

Empty lines and lines that begin with # say nothing. corpus.txt beside this file is one to try with.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path

from generate.errors import Refusal
from generate.phrases.language.clashes import is_rude
from generate.recipe import derive_seed
from generate.settings import Settings

FILE = "corpus.txt"
SAMPLE = Path(__file__).with_name(FILE)
LEAST, MOST = 40, 20_000  # lines
LETTERS, WORDS = 120, 12  # at most, of a line
HELD = 10  # one line of so many is held out
ALIKE = 0.85  # a line so like one of the corpus counts as its copy (1: the same)


@dataclass(frozen=True)
class Corpus:
    """The different lines that are learnt, those held out, and how many were left out and why."""

    learnt: tuple[str, ...]
    held: tuple[str, ...]
    left_out: tuple[str, ...] = ()


def read_corpus(settings: Settings) -> Corpus:
    """The lines of the jungle's corpus, one of ten held out, the same ones every time.

    Raises `Refusal` where there is no such file, or where it has fewer than `LEAST` lines.
    """
    path = settings.content / FILE
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise Refusal(
            f"{path}: no such file; write at least {LEAST} phrases of your tongue into it, one a "
            f"line (to try it, copy {SAMPLE})"
        ) from None
    except UnicodeDecodeError:
        raise Refusal(f"{path}: is not UTF-8 text; save it as UTF-8") from None
    lines: list[str] = []
    left_out = []
    for number, raw in enumerate(text.splitlines(), 1):
        line = " ".join(unicodedata.normalize("NFC", raw).split())
        if not line or line.startswith("#"):
            continue
        if fault := find_fault(line):
            left_out.append(f"line {number}: {fault}")
        else:
            lines.append(line)
    lines = list(dict.fromkeys(lines))
    if len(lines) > MOST:
        left_out.append(f"{len(lines) - MOST} lines beyond {MOST}")
        lines = lines[:MOST]
    if len(lines) < LEAST:
        told = f" ({'; '.join(left_out[:3])})" if left_out else ""
        raise Refusal(f"{path}: {len(lines)} different phrases; at least {LEAST} are needed{told}")
    order = sorted(lines, key=lambda line: derive_seed("held out", line))
    held = set(order[: max(4, len(order) // HELD)])
    return Corpus(
        tuple(line for line in lines if line not in held),
        tuple(line for line in lines if line in held),
        tuple(left_out),
    )


def find_fault(line: str) -> str:
    """Why a line is not learnt from; "" where it is."""
    if len(line) > LETTERS:
        return f"longer than {LETTERS} letters"
    if len(line.split()) > WORDS:
        return f"more than {WORDS} words"
    if any(not letter.isprintable() for letter in line):
        return "holds a letter that cannot be printed"
    if not any(letter.isalpha() for letter in line):
        return "holds no letter"
    if any(is_rude(bare(word)) for word in line.split()):
        return "holds a word that is rude in a large language"
    return ""


def bare(word: str) -> str:
    """A word in small letters, without the marks around it."""
    return "".join(letter for letter in word.lower() if letter.isalpha() or letter in "'’-").strip(
        "'’-"
    )


def is_copy(line: str, corpus: Corpus) -> bool:
    """Whether a line is one of the corpus, or all but one."""
    plain = " ".join(map(bare, line.split()))
    for known in (*corpus.learnt, *corpus.held):
        matcher = SequenceMatcher(None, plain, " ".join(map(bare, known.split())), False)
        if matcher.real_quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE:
            return True
    return False

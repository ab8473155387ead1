"""Words that a language must not have: English ones, and rude ones of the large languages.

Reads english.bin (the first three bytes of the SHA-256 of each English word of up to 10 letters
that the pool of sounds can spell, sorted) and rude.toml.
"""

from __future__ import annotations

import hashlib
import tomllib
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
SHORTEST, LONGEST = 3, 8  # letters of the rude words that may stand anywhere


@cache
def _read_english() -> frozenset[bytes]:
    data = (HERE / "english.bin").read_bytes()
    return frozenset(data[at : at + 3] for at in range(0, len(data), 3))


@cache
def _read_rude() -> dict[str, frozenset[str]]:
    tables = tomllib.loads((HERE / "rude.toml").read_text(encoding="utf-8"))
    return {name: frozenset(text.split()) for name, text in tables.items()}


def is_english(word: str) -> bool:
    """True for an English word, and for about one in 700 other words."""
    return hashlib.sha256(word.encode()).digest()[:3] in _read_english()


@cache
def _salted(text: str) -> str:
    return hashlib.sha256(f"postcard:{text}".encode()).hexdigest()[:8]


def is_rude(word: str) -> bool:
    """True if the word is rude, or holds something rude, in a large language."""
    rude = _read_rude()
    return _salted(word) in rude["whole"] or any(
        _salted(word[at : at + width]) in rude["anywhere"]
        for width in range(SHORTEST, LONGEST + 1)
        for at in range(len(word) - width + 1)
    )


def is_clean(word: str) -> bool:
    """True for a word that is neither English nor rude."""
    return not is_english(word) and not is_rude(word)

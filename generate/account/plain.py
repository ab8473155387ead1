"""Words of people and of data, as plain words of Markdown: none of their signs is markup."""

import re
import unicodedata

# What Markdown, HTML, GitHub or the pages' own {title} gives a meaning: anywhere, as the beginning
# of an address, and at the beginning of a line.
SIGNS = re.compile(
    r"[\\`*_{}\[\]<>|~&\"@$^!]|:(?=//)|(?<=\bwww)\.|^[#+\-=:]|(?<=^\d)[.)]|(?<=^\d\d)[.)]",
    re.IGNORECASE,
)
# What a code span may hold without a risk.
SAFE = re.compile(r"[\w ./:=,-]+")
LONGEST = 300


def plain(text: object, longest: int = LONGEST) -> str:
    """``text`` on one line, at most ``longest`` letters of it, its signs as HTML entities.

    Letters that turn the reading direction, and others that are not seen, go.
    """
    seen = "".join(
        " " if letter.isspace() else letter
        for letter in str(text)
        if letter.isspace() or unicodedata.category(letter) not in ("Cc", "Cf", "Cs", "Co")
    )
    words = " ".join(seen.split())
    if len(words) > longest:
        words = words[: longest - 1] + "…"
    return SIGNS.sub(lambda sign: f"&#{ord(sign[0])};", words)


def as_code(text: str) -> str:
    """``text`` as a code span, or plain where it holds what such a span would not."""
    return f"`{text}`" if SAFE.fullmatch(text) else plain(text)

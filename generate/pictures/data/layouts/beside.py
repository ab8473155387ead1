"""Lists that name pictures and say no class: licences, credits, addresses, digests, splits."""

import re
from collections.abc import Sequence

from generate.pictures.data.classes import SPLIT

# What such a list, or the folder it lies in, is called.
CALLED = re.compile(
    r"licen[cs]|attribution|copyright|(^|[^a-z])(credits?|authors?|photographers?|checksums?|md5"
    r"(sums?)?|sha\d+(sums?)?)([^a-z]|$)",
    re.IGNORECASE,
)
LICENCE = re.compile(
    r"(cc|creative commons)([-_ ]*(0|by|nc|nd|sa|zero|attribution|international|\d(\.\d)?))*"
    r"|pd([-_ ]\w+)*|public[-_ ]domain.*|gfdl.*|a?gpl.*|mit|apache.*|odbl.*"
    r"|(all|some|no)( known)? (copyright|rights)\b.*|(copyright|©|\(c\)).*"
    r"|(unsplash|pexels|pixabay|flickr|wikimedia)( commons)?( licen[cs]e)?",
    re.IGNORECASE,
)
DIGEST = re.compile(r"[0-9a-f]{16,}", re.IGNORECASE)
ADDRESS = re.compile(r"\w+://\S+|www\.\S+", re.IGNORECASE)
RULES = (LICENCE, DIGEST, ADDRESS, SPLIT)
Told = Sequence[tuple[Sequence[str], Sequence[str]]]


def find_beside(file: str, told: Told) -> str:
    """An example of what ``file`` says of pictures where that is no class and no caption, else "".

    ``told`` are the captions and the classes of each picture.
    """
    said = [text for texts, labels in told for text in (*texts, *labels)]
    if not said or not (CALLED.search(file) or all(map(is_beside, said))):
        return ""
    return said[0]


def is_beside(text: str) -> bool:
    """Whether a text says under which licence, from where or for which split a picture is."""
    return any(rule.fullmatch(text.strip()) for rule in RULES)

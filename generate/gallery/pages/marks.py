"""Marks of GitHub's Markdown that the library lacks: struck words and bare addresses.

Source: GitHub Flavored Markdown, sections 6.5 and 6.9.
"""

import re
from typing import Any
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor, SimpleTagInlineProcessor
from markdown.util import AtomicString

STRUCK = r"(?<!~)(~~)(?![~\s])(.+?)(?<![~\s])~~(?!~)"
# What an address may end in is no full stop, comma or closing bracket of the sentence around it.
ADDRESS = r"(?<![\w/\"'=<])(https?://[^\s<>\"]+[^\s<>\"'.,;:!?)\]*_~])"


class Marks(Extension):
    """Struck words and bare addresses, for `Markdown`."""

    def extendMarkdown(self, md: Markdown) -> None:
        md.inlinePatterns.register(SimpleTagInlineProcessor(STRUCK, "del"), "struck", 55)
        md.inlinePatterns.register(Address(ADDRESS, md), "address", 115)


class Address(InlineProcessor):
    """A bare address becomes a link."""

    def handleMatch(  # type: ignore[override]
        self, m: re.Match[str], data: str
    ) -> tuple[Any, int, int]:
        address, end = m[1], m.end()
        while data[end : end + 1] == ")" and address.count("(") > address.count(")"):
            address, end = f"{address})", end + 1
        link = Element("a", {"href": address})
        link.text = AtomicString(address)
        return link, m.start(), end

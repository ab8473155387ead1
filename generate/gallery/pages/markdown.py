"""Markdown of postcard.md and content/pages/ → HTML that is safe to publish."""

import re
from functools import cache, lru_cache
from typing import Any

TAGS = {
    *("p", "br", "hr", "em", "strong", "del", "sub", "sup", "small", "abbr", "q", "cite"),
    *("h2", "h3", "h4", "h5", "ul", "ol", "li", "dl", "dt", "dd", "blockquote", "a"),
    *("code", "pre", "kbd", "table", "thead", "tbody", "tr", "th", "td", "bdi", "ruby", "rt"),
}
ATTRIBUTES = {
    "a": {"href", "title"},
    "abbr": {"title"},
    "ol": {"start"},
    "th": {"scope"},
    "*": {"lang", "dir"},
}


@lru_cache(maxsize=20_000)
def render_markdown(text: str, full: bool = False) -> str:
    """HTML of Markdown ``text``: known-good tags only, no scripts, styles, pictures or handlers.

    A heading of the first level becomes one of the second, since the page has its own. With
    ``full`` also tables, definition lists and fenced code, for which a postcard has no room.
    """
    import nh3

    html = re.sub(r"<(/?)h1\b", r"<\1h2", open_parser(full).reset().convert(text.strip()))
    return nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )


@cache
def open_parser(full: bool) -> Any:
    """A parser. It is imported when first needed, since most builds read no Markdown."""
    from markdown import Markdown

    many = ["tables", "sane_lists", "def_list", "fenced_code", "smarty"]
    return Markdown(extensions=many if full else ["sane_lists", "smarty"], output_format="html")

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
# What most messages are: paragraphs of words and stops, begun by a letter, here and there one word
# between asterisks. No rule of Markdown has anything to do there but those for these and for "'".
LETTER = r"[^\W\d_]"
WORDS = rf"(?:[^\W_]|[ ,;!?“”]|\.(?!\.)|:(?= )|(?<={LETTER})['-](?={LETTER}))*"
SIMPLE = re.compile(rf"(?={LETTER}){WORDS}(?:(?<=[ “])\*{LETTER}+\*(?=[ ,;!?”.]|$){WORDS})*")
EMPHASIS = re.compile(r"\*(\w+)\*")


@lru_cache(maxsize=20_000)
def render_markdown(text: str, full: bool = False) -> str:
    """HTML of Markdown ``text``: known-good tags only, no scripts, styles, pictures or handlers.

    A heading of the first level becomes one of the second, since the page has its own. With
    ``full`` also tables, definition lists and fenced code, which a postcard has no room for.
    """
    text = text.strip()
    if (simple := render_simple(text)) is not None:
        return simple
    import nh3

    html = re.sub(r"<(/?)h1\b", r"<\1h2", open_parser(full).reset().convert(text))
    return nh3.clean(
        html,
        tags=TAGS,
        attributes=ATTRIBUTES,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )


def render_simple(text: str) -> str | None:
    """The same of plain paragraphs, which need no parser; None of anything else."""
    paragraphs = text.split("\n\n")
    if not all(SIMPLE.fullmatch(paragraph) and "  " not in paragraph for paragraph in paragraphs):
        return None
    html = EMPHASIS.sub(r"<em>\1</em>", text.replace("'", "’"))
    return "\n".join(f"<p>{paragraph}</p>" for paragraph in html.split("\n\n"))


@cache
def open_parser(full: bool) -> Any:
    """A parser, imported when it is first needed: a build of few cards may do without."""
    from markdown import Markdown

    many = ["tables", "sane_lists", "def_list", "fenced_code", "smarty"]
    return Markdown(extensions=many if full else ["sane_lists", "smarty"], output_format="html")

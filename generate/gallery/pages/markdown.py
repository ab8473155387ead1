"""Markdown of postcard.md and content/pages/ → HTML that is safe to publish."""

import re
from functools import cache, lru_cache
from typing import Any

from generate.gallery.pages.lists import indent_lists

TAGS = {
    *("p", "br", "hr", "em", "strong", "del", "sub", "sup", "small", "abbr", "q", "cite"),
    *("h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "dl", "dt", "dd", "blockquote", "a"),
    *("code", "pre", "kbd", "table", "thead", "tbody", "tr", "th", "td", "bdi", "ruby", "rt"),
    *("rp", "details", "summary", "b", "i", "s", "u", "ins", "mark", "var", "samp", "dfn", "wbr"),
    *("caption", "colgroup", "col", "tfoot", "figure", "figcaption", "time", "bdo"),
}
ATTRIBUTES = {
    "img": {"src", "alt", "title"},
    "a": {"href", "title"},
    "abbr": {"title"},
    "ol": {"start", "reversed"},
    "time": {"datetime"},
    "details": {"open"},
    "li": {"id", "value"},
    "sup": {"id"},
    **{f"h{level}": {"id"} for level in range(2, 7)},
    "td": {"align", "colspan", "rowspan"},
    "th": {"scope", "align", "colspan", "rowspan"},
    "*": {"lang", "dir"},
}
# A picture as nh3 writes it: whether it has a source, and its alt text.
IMG = re.compile(r'<img(?=[^>]*( src="))?(?:(?=[^>]* alt="([^"]*)"))?[^>]*>')
# Ids of footnotes, and of the places that refer to them.
FOOTNOTE = re.compile(r"fn(ref\d*)?:[\w-]+")
# Ids that the site's pages have of their own.
TAKEN = frozenset(
    """alike-title choice choosing-title content crossing-title drawer-title earlier family-title g
    heard made-title mates-title near-title notes-title parent sentence-title sharing-title slot
    summon-title summoning thread-title voice-title wash writing-title""".split()
)
HEADINGS = frozenset(("h2", "h3", "h4", "h5", "h6"))
# A link as nh3 writes it, that leads to a page of the site or to a place on the same page.
OWN_LINK = re.compile(r'(<a href="(?![a-zA-Z][\w+.-]*:|[/\\]{2})[^"]*"[^>]*?) rel="[^"]*"')


@lru_cache(maxsize=20_000)
def render_markdown(text: str, full: bool = False) -> str:
    """HTML of Markdown ``text``: known-good tags only, no scripts, styles, pictures or handlers.

    A heading of the first level becomes one of the second, since the page has its own. With
    ``full`` also tables, definition lists, fenced code and footnotes, for which a postcard has no
    room. Links to other sites are marked as such for search engines.
    """
    import nh3

    indented = "\n".join(indent_lists(text.strip().split("\n")))
    html = re.sub(r"<(/?)h1\b", r"<\1h2", open_parser(full).reset().convert(indented))
    cleaned = nh3.clean(
        html,
        tags=TAGS | {"img"},
        attributes=ATTRIBUTES,
        attribute_filter=keep_attribute,
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )
    shown = OWN_LINK.sub(r"\1", cleaned)
    # On a postcard there is room for its own picture alone, and none is fetched from elsewhere.
    return IMG.sub(lambda found: found[0] if full and found[1] else found[2] or "", shown)


def name_heading(text: str, separator: str) -> str:
    """The id of a heading: its letters and numbers in small letters, joined by ``separator``.

    One that the page has of its own gets a number, and so has one without letters.
    """
    name = separator.join(re.sub(r"[^\w\s-]", "", text.casefold()).split())
    return f"{name}{separator}1" if name in TAKEN or not name else name


def keep_attribute(tag: str, name: str, value: str) -> str | None:
    """The value of an attribute that is allowed, or None: of ids, those of footnotes and headings.

    No heading may take an id that the page has of its own, nor that of a word.
    """
    if (tag, name) == ("img", "src"):
        return None if re.match(r"[\w+.-]*:|[/\\]", value) else value
    if name != "id":
        return value
    own = value not in TAKEN and not value.startswith("word-")
    allowed = (
        re.fullmatch(r"[\w-]+", value) and own if tag in HEADINGS else FOOTNOTE.fullmatch(value)
    )
    return value if allowed else None


@cache
def open_parser(full: bool) -> Any:
    """A parser. It is imported when first needed, since most builds read no Markdown."""
    from markdown import Markdown
    from markdown.extensions.tables import TableExtension
    from markdown.extensions.toc import TocExtension

    from generate.gallery.pages.marks import Marks

    # The site's policy forbids styles in attributes.
    tables = TableExtension(use_align_attribute=True)
    # Headings are called as on GitHub: "Where it lives" is where-it-lives.
    ids = TocExtension(slugify=name_heading, marker="")
    many: list[Any] = [tables, "sane_lists", "def_list", "fenced_code", "footnotes", "smarty", ids]
    few: list[Any] = ["sane_lists", "smarty"]
    return Markdown(extensions=[*(many if full else few), Marks()], output_format="html")

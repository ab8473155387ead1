"""Read content/pages/*.md, pages of the jungle's owner, which appear in the navigation."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from generate.errors import Refusal
from generate.front_matter import split_front_matter
from generate.gallery.pages.illustrations import Illustrations
from generate.gallery.pages.words import fill
from generate.safety.names import require_text
from generate.settings import Settings

TAKEN = {"index", "404", "dictionary", "alphabet", "grammar", "drawer", "summon", "cards"}
# Links that lead where the files lie in content/, as editors and GitHub follow them.
CODE = re.compile(r"^(```|~~~).*?^\1|`[^`\n]*`", re.DOTALL | re.MULTILINE)
DROPPED = re.compile(r"<(iframe|video|audio|object|embed|svg|script|style|form|canvas)\b", re.I)
CARD_LINK = re.compile(
    r'href="(?:\.\./|content/)*postcards/([^"/#?:]+)/(?:postcard\.md)?(#[^"]*)?(?=")'
)
PAGE_LINK = re.compile(r'href="(?:\./|(?:\.\./)*(?:content/)?pages/)?([^"/#?:]+)\.md(#[^"]*)?(?=")')


@dataclass(frozen=True)
class Article:
    """A page in Markdown: its raw ``path`` below site/, title, position, text and first words."""

    path: str
    title: str
    order: float
    html: Markup
    description: str


def read_articles(settings: Settings, pictures: Illustrations | None = None) -> list[Article]:
    """All pages, sorted by ``order`` of their front matter, then by name.

    The title comes from the front matter, else from the first heading, else from the file's name.
    Raises `Refusal` for a file name that the site needs, or a bad ``order``.
    """
    from generate.gallery.pages.long_markdown import render_any

    folder = settings.content / "pages"
    articles = []
    pictures = pictures or Illustrations(settings)
    for path in sorted(folder.glob("[!.]*.md")) if folder.is_dir() else []:
        if not path.is_file():
            continue
        require_text([path])
        # Some disks ignore the case of letters.
        name = path.stem.casefold()
        if name in TAKEN or re.fullmatch(r"page-\d+", name):
            raise Refusal(f"{path}: the site has a {name}.html of its own; rename the file")
        front, text = split_front_matter(path, {"title"})
        heading = re.match(r"#\s+(.+?)\s*#*\s*(?:\n|\Z)", text)
        if heading:
            text = text[heading.end() :]
        title = str(front.get("title") or (heading and heading[1]) or path.stem.replace("-", " "))
        order = front.get("order", 0)
        if isinstance(order, bool) or not isinstance(order, int | float):
            raise Refusal(f"{path}: order = {order!r} will not do; it must be a number")
        if front.get("hidden") is True:
            continue
        try:
            html = lead_to_pages(render_any(fill_facts(text, settings), full=True))
            html = pictures.show(html, path)
            pictures.notes += list_dropped(text, path)
        except Refusal as fault:
            raise Refusal(f"{path}: {fault}") from None
        plain = " ".join(re.sub(r"<[^>]*>", " ", html.split("</p>")[0]).split())
        name = f"{unicodedata.normalize('NFC', path.stem)}.html"
        articles.append(Article(name, title, order, Markup(html), plain[:200]))
    return sorted(articles, key=lambda article: (article.order, article.path))


def list_dropped(text: str, page: Path) -> Iterator[str]:
    """A line for what a page holds that is not published: films, forms, scripts of elsewhere."""
    shown = CODE.sub("", text)
    for tag in sorted({found[1].lower() for found in DROPPED.finditer(shown)}):
        yield f"{page}: <{tag}> is not published; link to it instead"


def lead_to_pages(html: str) -> str:
    """``html`` whose links to Markdown files lead to the pages that those become.

    "about.md" is about.html, and a card's postcard.md the card's page.
    """
    html = CARD_LINK.sub(r'href="cards/\1.html\2', html)
    return PAGE_LINK.sub(r'href="\1.html\2', html)


def fill_facts(text: str, settings: Settings) -> str:
    """Replace {title}, {author}, {language}, {licence} and {seed} by those of the jungle."""
    return fill(
        text,
        title=settings.title,
        author=settings.author or settings.title,
        language=settings.language,
        licence=settings.site.licence,
        seed=settings.seed,
    )

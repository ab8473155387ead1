"""Render every page of the gallery from cards, media, settings and the language. Writes nothing."""

import itertools
import re
import traceback
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined
from jinja2.exceptions import TemplateError, TemplateSyntaxError

from generate.cards import Card
from generate.errors import Refusal
from generate.gallery import views
from generate.gallery.articles import Article, read_articles
from generate.gallery.linked import link_data
from generate.gallery.neighbours import find_neighbours
from generate.gallery.reference import Reference, anchor, link_cards, read_reference
from generate.gallery.search import write_search
from generate.gallery.words import fill, read_words
from generate.settings import Settings

PROJECT = Path(__file__).resolve().parents[2] / "templates"
# Nothing but the site's own files; pictures and fonts may also stand in the page itself.
POLICY = (
    "default-src 'self'; img-src 'self' data:; font-src 'self' data:; media-src 'self' data: blob:; "
    "object-src 'none'; base-uri 'none'; form-action 'none'"
)
RIGHT_TO_LEFT = {"ar", "arc", "ckb", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"}
Pages = dict[str, str | bytes]


def template_folders(settings: Settings) -> list[Path]:
    """Where templates and assets are looked for: the jungle's own first, then the project's."""
    folders = [settings.home.resolve() / "templates", PROJECT]
    return list(dict.fromkeys(folder for folder in folders if folder.is_dir()))


def open_templates(settings: Settings) -> Environment:
    """Jinja2 over `template_folders`: everything escaped, nothing undefined let through."""
    environment = Environment(
        loader=ChoiceLoader([FileSystemLoader(folder) for folder in template_folders(settings)]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["fill"] = fill
    environment.filters["url"] = quote
    environment.filters["groupby_letter"] = group_by_letter
    return environment


def group_by_letter(words: Sequence[Any]) -> list[tuple[str, list[Any]]]:
    """Dictionary entries, as they are sorted, by the letter that they begin with."""
    from generate.phrases.phonemes import segment

    found = itertools.groupby(words, lambda word: segment(word.form)[0].symbol)
    return [(letter, list(some)) for letter, some in found]


@dataclass(frozen=True)
class Sheet:
    """One page to be: its raw path, its template, its variables, and what they depend on."""

    path: str
    template: str
    variables: dict[str, Any]
    inputs: Any


def build_context(
    cards: Sequence[Card],
    media: Mapping[str, Any],
    settings: Settings,
    language: Any = None,
    beds: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The variables that all templates share."""
    shown = [view_of(index, card, media) for index, card in enumerate(cards)]
    near = find_neighbours(cards, media)
    name = getattr(language, "name", None) or settings.language
    tag = re.sub(r"[^a-z0-9]", "", name.lower())[:8]
    articles = read_articles(settings)
    reference = read_reference(language, shown)
    words = read_words(settings)
    return {
        "settings": settings,
        "site": settings.site,
        "w": words,
        "policy": POLICY,
        "cards": shown,
        "near": [[shown[other] for other in row] for row in near],
        "language_name": name,
        "language_tag": f"art-x-{tag}" if tag else "art",
        "reference": reference,
        "beds": dict(beds or {}),
        "articles": articles,
        "navigation": list(list_navigation(articles, reference, words)),
        "direction": "rtl" if settings.site.lang.split("-")[0].lower() in RIGHT_TO_LEFT else "ltr",
        "base_url": settings.site.base_url,
        "pages_of_rack": max(1, -(-len(shown) // settings.site.per_page)),
        "stamp": views.stamp_of,
        "postmark": views.postmark_of,
        "message": views.message_of,
        "provenance": views.provenance_of,
    }


def list_navigation(
    articles: Sequence[Article], reference: Reference | None, words: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """(raw path, text) of every page that the navigation names."""
    yield "index.html", words["rack"]
    for page in ("dictionary", "alphabet", "grammar"):
        if reference:
            yield f"{page}.html", words[page]
    for article in articles:
        yield article.path, article.title


def view_of(index: int, card: Card, media: Mapping[str, Any]) -> views.View:
    """The view of one card with its media, which may be missing."""
    return views.view_card(index, card, media.get(card.slug))


def list_sheets(context: dict[str, Any]) -> Iterator[Sheet]:
    """Every HTML page of the site with its variables."""
    cards, settings = context["cards"], context["settings"]
    per_page, last = settings.site.per_page, context["pages_of_rack"]
    for number in range(1, last + 1):
        some = cards[(number - 1) * per_page : number * per_page]
        path = rack_path(number)
        yield Sheet(
            path,
            "index.html",
            {
                "shown": some,
                "number": number,
                "newer": rack_path(number - 1) if number > 1 else None,
                "older": rack_path(number + 1) if number < last else None,
            },
            (number, [(view.card, view.picture) for view in some]),
        )
    for at, view in enumerate(cards):
        near = context["near"][at]
        previous = cards[at - 1] if len(cards) > 1 else None
        following = cards[(at + 1) % len(cards)] if len(cards) > 1 else None
        yield Sheet(
            view.path,
            "card.html",
            {
                "c": view,
                "neighbours": near,
                "previous": previous,
                "following": following,
                "rack_page": rack_path(at // per_page + 1),
                "linked_data": link_data(view, settings),
            },
            (
                view.card,
                (view.picture, view.sound, view.frames, view.social),
                [(one.url, one.title, one.alt, one.picture) for one in near],
                [(one.url, one.title) for one in (previous, following) if one],
                (at // per_page, at),
            ),
        )
    for article in context["articles"]:
        yield Sheet(article.path, "page.html", {"article": article}, article)
    if context["reference"]:
        for page in ("dictionary", "alphabet", "grammar"):
            links = link_cards(cards)
            variables = {"links": links, "anchor": anchor}
            yield Sheet(f"{page}.html", f"{page}.html", variables, links)
    yield Sheet("404.html", "404.html", {}, None)


def rack_path(number: int) -> str:
    """The page of the rack: index.html, page-2.html …"""
    return "index.html" if number == 1 else f"page-{number}.html"


def root_of(path: str, settings: Settings) -> str:
    """What a page's links begin with. 404.html is served at any depth, so its own are absolute."""
    if path == "404.html":
        return urlsplit(settings.site.base_url).path.rstrip("/") + "/"
    return "../" * path.count("/")


def render_pages(
    cards: Sequence[Card],
    media: Mapping[str, Any],
    settings: Settings,
    language: Any = None,
    beds: Mapping[str, Any] | None = None,
    known: dict[str, Any] | None = None,
) -> Pages:
    """Every page and the generated assets: {raw site-relative path: text or bytes}.

    ``media`` maps slugs to `CardMedia`, ``beds`` hours to ambience beds. ``known`` is kept by a
    caller that renders again and again: a page whose inputs are equal is taken from there.
    Raises `Refusal` naming template and line for a fault in a template.
    """
    context = build_context(cards, media, settings, language, beds)
    environment = open_templates(settings)
    shared = (
        settings,
        read_sources(settings),
        [(article.path, article.title) for article in context["articles"]],
        context["reference"],
        context["beds"],
        context["pages_of_rack"],
        len(cards),
    )
    known = {} if known is None else known
    same = known.get("") == shared
    pages: Pages = {}
    fresh: dict[str, Any] = {"": shared}
    for sheet in list_sheets(context):
        kept = known.get(sheet.path) if same else None
        if kept and kept[0] == sheet.inputs:
            text = kept[1]
        else:
            text = render_sheet(environment, sheet, context, settings)
        pages[sheet.path] = text
        fresh[sheet.path] = (sheet.inputs, text)
    known.clear()
    known.update(fresh)
    pages["search.js"] = write_search(context["cards"], context["near"])
    if context["reference"]:
        pages |= context["reference"].assets
    return pages


def render_sheet(
    environment: Environment, sheet: Sheet, context: dict[str, Any], settings: Settings
) -> str:
    """The HTML of one page."""
    try:
        return environment.get_template(sheet.template).render(
            context | sheet.variables,
            root=root_of(sheet.path, settings),
            path=sheet.path,
            canonical=f"{settings.site.base_url}/{quote(sheet.path)}" if settings.site.base_url else "",
        )
    except Exception as error:
        raise Refusal(f"{blame(error, sheet.template)}; mend the template") from error


def blame(error: Exception, template: str) -> str:
    """Which line of which template an exception comes from. Raises what no template caused."""
    place = getattr(error, "filename", None), getattr(error, "lineno", None)
    if not isinstance(error, TemplateSyntaxError):
        frames = traceback.extract_tb(error.__traceback__)
        inside = [frame for frame in frames if frame.filename.endswith((".html", ".svg"))]
        if not inside and not isinstance(error, TemplateError):
            raise error
        place = (inside[-1].filename, inside[-1].lineno) if inside else (None, None)
    name, line = place
    return f"{name or template}{f' line {line}' if line else ''}: {error}"


def read_sources(settings: Settings) -> list[tuple[str, str]]:
    """Names and texts of all templates, by which a change to one is seen."""
    return [
        (str(path), path.read_text(encoding="utf-8"))
        for folder in template_folders(settings)
        for path in sorted(folder.rglob("*.html")) + sorted(folder.rglob("*.svg"))
    ]



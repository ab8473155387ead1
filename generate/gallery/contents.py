"""What every page is about: the variables that templates share, and the list of pages."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from generate.cards import Card
from generate.gallery import views
from generate.gallery.articles import Article, read_articles
from generate.gallery.linked import link_data
from generate.gallery.neighbours import find_neighbours
from generate.gallery.provenance import provenance_of
from generate.gallery.reference import Reference, anchor, link_cards, read_reference
from generate.gallery.words import read_words
from generate.settings import Settings

# Nothing but the site's own files; pictures and fonts may also stand in the page itself.
POLICY = (
    "default-src 'self'; img-src 'self' data:; font-src 'self' data:; "
    "media-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'none'"
)
RIGHT_TO_LEFT = {"ar", "arc", "ckb", "dv", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"}


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
        "provenance": provenance_of,
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
                (view.picture, view.sound, view.frames, view.social, view.nearest),
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

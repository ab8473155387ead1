"""Render every page of the gallery from cards, media, settings and the language. Writes nothing."""

import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any
from urllib.parse import quote, urlsplit

from jinja2 import Environment
from jinja2.exceptions import TemplateError, TemplateSyntaxError
from markupsafe import Markup

from generate.cards import Card
from generate.errors import Refusal
from generate.gallery.catalogue.entries import enter
from generate.gallery.catalogue.neighbours import find_neighbours
from generate.gallery.catalogue.search import write_search
from generate.gallery.catalogue.views import View
from generate.gallery.incremental.ledger import key_of
from generate.gallery.incremental.outputs import Output
from generate.gallery.media.card_media import CardMedia
from generate.gallery.pages.articles import read_articles
from generate.gallery.pages.contents import Contents, Sheet, list_sheets
from generate.gallery.pages.reference import Reference
from generate.gallery.pages.templates import open_templates
from generate.settings import Settings


def root_of(path: str, settings: Settings) -> str:
    """What a page's links begin with. 404.html is served at any depth, so its own are absolute."""
    if path == "404.html":
        return urlsplit(settings.site.base_url).path.rstrip("/") + "/"
    return "../" * path.count("/")


@dataclass
class Press:
    """Templates over contents. ``environment`` may be that of an earlier build."""

    contents: Contents
    environment: Environment

    @cached_property
    def context(self) -> dict[str, Any]:
        """The variables that all pages share."""
        context = dict(self.contents.context)
        context["small_card"] = draw_small_cards(self.environment, context)
        return context

    def render(self, sheet: Sheet) -> str:
        """The HTML of one page; `Refusal` names template and line of a fault in a template."""
        settings = self.contents.settings
        address = f"{settings.site.base_url}/{quote(sheet.path)}" if settings.site.base_url else ""
        try:
            return self.environment.get_template(sheet.template).render(
                self.context | sheet.variables(),
                root=root_of(sheet.path, settings),
                path=sheet.path,
                canonical=address,
            )
        except Exception as error:
            raise Refusal(f"{blame(error, sheet.template)}; mend the template") from error


def plan_pages(
    contents: Contents, common: str, environment: Environment | None = None
) -> Iterator[Output]:
    """Every page and the generated assets; ``common`` is the digest of what all pages depend on:
    templates, settings, articles, language, beds and code."""
    press = Press(contents, environment or open_templates(contents.settings))
    size, wide = len(contents.entries), contents.wide
    for sheet in list_sheets(contents):
        key = key_of(common, size, wide, sheet.needs)
        yield Output(sheet.path, key, partial(press.render, sheet))
    key = key_of(common, [entry.key for entry in contents.entries], contents.near)
    rows = (entry.facts["row"] for entry in contents.entries)
    yield Output("search.js", key, lambda: write_search(rows, contents.near))
    if reference := contents.reference:
        yield Output("assets/script.woff2", common, lambda: reference.font)
        yield Output("assets/script.css", common, reference.write_style)


def render_pages(
    cards: Sequence[Card],
    media: Mapping[str, CardMedia],
    settings: Settings,
    language: Any = None,
    beds: Mapping[str, Any] | None = None,
) -> dict[str, str | bytes]:
    """Every page and the generated assets: {raw site-relative path: text or bytes}.

    ``media`` maps slugs to `CardMedia`, ``beds`` hours to ambience beds. Raises `Refusal` naming
    template and line for a fault in a template.
    """
    entries = [enter(card, media.get(card.slug, CardMedia())) for card in cards]
    near = find_neighbours([entry.facts["place"] for entry in entries])
    articles = read_articles(settings)
    contents = Contents(entries, near, settings, articles, None, beds or {})
    if language is not None:
        contents.reference = Reference(lambda: language, contents.cards)
    return {page.name: page.make() for page in plan_pages(contents, "")}


def draw_small_cards(environment: Environment, context: dict[str, Any]) -> Callable[[View], Markup]:
    """A function that draws a card as a neighbour on another card's page, each only once."""
    drawn: dict[int, Markup] = {}
    macros: Any = None

    def small_card(view: View) -> Markup:
        nonlocal macros
        if view.index not in drawn:
            macros = macros or environment.get_template("_postcard.html").make_module(context)
            drawn[view.index] = macros.rack(view, "../", "h3")
        return drawn[view.index]

    return small_card


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

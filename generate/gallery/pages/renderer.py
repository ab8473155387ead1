"""Render the pages of the gallery from their contents. Writes nothing."""

import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any
from urllib.parse import quote, urlsplit

from jinja2 import Environment
from jinja2.exceptions import TemplateError, TemplateSyntaxError
from markupsafe import Markup

from generate.errors import Refusal
from generate.gallery.catalogue.search import write_search
from generate.gallery.catalogue.views import View
from generate.gallery.incremental.ledger import make_key
from generate.gallery.incremental.outputs import Output
from generate.gallery.pages.contents import Contents, Page, list_pages
from generate.settings import Settings


def root_of(path: str, settings: Settings) -> str:
    """What leads from a page to site/, such as "../"; links begin with it.

    404.html is served for paths of any depth, so its links are absolute.
    """
    if path == "404.html":
        return urlsplit(settings.site.base_url).path.rstrip("/") + "/"
    return "../" * path.count("/")


@dataclass
class Renderer:
    """Renders pages from contents and templates."""

    contents: Contents
    environment: Environment
    small_cards: dict[int, Markup] = field(default_factory=dict)

    @cached_property
    def context(self) -> dict[str, Any]:
        """The variables that all pages share."""
        return {**self.contents.context, "small_card": self.small_card}

    @cached_property
    def macros(self) -> Any:
        """The macros of _postcard.html."""
        return self.environment.get_template("_postcard.html").make_module(self.context)

    def small_card(self, view: View) -> Markup:
        """A card as a neighbour on other cards' pages; each card is rendered only once."""
        if view.index not in self.small_cards:
            self.small_cards[view.index] = self.macros.rack(view, "../", "h3")
        return self.small_cards[view.index]

    def render(self, page: Page) -> str:
        """The HTML of one page; `Refusal` names template and line of a fault in it."""
        settings = self.contents.settings
        address = f"{settings.site.base_url}/{quote(page.path)}" if settings.site.base_url else ""
        try:
            return self.environment.get_template(page.template).render(
                self.context | page.variables(),
                root=root_of(page.path, settings),
                path=page.path,
                canonical=address,
            )
        except Exception as error:
            raise Refusal(f"{locate_fault(error, page.template)}; mend the template") from error


def plan_pages(contents: Contents, common: str, environment: Environment) -> Iterator[Output]:
    """Every page and the generated assets.

    ``common`` is the digest of what all pages depend on: templates, settings, articles, language,
    beds and code.
    """
    renderer = Renderer(contents, environment)
    size, wide = len(contents.entries), contents.wide
    for page in list_pages(contents):
        key = make_key(common, size, wide, page.needs)
        yield Output(page.path, key, partial(renderer.render, page))
    key = make_key(common, [entry.key for entry in contents.entries], contents.near)
    rows = (entry.facts["row"] for entry in contents.entries)
    yield Output("search.js", key, lambda: write_search(rows, contents.near))
    if reference := contents.reference:
        yield Output("assets/script.woff2", common, lambda: reference.font)
        yield Output("assets/script.css", common, reference.write_style)


def locate_fault(error: Exception, template: str) -> str:
    """Template, line and message of an exception; raises it again if no template caused it."""
    place = getattr(error, "filename", None), getattr(error, "lineno", None)
    if not isinstance(error, TemplateSyntaxError):
        frames = traceback.extract_tb(error.__traceback__)
        inside = [frame for frame in frames if frame.filename.endswith((".html", ".svg"))]
        if not inside and not isinstance(error, TemplateError):
            raise error
        place = (inside[-1].filename, inside[-1].lineno) if inside else (None, None)
    name, line = place
    return f"{name or template}{f' line {line}' if line else ''}: {error}"

"""Render every page of the gallery from cards, media, settings and the language. Writes nothing."""

import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined
from jinja2.exceptions import TemplateError, TemplateSyntaxError
from markupsafe import Markup

from generate.cards import Card
from generate.errors import Refusal
from generate.gallery.contents import Sheet, build_context, list_sheets
from generate.gallery.reference import group_by_letter
from generate.gallery.search import write_search
from generate.gallery.views import View
from generate.gallery.words import fill
from generate.settings import Settings

PROJECT = Path(__file__).resolve().parents[2] / "templates"
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
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["fill"] = fill
    environment.filters["url"] = quote
    environment.filters["groupby_letter"] = group_by_letter
    return environment


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
    known = {} if known is None else known
    sources = read_sources(settings)
    compiled = known.get("templates")
    environment = compiled[1] if compiled and compiled[0] == sources else open_templates(settings)
    context["small_card"] = draw_small_cards(environment, context)
    shared = (
        settings,
        sources,
        [(article.path, article.title) for article in context["articles"]],
        context["reference"],
        context["beds"],
        context["pages_of_rack"],
        len(cards),
    )
    same = known.get("") == shared
    pages: Pages = {}
    fresh: dict[str, Any] = {"": shared, "templates": (sources, environment)}
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


def render_sheet(
    environment: Environment, sheet: Sheet, context: dict[str, Any], settings: Settings
) -> str:
    """The HTML of one page."""
    try:
        return environment.get_template(sheet.template).render(
            context | sheet.variables,
            root=root_of(sheet.path, settings),
            path=sheet.path,
            canonical=f"{settings.site.base_url}/{quote(sheet.path)}"
            if settings.site.base_url
            else "",
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

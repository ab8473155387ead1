"""Open the page templates: the project's, and the jungle's own in place of those they replace."""

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemBytecodeCache,
    FileSystemLoader,
    StrictUndefined,
)
from markupsafe import Markup

from generate.gallery.catalogue.provenance import list_leads, list_provenance
from generate.gallery.catalogue.stamp import draw_postmark, draw_stamp
from generate.gallery.catalogue.views import View
from generate.gallery.pages.reference import group_by_letter
from generate.gallery.pages.words import fill
from generate.settings import Settings
from generate.shipped import TEMPLATES

# Parts of a jungle's own template that may read all cards, or a file that is no template.
WIDE = re.compile(r"\bcards\b(?!\|length\b)|{%-?\s*(?:include|import|from)\s+(?!\"_postcard)")


def template_folders(settings: Settings) -> list[Path]:
    """Folders of templates and assets: first the jungle's own, then the project's."""
    folders = [settings.home.resolve() / "templates", TEMPLATES]
    return list(dict.fromkeys(folder for folder in folders if folder.is_dir()))


def open_templates(settings: Settings, cache: Path | None = None) -> Environment:
    """The templates in `template_folders`: everything is escaped, an undefined name is an error.

    Compiled templates are kept in the folder ``cache`` under the digest of their source.
    """
    if cache is not None:
        cache.mkdir(parents=True, exist_ok=True)
    environment = Environment(
        loader=ChoiceLoader([FileSystemLoader(folder) for folder in template_folders(settings)]),
        bytecode_cache=FileSystemBytecodeCache(str(cache)) if cache else None,
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"fill": fill, "url": quote, "groupby_letter": group_by_letter}
    environment.globals |= {
        "stamp": show_stamp,
        "postmark": show_postmark,
        "message": show_message,
        "notes": show_notes,
        "split_words": split_words,
        "provenance": list_provenance,
        "leads": list_leads,
    }
    return environment


def show_stamp(view: View, root: str, country: str, words: Mapping[str, str]) -> Markup:
    """The card's stamp, on a page from which ``root`` leads to site/."""
    shown = view.picture_from(root)
    picture = shown.small if shown else None
    return draw_stamp(picture, view.tint, view.card.number, country, words["stamp"])


def show_postmark(view: View, country: str, words: Mapping[str, str]) -> Markup:
    """The card's postmark with its place and date."""
    label = fill(words["postmark"], place=view.card.place, date=view.date)
    name = view.card.place.split(" (")[0]
    return draw_postmark(f"c{view.index}", name, view.card.date, label, country)


def split_words(text: str) -> list[tuple[str, str]]:
    """(piece, word to search for) of ``text`` in order; "" between words."""
    pieces = re.split(r"([^\W\d_]+(?:[-’'][^\W\d_]+)*)", text)
    return [(piece, piece if at % 2 else "") for at, piece in enumerate(pieces) if piece]


def show_message(view: View) -> Markup:
    """The message on the card's back as safe HTML."""
    from generate.gallery.pages.long_markdown import render_any

    return Markup(render_any(view.card.message))


def show_notes(view: View) -> Markup:
    """The card's field note as safe HTML, "" where it has none."""
    from generate.gallery.pages.long_markdown import render_any

    return Markup(render_any(view.card.notes) if view.card.notes.strip() else "")


def reads_widely(settings: Settings) -> bool:
    """Whether a template of the jungle's own may show any card on any page, or a file of assets/.

    A page of such a jungle depends on every input. The project's own templates only read how many
    cards there are, not the cards.
    """
    folder = settings.home.resolve() / "templates"
    if folder == TEMPLATES:
        return False
    texts = (path.read_text(encoding="utf-8", errors="replace") for path in folder.rglob("*.*ml"))
    return any(WIDE.search(text) for text in texts)

"""Render pages without encoding media: the media are invented."""

from collections.abc import Mapping, Sequence
from typing import Any

from generate.cards import Card
from generate.gallery.catalogue.entries import make_entry
from generate.gallery.catalogue.neighbours import find_neighbours
from generate.gallery.media.card_media import CardMedia, Frames, Picture, Sound
from generate.gallery.pages.articles import read_articles
from generate.gallery.pages.contents import Contents
from generate.gallery.pages.reference import Reference
from generate.gallery.pages.renderer import plan_pages
from generate.gallery.pages.templates import open_templates
from generate.settings import Settings


def invent_media(cards: list[Any]) -> dict[str, CardMedia]:
    """Media as the encoder describes them, without encoding anything."""
    return {
        card.slug: CardMedia(
            picture=Picture(
                sources=(
                    ("image/avif", f"media/{at}.240.avif 240w, media/{at}.512.avif 512w"),
                    ("image/webp", f"media/{at}.240.webp 240w, media/{at}.512.webp 512w"),
                ),
                fallback=f"media/{at}.jpg",
                width=512,
                height=512,
                placeholder="data:image/webp;base64,AAAA",
                tint=f"#{at * 37 % 256:02x}{at * 91 % 256:02x}40",
            ),
            sound=Sound(f"media/{at}.mp3", "audio/mpeg", 1.5, 9000, (0.1, 1.0, 0.5)),
            frames=Frames(f"media/{at}.webp", 6, 64, 64, "data:image/webp;base64,AAAA"),
            social=f"media/{at}.social.jpg",
        )
        for at, card in enumerate(cards)
    }


def collect_contents(
    cards: Sequence[Card], media: Mapping[str, CardMedia], settings: Settings, language: Any = None
) -> Contents:
    """What the pages of ``cards`` are made from."""
    entries = [make_entry(card, media.get(card.slug, CardMedia())) for card in cards]
    near = find_neighbours([entry.facts["place"] for entry in entries])
    contents = Contents(entries, near, settings, read_articles(settings))
    if language is not None:
        contents.reference = Reference(lambda: language, contents.cards)
    return contents


def render_pages(
    cards: Sequence[Card], media: Mapping[str, CardMedia], settings: Settings, language: Any = None
) -> dict[str, Any]:
    """Every page and the generated assets: {raw path below site/: text or bytes}."""
    contents = collect_contents(cards, media, settings, language)
    pages = plan_pages(contents, "", open_templates(settings))
    return {page.name: page.make() for page in pages}

"""Write what other programs read: feed.xml, feed.json, postcards.json, sitemap.xml, robots.txt."""

import html
import json
import re
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree as ET

from generate.cards import Card
from generate.gallery.catalogue.entries import Entry
from generate.gallery.incremental.outputs import Output
from generate.gallery.media.card_media import CardMedia, card_url
from generate.recipe import digest
from generate.settings import Settings

# Cards in a feed: it tells what is new, and a thousand cards would only be slow to fetch.
NEWEST = 100
ATOM = "http://www.w3.org/2005/Atom"
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
# Characters that XML 1.0 forbids (section 2.2), even escaped.
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def plan_feeds(
    settings: Settings, entries: Sequence[Entry], pages: Sequence[str], base: str
) -> Iterator[Output]:
    """The files that other programs read, as outputs.

    ``pages`` are raw paths of the HTML pages, for the sitemap; ``base`` is the digest of settings
    and code. Addresses are absolute if the settings give the site's address, else relative.
    """

    def order(entry: Entry) -> tuple[date, str]:
        return read_day(entry.facts["date"], settings), entry.slug

    newest = sorted(entries, key=order, reverse=True)[:NEWEST]
    key = digest([base, [entry.key for entry in newest]])

    def write(function: Callable[..., str]) -> str:
        cards = [entry.card for entry in newest]
        return function(settings, cards, {entry.slug: entry.media for entry in newest})

    yield Output("feed.xml", key, lambda: write(write_atom))
    yield Output("feed.json", key, lambda: write(write_json_feed))
    key = digest([base, [entry.key for entry in entries]])
    rows = (entry.facts["listing"] for entry in entries)
    yield Output("postcards.json", key, lambda: write_listing(rows))
    key = digest([base, pages])
    yield Output("sitemap.xml", key, lambda: write_sitemap(settings, pages))
    yield Output("robots.txt", base, lambda: write_robots(settings))


def link(settings: Settings, path: str) -> str:
    """The address of a percent-encoded path below site/."""
    return f"{settings.site.base_url}/{path}" if settings.site.base_url else path


def read_day(text: str, settings: Settings) -> date:
    """A card's ISO date; the jungle's first day if a person wrote something else."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return settings.date


def format_time(day: date) -> str:
    """Noon of a day as RFC 3339 writes it; at noon nearly all time zones have the same day."""
    return f"{day.isoformat()}T12:00:00Z"


def make_urn(settings: Settings, slug: str = "") -> str:
    """The id of a card, or of the feed, which stays the same when the site moves."""
    return uuid.uuid5(uuid.NAMESPACE_OID, f"jungle/{settings.seed}/{slug}").urn


def write_atom(settings: Settings, cards: Sequence[Card], media: Mapping[str, CardMedia]) -> str:
    """An Atom feed (RFC 4287); sound and picture of each card are enclosures."""
    ET.register_namespace("", ATOM)
    feed = ET.Element(f"{{{ATOM}}}feed", {"xml:lang": settings.site.lang})
    add(feed, "id", make_urn(settings))
    add(feed, "title", settings.title)
    days = [read_day(card.date, settings) for card in cards]
    add(feed, "updated", format_time(max(days, default=settings.date)))
    add(add(feed, "author"), "name", settings.author or settings.title)
    add(feed, "rights", settings.site.licence)
    add(feed, "link", rel="self", type="application/atom+xml", href=link(settings, "feed.xml"))
    add(feed, "link", rel="alternate", type="text/html", href=link(settings, "index.html"))
    for card, day in zip(cards, days, strict=True):
        made = media.get(card.slug, CardMedia())
        entry = add(feed, "entry")
        add(entry, "id", make_urn(settings, card.slug))
        add(entry, "title", card.title or card.slug)
        add(entry, "published", format_time(day))
        add(entry, "updated", format_time(day))
        href = link(settings, card_url(card.slug))
        add(entry, "link", rel="alternate", type="text/html", href=href)
        if made.sound:
            address = link(settings, made.sound.path)
            length = str(made.sound.bytes)
            add(entry, "link", rel="enclosure", type=made.sound.mime, length=length, href=address)
        if made.picture:
            kind = mime_of(made.picture.fallback)
            address = link(settings, made.picture.fallback)
            add(entry, "link", rel="enclosure", type=kind, href=address)
        add(entry, "summary", card.translation or card.caption)
        add(entry, "content", write_summary(settings, card, made), type="html")
    ET.indent(feed)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(feed, encoding="unicode") + "\n"


def add(parent: ET.Element, name: str, text: str | None = None, **attributes: str) -> ET.Element:
    """Append an Atom element; characters that XML forbids are dropped."""
    element = ET.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    if text is not None:
        element.text = NOT_XML.sub("", text)
    return element


def write_summary(settings: Settings, card: Card, made: CardMedia) -> str:
    """A card as a few lines of HTML, for feed readers."""
    lines = []
    if made.picture:
        source = html.escape(link(settings, made.picture.fallback))
        size = f'width="{made.picture.width}" height="{made.picture.height}"'
        lines.append(f'<p><img src="{source}" alt="{html.escape(card.caption)}" {size}></p>')
    if card.phrase:
        lines.append(f"<p><em>{html.escape(card.phrase)}</em></p>")
    if card.translation:
        lines.append(f"<p>{html.escape(card.translation)}</p>")
    return "\n".join(lines)


def mime_of(path: str) -> str:
    """The MIME type of a fallback picture."""
    return "image/png" if path.endswith(".png") else "image/jpeg"


def write_json_feed(
    settings: Settings, cards: Sequence[Card], media: Mapping[str, CardMedia]
) -> str:
    """JSON Feed 1.1, each voice an attachment."""
    feed: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": settings.title,
        "home_page_url": link(settings, "index.html"),
        "feed_url": link(settings, "feed.json"),
        "icon": link(settings, "assets/icon-512.png"),
        "language": settings.site.lang,
        "items": [],
    }
    if settings.author:
        feed["authors"] = [{"name": settings.author}]
    for card in cards:
        made = media.get(card.slug, CardMedia())
        item: dict[str, Any] = {
            "id": make_urn(settings, card.slug),
            "url": link(settings, card_url(card.slug)),
            "title": card.title or card.slug,
            "content_html": write_summary(settings, card, made),
            "content_text": "\n".join(filter(None, (card.phrase, card.translation))),
            "summary": card.translation or card.caption,
            "date_published": format_time(read_day(card.date, settings)),
        }
        if made.picture:
            item["image"] = link(settings, made.picture.fallback)
        if made.sound:
            item["attachments"] = [
                {
                    "url": link(settings, made.sound.path),
                    "mime_type": made.sound.mime,
                    "title": card.phrase or card.title,
                    "size_in_bytes": made.sound.bytes,
                    "duration_in_seconds": made.sound.seconds,
                }
            ]
        feed["items"].append(item)
    return json.dumps(feed, indent=1, ensure_ascii=False) + "\n"


def write_listing(rows: Iterable[Mapping[str, Any]]) -> str:
    """postcards.json: every card in order, for programs."""
    # One card a line: as readable as indented JSON, and much faster to write.
    lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    return f"[\n{lines}\n]\n"


def write_sitemap(settings: Settings, pages: Iterable[str]) -> str:
    """The addresses of the HTML pages. Search engines only read it if they are absolute."""
    ET.register_namespace("", SITEMAP)
    urls = ET.Element(f"{{{SITEMAP}}}urlset")
    for path in pages:
        if path.endswith(".html") and path != "404.html":
            address = ET.SubElement(ET.SubElement(urls, f"{{{SITEMAP}}}url"), f"{{{SITEMAP}}}loc")
            front = path == "index.html" and settings.site.base_url
            address.text = link(settings, "" if front else quote(path))
    ET.indent(urls)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(urls, encoding="unicode") + "\n"


def write_robots(settings: Settings) -> str:
    """robots.txt: everybody may read everything; with the sitemap's address, if it is known."""
    lines = ["User-agent: *", "Allow: /"]
    if settings.site.base_url:
        lines.append(f"Sitemap: {link(settings, 'sitemap.xml')}")
    return "\n".join(lines) + "\n"

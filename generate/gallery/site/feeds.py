"""Write what other programs read: feed.xml, feed.json, postcards.json, sitemap.xml, robots.txt."""

import html
import json
import re
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any
from urllib.parse import quote, urljoin
from xml.etree import ElementTree as ET

from generate.cards import Card
from generate.gallery.catalogue.entries import CardEntry
from generate.gallery.incremental.outputs import Output
from generate.gallery.media.card_media import CardMedia, card_url
from generate.gallery.pages.long_markdown import render_any
from generate.recipe import digest
from generate.settings import Settings

# Cards in a feed: it tells what is new, and a thousand cards would only be slow to fetch.
NEWEST = 100
# feedgen is no help: up to version 1.0.0 it drops `rel`, `type` and `length` of an entry's links,
# so sounds are no enclosures, and it fails on characters that XML forbids.
ATOM = "http://www.w3.org/2005/Atom"
SITEMAP = "http://www.sitemaps.org/schemas/sitemap/0.9"
# Characters that XML 1.0 forbids (section 2.2), even escaped.
NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def plan_feeds(
    settings: Settings, entries: Sequence[CardEntry], pages: Sequence[str], base: str
) -> Iterator[Output]:
    """The files that other programs read, as outputs.

    ``pages`` are raw paths of the HTML pages, for the sitemap; ``base`` is the digest of settings
    and code. Addresses are absolute if the settings give the site's address, else relative.
    """

    def order(entry: CardEntry) -> tuple[date, str]:
        return read_day(entry.facts["date"], settings), entry.slug

    newest = sorted(entries, key=order, reverse=True)[:NEWEST]
    key = digest([base, [entry.key for entry in newest]])
    yield Output("feed.xml", key, partial(write_atom, settings, newest))
    yield Output("feed.json", key, partial(write_json_feed, settings, newest))
    key = digest([base, [entry.key for entry in entries]])
    rows = (entry.facts["listing"] for entry in entries)
    yield Output("postcards.json", key, partial(write_listing, rows))
    yield Output("sitemap.xml", digest([base, pages]), partial(write_sitemap, settings, pages))
    yield Output("robots.txt", base, partial(write_robots, settings))


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


def write_atom(settings: Settings, entries: Sequence[CardEntry]) -> str:
    """An Atom feed (RFC 4287); sound and picture of each card are enclosures."""
    ET.register_namespace("", ATOM)
    feed = ET.Element(f"{{{ATOM}}}feed", {"xml:lang": settings.site.lang})
    days = [read_day(entry.card.date, settings) for entry in entries]
    add(feed, "id", make_urn(settings))
    add(feed, "title", settings.title)
    add(feed, "updated", format_time(max(days, default=settings.date)))
    add(add(feed, "author"), "name", settings.author or settings.title)
    add(feed, "rights", settings.site.licence)
    add_link(feed, settings, "feed.xml", rel="self", type="application/atom+xml")
    add_link(feed, settings, "index.html", rel="alternate", type="text/html")
    for entry, day in zip(entries, days, strict=True):
        card, media = entry.card, entry.media
        element = add(feed, "entry")
        add(element, "id", make_urn(settings, card.slug))
        add(element, "title", card.title or card.slug)
        add(element, "published", format_time(day))
        add(element, "updated", format_time(day))
        add_link(element, settings, card_url(card.slug), rel="alternate", type="text/html")
        if sound := media.sound:
            facts = {"rel": "enclosure", "type": sound.mime, "length": str(sound.bytes)}
            add_link(element, settings, sound.path, **facts)
        if media.picture:
            path = media.picture.fallback
            kind = "image/png" if path.endswith(".png") else "image/jpeg"
            add_link(element, settings, path, rel="enclosure", type=kind)
        add(element, "summary", card.translation or card.caption)
        add(element, "content", write_summary(settings, card, media), type="html")
    return format_xml(feed)


def add(parent: ET.Element, name: str, text: str | None = None, **attributes: str) -> ET.Element:
    """Append an Atom element; characters that XML forbids are dropped."""
    element = ET.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    if text is not None:
        element.text = NOT_XML.sub("", text)
    return element


def add_link(parent: ET.Element, settings: Settings, path: str, **attributes: str) -> None:
    """Append a link to a percent-encoded path below site/."""
    add(parent, "link", **attributes, href=link(settings, path))


def format_xml(root: ET.Element) -> str:
    """A whole XML file, indented."""
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def write_summary(settings: Settings, card: Card, media: CardMedia) -> str:
    """A card as a few lines of HTML, for feed readers."""
    lines = []
    if media.picture:
        source = html.escape(link(settings, media.picture.fallback))
        size = f'width="{media.picture.width}" height="{media.picture.height}"'
        lines.append(f'<p><img src="{source}" alt="{html.escape(card.caption)}" {size}></p>')
    if card.phrase:
        lines.append(f"<p><em>{html.escape(card.phrase)}</em></p>")
    if card.translation:
        lines.append(f"<p>{html.escape(card.translation)}</p>")
    if card.notes.strip():
        lines.append(lead_from_feed(settings, card, render_any(card.notes)))
    return "\n".join(lines)


def lead_from_feed(settings: Settings, card: Card, text: str) -> str:
    """The HTML of a card's page with links that lead from the feed where they led from the page."""
    page = link(settings, card_url(card.slug))

    def lead(found: re.Match[str]) -> str:
        return f'href="{html.escape(urljoin(page, html.unescape(found[1])))}"'

    return re.sub(r'href="([^"]*)"', lead, text)


def write_json_feed(settings: Settings, entries: Sequence[CardEntry]) -> str:
    """JSON Feed 1.1, each sound an attachment."""
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
    for entry in entries:
        card, media = entry.card, entry.media
        item: dict[str, Any] = {
            "id": make_urn(settings, card.slug),
            "url": link(settings, card_url(card.slug)),
            "title": card.title or card.slug,
            "content_html": write_summary(settings, card, media),
            "content_text": "\n".join(
                filter(None, (card.phrase, card.translation, card.notes.strip()))
            ),
            "summary": card.translation or card.caption,
            "date_published": format_time(read_day(card.date, settings)),
        }
        if media.picture:
            item["image"] = link(settings, media.picture.fallback)
        if media.sound:
            attachment = {
                "url": link(settings, media.sound.path),
                "mime_type": media.sound.mime,
                "title": card.phrase or card.title,
                "size_in_bytes": media.sound.bytes,
                "duration_in_seconds": media.sound.seconds,
            }
            item["attachments"] = [attachment]
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
    return format_xml(urls)


def write_robots(settings: Settings) -> str:
    """robots.txt: everybody may read everything; with the sitemap's address, if it is known."""
    lines = ["User-agent: *", "Allow: /"]
    if settings.site.base_url:
        lines.append(f"Sitemap: {link(settings, 'sitemap.xml')}")
    return "\n".join(lines) + "\n"

"""Compose the site: every file of it but media, with the digest of what decides it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import cache, partial
from pathlib import Path
from typing import Any

from markupsafe import Markup

from generate.errors import Refusal
from generate.gallery.media.media import MEDIA, Bed
from generate.gallery.pages.articles import Article
from generate.gallery.pages.contents import Contents
from generate.gallery.pages.pages import plan_pages
from generate.gallery.pages.reference import Reference
from generate.gallery.pages.templates import open_templates, reads_widely
from generate.gallery.site.catalogue import Entry
from generate.gallery.site.collisions import refuse_collisions
from generate.gallery.site.feeds import plan_feeds
from generate.gallery.site.inputs import PROJECT_TEMPLATES, list_parents
from generate.gallery.site.ledger import Ledger, key_of
from generate.gallery.site.neighbours import Place, find_neighbours
from generate.gallery.site.outputs import Output
from generate.gallery.site.worker import write_manifest
from generate.recipe import digest
from generate.settings import Settings

# What the site holds besides what is composed here.
WORKER = ("sw.js", "offline.json")
FIXED = (*WORKER, MEDIA, "favicon.ico", *(f"assets/icon-{size}.png" for size in (180, 192, 512)))


def compose(
    settings: Settings,
    ledger: Ledger,
    entries: Sequence[Entry],
    beds: Mapping[str, Bed],
    inputs: Mapping[str, str],
    base: str,
    kept: dict[str, dict[str, Any]],
) -> list[Output]:
    """Everything in the order in which it is to be written.

    ``base`` is the digest of settings and code. ``kept`` holds what is worth keeping until the next
    build of this process: compiled templates, the language and the dictionary, by digests.
    """
    sources = [
        (name, found)
        for name, found in inputs.items()
        if name.startswith(("templates/", "own-templates/")) and name.endswith((".html", ".svg"))
    ]
    key, templates = digest(sources), kept.setdefault("templates", {})
    if key not in templates:
        templates.clear()
        templates[key] = open_templates(settings, settings.work / "site" / "templates")
    contents = gather(settings, ledger, entries, beds, inputs, base, kept)
    spoken = inputs.get("language.toml", "")
    sounds = {hour: asdict(bed) for hour, bed in beds.items()}
    common = digest([base, sources, list_texts(inputs), spoken, sounds])

    outputs = {output.name: output for output in list_assets(settings, inputs)}
    pages = list(plan_pages(contents, common, templates[key]))
    feeds = plan_feeds(settings, entries, [page.name for page in pages], base)
    manifest = write_manifest(settings)
    others = [Output(name, base, partial(str, text)) for name, text in manifest.items()]
    for output in [*pages, *feeds, *others]:
        if output.name in outputs:
            raise Refusal(f"{output.name}: the site makes a file of this name; rename yours")
        outputs[output.name] = output
    outputs |= {output.name: output for output in list_static(settings, inputs, outputs)}
    refuse_collisions([*FIXED, *outputs])
    return list(outputs.values())


def gather(
    settings: Settings,
    ledger: Ledger,
    entries: Sequence[Entry],
    beds: Mapping[str, Bed],
    inputs: Mapping[str, str],
    base: str,
    kept: dict[str, dict[str, Any]],
) -> Contents:
    """What the pages are made from. What is costly to read is kept in the ledger or in ``kept``."""
    near = recall_near(ledger, [entry.facts["place"] for entry in entries], base)
    articles = recall_articles(ledger, settings, digest([base, list_texts(inputs)]))
    contents = Contents(entries, near, settings, articles, None, beds)
    if spoken := inputs.get("language.toml"):
        key, path = digest([base, spoken]), settings.content / "language.toml"
        facts = ledger.recall("language", key)
        words = key_of(key, [(entry.slug, entry.facts["words"]) for entry in entries])
        books, tongues = kept.setdefault("books", {}), kept.setdefault("languages", {})
        if key not in tongues:
            tongues.clear()
            tongues[key] = cache(partial(read_language, path))
        contents.reference = Reference(tongues[key], contents.cards, facts, (words, books))
        if facts is None:
            ledger.record("language", key, contents.reference.facts)
    if reads_widely(settings):
        contents.wide = digest(dict(inputs))
    return contents


def list_texts(inputs: Mapping[str, str]) -> list[tuple[str, str]]:
    """Names and digests of the person's own pages."""
    return [(name, found) for name, found in inputs.items() if name.startswith("pages/")]


def recall_near(ledger: Ledger, places: list[Place], base: str) -> list[list[int]]:
    """Each card's neighbours, from those of an earlier build where few places are others."""
    key = digest([base, places])
    found = ledger.recall("near", key)
    if found is None:
        before = ledger.read("near") or {"base": ""}
        known = (before["places"], before["near"]) if before["base"] == base else None
        near = find_neighbours(places, before=known)
        found = {"base": base, "places": places, "near": near}
        ledger.record("near", key, found)
    rows: list[list[int]] = found["near"]
    return rows


def recall_articles(ledger: Ledger, settings: Settings, key: str) -> list[Article]:
    """The person's own pages."""
    stored = ledger.recall("articles", key)
    if stored is None:
        from generate.gallery.pages.articles import read_articles

        stored = [asdict(article) for article in read_articles(settings)]
        ledger.record("articles", key, stored)
    return [Article(**{**article, "html": Markup(article["html"])}) for article in stored]


def read_language(path: Path) -> Any:
    """The language of content/language.toml."""
    from generate.phrases.language.file import read_language

    return read_language(path)


def list_assets(settings: Settings, inputs: Mapping[str, str]) -> Iterator[Output]:
    """Style sheets, scripts and drawings: the project's, with the jungle's own laid over them."""
    for group, folder in (
        ("templates", PROJECT_TEMPLATES),
        ("own-templates", settings.home / "templates"),
    ):
        for name, found in inputs.items():
            if name.startswith(f"{group}/assets/"):
                path = name.removeprefix(f"{group}/")
                yield Output(path, found, (folder / path).read_bytes)


def list_static(
    settings: Settings, inputs: Mapping[str, str], outputs: Mapping[str, Output]
) -> Iterator[Output]:
    """A person's own files in content/static/, published as they are."""
    taken = {*outputs, *WORKER}
    folders = {folder for path in taken for folder in list_parents(path)} | {MEDIA}
    for name, found in inputs.items():
        if name.startswith("static/"):
            path, source = name.removeprefix("static/"), settings.content / name
            above = set(list_parents(path))
            if path in taken or above & {*taken, MEDIA}:
                raise Refusal(f"{source}: the site makes a file of this name; rename yours")
            if path in folders:
                raise Refusal(f"{source}: the site makes a folder of this name; rename yours")
            yield Output(path, found, source.read_bytes)

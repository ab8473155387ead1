"""List every file of the site except media, each with the digest of all that decides it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import cache, partial
from pathlib import Path
from typing import Any

from markupsafe import Markup

from generate.errors import Refusal
from generate.gallery.catalogue.entries import CardEntry
from generate.gallery.catalogue.neighbours import Place, find_neighbours
from generate.gallery.incremental.inputs import TEMPLATES, list_parents
from generate.gallery.incremental.ledger import Ledger, make_key
from generate.gallery.incremental.outputs import Output
from generate.gallery.media.beds import Bed
from generate.gallery.media.card_media import MEDIA
from generate.gallery.pages.articles import Article
from generate.gallery.pages.contents import Contents
from generate.gallery.pages.reference import Reference
from generate.gallery.pages.renderer import plan_pages
from generate.gallery.pages.templates import open_templates, reads_widely
from generate.gallery.site.collisions import refuse_collisions
from generate.gallery.site.feeds import plan_feeds
from generate.gallery.site.service_worker import write_manifest
from generate.gallery.speaking.script import plan_script
from generate.gallery.summon.files import ASSETS, open_summoning, plan_summoning
from generate.gallery.summon.parents import plan_parents
from generate.recipe import digest
from generate.settings import Settings

# What the site holds besides what is composed here.
WORKER = ("sw.js", "offline.json")
FIXED = (*WORKER, MEDIA, "favicon.ico", *(f"assets/icon-{size}.png" for size in (180, 192, 512)))
# What a person's file of the same name replaces: hosts and robots know these names alone.
OWNABLE = {"404.html", "robots.txt"}
# For the next build of this process, what takes long to make: (digest of what decides it, value).
Kept = dict[str, tuple[str, Any]]


def keep(kept: Kept, name: str, key: str, make: Callable[[], Any]) -> Any:
    """The value ``kept`` under ``name``, made now unless it was made with the same ``key``."""
    if name not in kept or kept[name][0] != key:
        kept[name] = key, make()
    return kept[name][1]


def compose_site(
    settings: Settings,
    ledger: Ledger,
    entries: Sequence[CardEntry],
    beds: Mapping[str, Bed],
    inputs: Mapping[str, str],
    base: str,
    kept: Kept,
) -> list[Output]:
    """All outputs, in the order in which they are written.

    ``base`` is the digest of settings and code.
    """
    sources = [
        (name, found)
        for name, found in inputs.items()
        if name.startswith(("templates/", "own-templates/")) and name.endswith((".html", ".svg"))
    ]
    cache = settings.work / "site" / "compiled"
    templates = keep(kept, "templates", digest(sources), partial(open_templates, settings, cache))
    contents = collect_contents(settings, ledger, entries, beds, inputs, base, kept)
    spoken = inputs.get("language.toml", "")
    sounds = {hour: asdict(bed) for hour, bed in beds.items()}
    summoning = contents.summoning = open_summoning(settings, ledger, inputs, base)
    common = digest([base, sources, list_texts(inputs), spoken, sounds, bool(summoning)])

    outputs = {output.name: output for output in list_assets(settings, inputs)}
    if summoning:
        outputs |= {output.name: output for output in plan_summoning(summoning)}
        parents = plan_parents(summoning, entries, base)
        outputs[parents.name] = parents
    else:
        outputs = {name: output for name, output in outputs.items() if name not in ASSETS}
    if contents.reference:
        script = plan_script(settings, inputs, base)
        outputs[script.name] = script
    outputs |= {output.name: output for output in list_pictures(ledger, base)}
    pages = list(plan_pages(contents, common, templates))
    feeds = plan_feeds(settings, entries, [page.name for page in pages], base)
    manifest = Output("manifest.webmanifest", base, partial(write_manifest, settings))
    for output in [*pages, *feeds, manifest]:
        if output.name in outputs:
            raise Refusal(f"{output.name}: the site makes a file of this name; rename yours")
        outputs[output.name] = output
    outputs |= {output.name: output for output in list_static(settings, inputs, outputs)}
    refuse_collisions([*FIXED, *outputs])
    return list(outputs.values())


def collect_contents(
    settings: Settings,
    ledger: Ledger,
    entries: Sequence[CardEntry],
    beds: Mapping[str, Bed],
    inputs: Mapping[str, str],
    base: str,
    kept: Kept,
) -> Contents:
    """What the pages are made from. Slow parts are kept in the ledger or in ``kept``."""
    near = recall_neighbours(ledger, [entry.facts["place"] for entry in entries], base)
    articles = recall_articles(ledger, settings, digest([base, list_texts(inputs)]))
    contents = Contents(entries, near, settings, articles, None, beds)
    if spoken := inputs.get("language.toml"):
        key, path = digest([base, spoken]), settings.content / "language.toml"
        facts = ledger.recall("language", key)
        words = make_key(key, [(entry.slug, entry.facts["words"]) for entry in entries])
        language = keep(kept, "language", key, lambda: cache(partial(open_language, path)))
        keep_book = partial(keep, kept, "book", words)
        contents.reference = Reference(language, contents.cards, facts, keep_book)
        if facts is None:
            ledger.record("language", key, contents.reference.facts)
    if reads_widely(settings):
        contents.wide = digest(dict(inputs))
    return contents


def list_texts(inputs: Mapping[str, str]) -> list[tuple[str, str]]:
    """Names and digests of the pages in content/pages/."""
    return [(name, found) for name, found in inputs.items() if name.startswith("pages/")]


def recall_neighbours(ledger: Ledger, places: list[Place], base: str) -> list[list[int]]:
    """Each card's neighbours. If few places changed, those of an earlier build are corrected."""
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
    """The pages in content/pages/, rendered only if one of them changed."""
    stored = ledger.recall("articles", key)
    if stored is None or ledger.recall("illustrations", key) is None:
        from generate.gallery.pages.articles import read_articles
        from generate.gallery.pages.illustrations import Illustrations

        pictures = Illustrations(settings)
        stored = [asdict(article) for article in read_articles(settings, pictures)]
        pictures.tell()
        ledger.record("articles", key, stored)
        ledger.record("illustrations", key, pictures.sources)
    return [Article(**{**article, "html": Markup(article["html"])}) for article in stored]


def list_pictures(ledger: Ledger, base: str) -> Iterator[Output]:
    """The pictures that the pages show; their names hold a digest of their bytes."""
    for name, source in (ledger.read("illustrations") or {}).items():
        yield Output(name, make_key(base, name), partial(encode_picture_of_page, source))


def encode_picture_of_page(source: str) -> bytes:
    """A picture beside a page, for the web; `Refusal` if it was broken or removed meanwhile."""
    from generate.gallery.media.decode import BrokenPicture
    from generate.gallery.pages.illustrations import encode_illustration

    try:
        return encode_illustration(Path(source))
    except BrokenPicture as broken:
        raise Refusal(f"{source}: {broken}") from None


def open_language(path: Path) -> Any:
    """The language in content/language.toml."""
    from generate.phrases.language.file import read_language

    return read_language(path)


def list_assets(settings: Settings, inputs: Mapping[str, str]) -> Iterator[Output]:
    """Style sheets, scripts and drawings; the jungle's own come last and replace the project's."""
    for group, folder in (
        ("templates", TEMPLATES),
        ("own-templates", settings.home / "templates"),
    ):
        for name, found in inputs.items():
            if name.startswith(f"{group}/assets/"):
                path = name.removeprefix(f"{group}/")
                yield Output(path, found, (folder / path).read_bytes)


def list_static(
    settings: Settings, inputs: Mapping[str, str], outputs: Mapping[str, Output]
) -> Iterator[Output]:
    """Files of content/static/, published unchanged. `Refusal` if the site makes such a file."""
    taken = {*outputs, *WORKER} - OWNABLE
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

"""Make the gallery installable and usable offline: manifest.webmanifest, offline.json, sw.js."""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import quote, unquote

from generate.gallery.incremental.ledger import Ledger
from generate.gallery.media.beds import Bed
from generate.gallery.media.card_media import CardMedia
from generate.recipe import digest
from generate.settings import Settings
from generate.shipped import TEMPLATES

# Bytes that a browser stores at the first visit; it stores other cards when they are visited.
BUDGET = 24_000_000
VERSION = "__VERSION__"  # stands in the template for the version
# Colours of background and title bar by theme.
COLOURS = {
    "gouache": ("#f7f1e4", "#f7f1e4"),
    "herbarium": ("#f4f2ea", "#f4f2ea"),
    "midnight": ("#12171c", "#12171c"),
}


def write_manifest(settings: Settings) -> str:
    """The web app manifest. Its addresses are relative, so the site works in any folder."""
    background, theme = COLOURS[settings.site.theme]
    icons = [
        {"src": f"assets/icon-{size}.png", "sizes": f"{size}x{size}", "type": "image/png"}
        | ({"purpose": purpose} if purpose != "any" else {})
        for size in (192, 512)
        for purpose in ("any", "maskable")
    ]
    manifest = {
        "id": "./",
        "name": settings.title,
        "short_name": settings.title[:24],
        "lang": settings.site.lang,
        "start_url": "./index.html",
        "scope": "./",
        "display": "minimal-ui",
        "background_color": background,
        "theme_color": theme,
        "icons": icons,
    }
    return json.dumps(manifest, indent=1, ensure_ascii=False) + "\n"


def write_worker(
    settings: Settings,
    sizes: Mapping[str, int],
    digests: Mapping[str, str],
    media: Iterable[CardMedia],
    beds: Mapping[str, Bed],
    ledger: Ledger,
) -> dict[str, str]:
    """sw.js, and offline.json, the list of files that it stores.

    ``sizes`` are bytes of the site's other files by raw path, except media. ``digests`` are those
    of all files with media; they give the version, so any change makes a new service worker.
    """
    shell, pages = [], []
    size = 0
    for name, length in sizes.items():
        if is_shell(name):
            shell.append(quote(name))
            size += length
    for name, length in sizes.items():
        if name.endswith(".html") and not is_shell(name) and size + length <= BUDGET:
            pages.append(quote(name))
            size += length
    kept: dict[str, None] = {}
    out = settings.home / "site"
    for path in list_media(media, beds):
        size += ledger.present[f"{out}/{unquote(path)}"].st_size
        if size > BUDGET:
            break
        kept[path] = None
    files = {"shell": shell, "pages": pages, "media": list(kept)}
    text = json.dumps(files, separators=(",", ":")) + "\n"
    version = digest([dict(digests), files])[:16]
    return {"offline.json": text, "sw.js": read_worker_source(settings).replace(VERSION, version)}


def is_shell(name: str) -> bool:
    """Whether the first page needs a file."""
    if name in ("index.html", "404.html", "search.js", "manifest.webmanifest"):
        return True
    return name.startswith("assets/") and not name.endswith(".png")


def list_media(media: Iterable[CardMedia], beds: Mapping[str, Bed]) -> Iterator[str]:
    """What to store, the most important first: sounds and one size of pictures, beds, frames.

    Pictures are WebP, since every browser with service workers shows it.
    """
    cards = list(media)
    for made in cards:
        if made.sound:
            yield made.sound.path
        if made.picture:
            yield choose_size(made.picture.sources)
    for bed in beds.values():
        yield bed.script
    for made in cards:
        if made.frames:
            yield made.frames.path
        if made.nearest:
            yield made.nearest


def choose_size(sources: tuple[tuple[str, str], ...], width: int = 640) -> str:
    """The largest WebP of at most ``width`` pixels, or else the smallest."""
    srcset = dict(sources)["image/webp"]
    files = [(int(size[:-1]), path) for path, size in map(str.split, srcset.split(", "))]
    fitting = [file for file in files if file[0] <= width] or [min(files)]
    return max(fitting)[1]


def read_worker_source(settings: Settings) -> str:
    """The source of the service worker: the jungle's own, or else the project's."""
    own = settings.home / "templates" / "sw.js"
    path: Path = own if own.is_file() else TEMPLATES / "sw.js"
    return path.read_text(encoding="utf-8")

"""Make the gallery installable and keep it offline: manifest.webmanifest, offline.json, sw.js."""

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import quote, unquote

from generate.gallery.incremental.inputs import PROJECT_TEMPLATES
from generate.gallery.media.card_media import Bed, CardMedia
from generate.recipe import digest
from generate.settings import Settings

# Bytes that a visitor's browser is asked to keep; cards beyond it are kept when visited.
BUDGET = 24_000_000
VERSION = "__VERSION__"
COLOURS = {
    "gouache": ("#f7f1e4", "#f7f1e4"),
    "herbarium": ("#f4f2ea", "#f4f2ea"),
    "midnight": ("#12171c", "#12171c"),
}


def write_manifest(settings: Settings) -> dict[str, str]:
    """The web app manifest; every address is relative to it, so that any folder will do."""
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
    text = json.dumps(manifest, indent=1, ensure_ascii=False) + "\n"
    return {"manifest.webmanifest": text}


def write_worker(
    settings: Settings,
    sizes: Mapping[str, int],
    digests: Mapping[str, str],
    media: Iterable[CardMedia],
    beds: Mapping[str, Bed],
) -> dict[str, str]:
    """sw.js and the list of what it keeps.

    ``sizes`` are those of the site's other files in bytes by raw path, ``digests`` those of all of
    them and of the media, which give the version: any change of the site is a new service worker.
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
    for path in list_media(media, beds):
        size += (settings.home / "site" / unquote(path)).stat().st_size
        if size > BUDGET:
            break
        kept[path] = None
    files = {"shell": shell, "pages": pages, "media": list(kept)}
    text = json.dumps(files, separators=(",", ":")) + "\n"
    version = digest([dict(digests), files])[:16]
    return {
        "offline.json": text,
        "sw.js": read_template(settings).replace(VERSION, version),
    }


def is_shell(name: str) -> bool:
    """Whether the first page cannot be shown without a file."""
    if name in ("index.html", "404.html", "search.js", "manifest.webmanifest"):
        return True
    return name.startswith("assets/") and not name.endswith(".png")


def list_media(media: Iterable[CardMedia], beds: Mapping[str, Bed]) -> Iterator[str]:
    """What to keep, most wanted first: of each card its voice, one size of its picture, frames.

    WebP, since every browser with service workers shows it.
    """
    seen = []
    for made in media:
        seen.append(made)
        if made.sound:
            yield made.sound.path
        if made.picture:
            yield choose_size(made.picture.sources)
    for bed in beds.values():
        yield bed.script
    for made in seen:
        if made.frames:
            yield made.frames.path
        if made.nearest:
            yield made.nearest


def choose_size(sources: tuple[tuple[str, str], ...], width: int = 640) -> str:
    """The largest WebP of at most ``width`` pixels, else the smallest."""
    srcset = dict(sources)["image/webp"]
    files = [(int(size[:-1]), path) for path, size in map(str.split, srcset.split(", "))]
    fitting = [file for file in files if file[0] <= width] or [min(files)]
    return max(fitting)[1]


def read_template(settings: Settings) -> str:
    """The service worker's source: the jungle's own or the project's."""
    own = settings.home / "templates" / "sw.js"
    path: Path = own if own.is_file() else PROJECT_TEMPLATES / "sw.js"
    return path.read_text(encoding="utf-8")

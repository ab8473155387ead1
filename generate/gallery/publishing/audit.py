"""Check site/ before it is published: links, alt texts, external requests, secrets, size."""

import os
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

from generate.bundles.merged import read_cards
from generate.errors import Refusal
from generate.gallery.incremental.inputs import WELL_KNOWN, require_inputs
from generate.gallery.incremental.outputs import LIMIT, walk_site
from generate.gallery.publishing.domain import check_domain, list_misplaced
from generate.gallery.site.sources import list_sources
from generate.safety.secret_keys import SECRET, list_secrets
from generate.settings import Settings

TEXT = {".html", ".css", ".js", ".json", ".xml", ".txt", ".svg", ".webmanifest", ".md", ""}
# Bytes at whose beginning a file of any other kind shows that it is no text, by one of them.
HEAD = 8192
# Bytes; GitHub accepts no larger file.
FILE_LIMIT = 100_000_000
# Hidden files in content/static/ that nobody means to publish, or that publishing adds itself.
UNSAID = {".gitignore", ".gitkeep", ".DS_Store", ".nojekyll"}
# How many faults a refusal names.
SHOWN = 5
KINDS = {
    "nearest": "of your training pictures and their names",
    "recording": "names of your recordings",
    "model": "names of your models",
}
# Attributes, and relations of <link>, whose address the browser fetches by itself.
FETCHED = {"src", "srcset", "poster", "data", "imagesrcset", "background", "xlink:href"}
LINKS = {"stylesheet", "icon", "apple-touch-icon", "manifest", "preload", "modulepreload"}
# A quoted address is taken whole, since a drawing in it may contain other quotes and addresses.
CSS_ADDRESS = re.compile(
    r"""url\(\s*(?:"([^"]*)"|'([^']*)'|([^"')]+))|@import\s+["']([^"']+)""", re.IGNORECASE
)
# An XML name space is an address that is never fetched.
SCRIPT_ADDRESS = re.compile(r"""["'`](https?://(?!www\.w3\.org/)[^"'`\s]+)""")


@dataclass
class Audit:
    """What was found: ``errors`` prevent publishing, ``warnings`` do not."""

    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    files: int = 0
    bytes: int = 0

    def __str__(self) -> str:
        found = f"{self.files} files, {self.bytes / 1e6:.1f} MB, {len(self.errors)} errors"
        lines = [f"error: {line}" for line in self.errors]
        lines += [f"warning: {line}" for line in self.warnings]
        return "\n".join([found, *(f"          {line}" for line in lines)])


class PageParser(HTMLParser):
    """The addresses, names and faults of one page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        # (address, whether the browser fetches it by itself)
        self.addresses: list[tuple[str, bool]] = []
        self.names: set[str] = set()
        self.without_alt: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.names |= {given[name] for name in ("id", "name") if name in given}
        if tag == "img" and "alt" not in given:
            self.without_alt.append(given.get("src", ""))
        for name, value in given.items():
            if name in ("srcset", "imagesrcset"):
                parts = [part.split() for part in value.split(",")]
                self.addresses += [(part[0], True) for part in parts if part]
            elif name == "style":
                self.addresses += [(address, True) for address in find_in_css(value)]
            elif name in FETCHED:
                self.addresses.append((value, True))
            elif name in ("href", "action", "formaction"):
                relation = set(given.get("rel", "").split())
                fetched = tag == "use" or (tag == "link" and bool(relation & LINKS))
                self.addresses.append((value, fetched))


@dataclass
class SiteFiles:
    """The files of site/, and what its pages contain."""

    root: Path
    base_url: str
    files: dict[str, os.stat_result]

    @cached_property
    def folders(self) -> set[str]:
        """Every folder that contains a file; site/ itself is ""."""
        found = {""}
        for name in self.files:
            while name := posixpath.dirname(name):
                found.add(name)
        return found

    @cached_property
    def pages(self) -> dict[str, PageParser]:
        """The HTML pages by path."""
        found = {}
        for name in self.files:
            if name.endswith(".html"):
                found[name] = page = PageParser()
                page.feed((self.root / name).read_text(encoding="utf-8", errors="replace"))
        return found

    def find(self, path: str) -> str | None:
        """The file that a server sends for a path below site/, None if there is none."""
        if path in self.files:
            return path
        if path.rstrip("/") in self.folders:
            index = posixpath.join(path.rstrip("/"), "index.html")
            return index if index in self.files else None
        return None


def require_fit(settings: Settings) -> Audit:
    """Audit the site; raises `Refusal` with the first faults if there are errors."""
    audit = audit_site(settings)
    if audit.errors:
        more = len(audit.errors) - SHOWN
        shown = "; ".join(audit.errors[:SHOWN]) + (f"; and {more} more" if more > 0 else "")
        raise Refusal(f"the site is not fit to publish: {shown}")
    return audit


def audit_site(settings: Settings) -> Audit:
    """Check every file of ``settings.home``/site."""
    root = settings.home / "site"
    audit = Audit()
    if not (root / "index.html").is_file():
        audit.errors.append(f"{root}: holds no index.html; run make build first")
        return audit
    try:
        require_inputs(settings)
    except Refusal as link:
        audit.errors.append(str(link))
    site = SiteFiles(root, settings.site.base_url, dict(walk_site(root)))
    audit.files = len(site.files)
    audit.bytes = sum(status.st_size for status in site.files.values())
    for name, page in site.pages.items():
        audit.errors += [f"{name}: {fault}" for fault in check_page(site, name, page)]
    for name in site.files:
        audit.errors += [f"{name}: {fault}" for fault in check_file(site, name, settings)]
    if audit.bytes > LIMIT:
        audit.warnings.append("larger than the 1 GB that GitHub Pages takes")
    if not settings.site.base_url:
        audit.warnings.append(
            "site.base_url is not set: feeds, the sitemap and shared links lack full addresses"
        )
    if "CNAME" in site.files:
        domain = (root / "CNAME").read_text(encoding="utf-8", errors="replace").strip()
        audit.warnings += filter(None, [check_domain(domain, settings.site.base_url)])
    audit.warnings += list_misplaced(settings)
    audit.warnings += list_hidden(settings.content / "static")
    audit.warnings += tell_outside(settings)
    if settings.site.show_sources:
        audit.warnings += tell_sources(settings)
    return audit


def tell_sources(settings: Settings) -> Iterator[str]:
    """What the cards show of the person's own sources, a line for each kind."""
    names: dict[str, dict[str, None]] = {}
    for card in read_cards(settings):
        for _, key, name in list_sources(settings, card):
            names.setdefault(KINDS[key], {})[name or card.slug] = None
    for kind, found in names.items():
        shown = ", ".join(list(found)[:SHOWN]) + (" …" if len(found) > SHOWN else "")
        yield f"site.show_sources is true: shows {len(found)} {kind} ({shown})"


def tell_outside(settings: Settings) -> Iterator[str]:
    """A line for each setting that names files beyond the jungle, of which its cards are made."""
    home = settings.home.resolve()
    named = {"pictures.source": settings.pictures.source, "sounds.folder": settings.sounds.folder}
    for key, name in named.items():
        place = (home / name).resolve() if name else home
        if place.exists() and not place.is_relative_to(home):
            yield f"{key} names {name}, beyond the jungle: cards are made of what lies there"


def list_hidden(static: Path) -> list[str]:
    """Hidden files and folders of content/static/, which are not published, a line for each."""
    found = static.rglob(".*") if static.is_dir() else ()
    return [
        f"{path} is hidden and not published; only {WELL_KNOWN}/ at its top is"
        for path in sorted(found)
        if path.name not in UNSAID and path != static / WELL_KNOWN
    ]


def check_page(site: SiteFiles, name: str, page: PageParser) -> Iterator[str]:
    """Faults of one page."""
    for source in page.without_alt:
        yield f"the picture {source} has no alt text"
    for address, fetched in dict.fromkeys(page.addresses):
        fault = check_address(site, name, address, fetched)
        if fault:
            yield fault


def check_address(site: SiteFiles, name: str, address: str, fetched: bool) -> str | None:
    """What is wrong with an address on page ``name``, if anything."""
    address = address.strip()
    try:
        parts = urlsplit(address)
    except ValueError:
        return f"{address[:80]} is no address"
    if parts.scheme in ("data", "mailto", "tel", "blob"):
        return None
    if parts.scheme not in ("", "http", "https"):
        return f"{address[:80]} begins with {parts.scheme}:, which no page may"
    base = site.base_url + "/" if site.base_url else None
    if parts.scheme or parts.netloc:
        if base is None or not address.startswith(base):
            return f"asks another site for {address[:80]}" if fetched else None
        path = parts.path[len(urlsplit(base).path) :]
    elif parts.path.startswith("/"):
        prefix = urlsplit(base).path if base else "/"
        if name != "404.html":
            return f"{address} is an absolute path, which fails below a sub-path"
        if not parts.path.startswith(prefix):
            return f"{address} does not begin with {prefix}"
        path = parts.path[len(prefix) :]
    elif not parts.path:
        path = quote(name)
    else:
        path = posixpath.normpath(posixpath.join(posixpath.dirname(name), parts.path))
        path = "" if path == "." else path
        if path.startswith(".."):
            return f"{address} leads out of the site"
        path += "/" if parts.path.endswith("/") and path else ""
    target = site.find(unquote(path))
    if target is None:
        return f"{address} leads nowhere"
    fragment = unquote(parts.fragment)
    if fragment and target in site.pages and re.fullmatch(r"[\w-]+", fragment):
        if fragment not in site.pages[target].names | {"top"}:
            return f"{address} names a place that is not on {target}"
    return None


def check_file(site: SiteFiles, name: str, settings: Settings) -> Iterator[str]:
    """Faults of one file of any kind."""
    path = site.root / name
    if path.is_symlink():
        yield "is a link; GitHub Pages takes none"
        return
    if site.files[name].st_size > FILE_LIMIT:
        yield "is larger than the 100 MB that GitHub takes"
        return
    data = path.read_bytes()
    for key, secret in list_secrets().items():
        if secret.encode("utf-8", "surrogateescape") in data:
            yield f"holds the value of {key}"
    if path.suffix.lower() not in TEXT and b"\0" in data[:HEAD]:
        return
    text = data.decode("utf-8", "replace")
    if SECRET.search(text):
        yield "holds what looks like a secret key or a password"
    for folder in {str(settings.home.resolve()), str(Path.home())}:
        if len(folder) > 4 and re.search(rf"(?<![\w./-]){re.escape(folder)}(?![\w-])", text):
            yield f"names a folder of this machine ({folder})"
    if path.suffix == ".css":
        for address in find_in_css(text):
            if fault := check_address(site, name, address, True):
                yield fault
    if path.suffix == ".js":
        for address in dict.fromkeys(SCRIPT_ADDRESS.findall(text)):
            if not (site.base_url and address.startswith(site.base_url)):
                yield f"asks another site for {address[:80]}"


def find_in_css(text: str) -> list[str]:
    """Addresses that a style sheet fetches."""
    return [address for found in CSS_ADDRESS.findall(text) for address in found if address]

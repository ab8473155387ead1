"""Feeds, lists and the manifest, read back by other programs' rules."""

import json
from pathlib import Path
from urllib.parse import unquote, urljoin
from xml.etree import ElementTree as ET

import pytest

from generate.gallery.site.render import render_site
from generate.settings import Settings
from tests.bundles import make_bundle, make_jungle

ATOM = "{http://www.w3.org/2005/Atom}"
BASE = "https://ada.example/my-jungle"
HOSTILE = "]]><script>alert(1)</script> & \x0b\x00 \"quoted\" 'ü' 🐸 مرحبا"


@pytest.fixture(scope="module", params=["", BASE], ids=["no address", "with address"])
def jungle(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    home = tmp_path_factory.mktemp("feeds")
    toml = f'title = "A & <b>"\nauthor = "Ada"\ncount = 3\n[site]\nbase_url = "{request.param}"\n'
    settings = make_jungle(home, 3, toml, size=24, frames=3, seconds=0.2)
    hostile = dict.fromkeys(("title", "caption", "phrase", "translation", "place"), HOSTILE)
    make_bundle(settings.bundles / "à #1", None, 24, 0, 0.2, date="yesterday", **hostile)
    make_bundle(settings.bundles / "mute", None, 24, 0, 0)
    render_site(settings)
    return settings


def local(settings: Settings, address: str) -> Path:
    """The file behind an address in a feed."""
    whole = urljoin(f"{settings.site.base_url or 'https://x.example'}/feed.xml", address)
    base = settings.site.base_url or "https://x.example"
    assert whole.startswith(base + "/")
    return settings.home / "site" / unquote(whole[len(base) + 1 :])


def test_atom(jungle: Settings) -> None:
    feed = ET.parse(jungle.home / "site" / "feed.xml").getroot()
    assert feed.tag == f"{ATOM}feed"
    assert feed.findtext(f"{ATOM}title") == "A & <b>"
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "Ada"
    entries = feed.findall(f"{ATOM}entry")
    assert len(entries) == 5
    for required in ("id", "updated"):
        assert feed.findtext(f"{ATOM}{required}")
    assert len({entry.findtext(f"{ATOM}id") for entry in entries}) == 5
    days = [entry.findtext(f"{ATOM}updated") or "" for entry in entries]
    assert days == sorted(days, reverse=True)
    assert feed.findtext(f"{ATOM}updated") == days[0]
    voices = 0
    for entry in entries:
        for link in entry.findall(f"{ATOM}link"):
            path = local(jungle, link.attrib["href"])
            assert path.is_file()
            if link.get("type") == "audio/mpeg":
                voices += 1
                assert link.get("rel") == "enclosure"
                assert int(link.attrib["length"]) == path.stat().st_size
        content = entry.find(f"{ATOM}content")
        assert content is not None and content.get("type") == "html"
        assert "<script>" not in (content.text or "")
    assert voices == 4


def test_json_feed(jungle: Settings) -> None:
    feed = json.loads((jungle.home / "site" / "feed.json").read_text())
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["title"] == "A & <b>" and feed["authors"] == [{"name": "Ada"}]
    assert len(feed["items"]) == len({item["id"] for item in feed["items"]}) == 5
    for item in feed["items"]:
        assert local(jungle, item["url"]).is_file() and local(jungle, item["image"]).is_file()
        assert "<script>" not in item["content_html"]
        for sound in item.get("attachments", []):
            path = local(jungle, sound["url"])
            assert sound["mime_type"] == "audio/mpeg"
            assert sound["size_in_bytes"] == path.stat().st_size
            assert abs(sound["duration_in_seconds"] - 0.2) < 0.01
    assert sum("attachments" in item for item in feed["items"]) == 4
    absolute = [item["url"].startswith(BASE) for item in feed["items"]]
    assert set(absolute) == {bool(jungle.site.base_url)}


def test_sitemap_lists_every_page(jungle: Settings) -> None:
    site = jungle.home / "site"
    urls = ET.parse(site / "sitemap.xml").getroot()
    found = [
        loc.text or "" for loc in urls.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")
    ]
    paths = [local(jungle, address) for address in found]
    files = {path / "index.html" if path.is_dir() else path for path in paths}
    assert files == {page for page in site.rglob("*.html") if page.name != "404.html"}
    robots = (site / "robots.txt").read_text()
    assert ("Sitemap: " in robots) == bool(jungle.site.base_url)


def test_manifest(jungle: Settings) -> None:
    site = jungle.home / "site"
    manifest = json.loads((site / "manifest.webmanifest").read_text())
    assert manifest["name"] == "A & <b>" and manifest["scope"] == "./"
    assert {icon["sizes"] for icon in manifest["icons"]} == {"192x192", "512x512"}
    from PIL import Image

    for icon in manifest["icons"]:
        with Image.open(site / icon["src"]) as image:
            assert f"{image.width}x{image.height}" == icon["sizes"]


def test_offline_list_names_files(jungle: Settings) -> None:
    site = jungle.home / "site"
    files = json.loads((site / "offline.json").read_text())
    for path in [path for group in files.values() for path in group]:
        assert (site / unquote(path)).is_file()
    assert "index.html" in files["shell"]
    assert sum(path.endswith(".mp3") for path in files["media"]) == 4


def test_social_pictures(jungle: Settings) -> None:
    from PIL import Image

    pictures = list((jungle.home / "site" / "media").glob("*.social.*.jpg"))
    assert len(pictures) == 5
    for path in pictures:
        with Image.open(path) as image:
            assert image.size == (1200, 630) and image.format == "JPEG"
        assert path.stat().st_size < 300_000

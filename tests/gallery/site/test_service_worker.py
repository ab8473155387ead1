"""The service worker, in a real browser: after one visit the gallery works without its server."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tornado.web import StaticFileHandler

from generate.gallery.site.render import render_site
from generate.settings import Settings
from tests.bundles import make_bundle, make_jungle
from tests.gallery.chromium import find_chromium, serve, until

pytestmark = pytest.mark.browser

ASK = """async ([path, range]) => {
  const answer = await fetch(path, range ? {headers: {Range: range}} : {});
  const bytes = new Uint8Array(await answer.arrayBuffer());
  return {status: answer.status, size: bytes.length, first: bytes[0] ?? null,
          range: answer.headers.get("Content-Range"), type: answer.headers.get("Content-Type")};
}"""


class Visit:
    """A browser context that has visited the gallery once, and the server it came from."""

    def __init__(self, browser: Any, settings: Settings) -> None:
        self.settings = settings
        self.server: Iterator[str] = serve(settings.home / "site")
        self.address = next(self.server)
        self.context = browser.new_context()
        self.context.set_default_timeout(90_000)
        self.page = self.context.new_page()
        self.page.goto(self.address)
        self.page.evaluate("navigator.serviceWorker.register('sw.js').then(() => 0)")
        self.page.evaluate("navigator.serviceWorker.ready.then(() => 0)")
        until(self.page, "() => navigator.serviceWorker.controller !== null")
        self.rows = json.loads((settings.home / "site" / "postcards.json").read_text())

    def leave(self) -> None:
        """Stop the server."""
        next(self.server, None)

    def ask(self, path: str, byte_range: str = "") -> dict[str, Any]:
        found: dict[str, Any] = self.page.evaluate(ASK, [path, byte_range])
        return found


def test_a_worker_is_installed_on_the_web_and_not_on_this_machine(
    browser: Any, tmp_path: Path
) -> None:
    settings = make_jungle(tmp_path, 1, size=24, frames=0, seconds=0)
    render_site(settings)
    server = serve(settings.home / "site")
    address = next(server)
    count = "navigator.serviceWorker.getRegistrations().then(found => found.length)"
    web = address.replace("127.0.0.1", "jungle.test")
    flags = [
        "--no-sandbox",
        "--host-resolver-rules=MAP jungle.test 127.0.0.1",
        f"--unsafely-treat-insecure-origin-as-secure={web.split('/my-jungle')[0]}",
    ]
    other = browser.browser_type.launch(executable_path=find_chromium(), args=flags)
    try:
        for site in (address, address.replace("127.0.0.1", "localhost")):
            page = other.new_page()
            page.goto(site)
            page.wait_for_timeout(1000)
            assert page.evaluate(count) == 0, site
        page = other.new_page()
        page.goto(web)
        until(page, f"async () => await {count} === 1")
    finally:
        other.close()
        next(server, None)


@pytest.fixture(scope="module")
def offline(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visit]:
    home = tmp_path_factory.mktemp("offline")
    settings = make_jungle(home, 3, size=400, frames=3, seconds=0.5)
    make_bundle(settings.bundles / "à la #1 50%", None, 24, 3, 0.2)
    render_site(settings)
    visit = Visit(browser, settings)
    visit.leave()
    yield visit
    visit.context.close()


def test_every_page_is_there(offline: Visit) -> None:
    site = offline.settings.home / "site"
    for row in offline.rows:
        offline.page.goto(offline.address + row["url"])
        assert row["title"] in offline.page.text_content("h1")
    for name in ("index.html", "about.html", "search.js", "assets/icon-192.png"):
        if name.endswith(".png"):
            continue
        assert offline.ask(offline.address + name)["size"] == (site / name).stat().st_size


def test_sounds_answer_ranges(offline: Visit) -> None:
    path = offline.rows[0]["sound"]
    data = (offline.settings.home / "site" / path).read_bytes()
    size = len(data)
    address = offline.address + path
    whole = offline.ask(address)
    assert (whole["status"], whole["size"]) == (200, size)
    for asked, start, end in [
        ("bytes=0-1", 0, 1),
        ("bytes=100-", 100, size - 1),
        ("bytes=-50", size - 50, size - 1),
        ("bytes=5-999999999", 5, size - 1),
    ]:
        part = offline.ask(address, asked)
        assert part["status"] == 206 and part["size"] == end - start + 1
        assert part["range"] == f"bytes {start}-{end}/{size}" and part["first"] == data[start]
    assert offline.ask(address, "bytes=999999999-")["status"] == 416
    for strange in ("bytes=0-1,5-6", "lines=1-2", "bytes=-"):
        assert offline.ask(address, strange)["status"] == 200


DECODE = """async path => {
  const bytes = await (await fetch(path)).arrayBuffer();
  const sound = await new OfflineAudioContext(1, 44100, 44100).decodeAudioData(bytes);
  const samples = sound.getChannelData(0);
  return [sound.duration, samples.reduce((most, x) => Math.max(most, Math.abs(x)), 0)];
}"""


def test_a_voice_is_heard_to_its_end(offline: Visit) -> None:
    row = next(row for row in offline.rows if row["sound"])
    offline.page.goto(offline.address + row["url"])
    assert offline.page.evaluate("document.querySelector('.desk .print').decode().then(() => true)")
    seconds, loudest = offline.page.evaluate(DECODE, offline.address + row["sound"])
    assert seconds == pytest.approx(0.5, abs=0.15) and loudest > 0.05
    offline.page.evaluate(
        "document.querySelector('audio').addEventListener('timeupdate', (event) => {"
        " if (event.target.currentTime > 0) window.moved = true; })"
    )
    offline.page.click(".play")
    until(offline.page, "document.querySelector('audio').ended")
    assert offline.page.evaluate("window.moved && document.querySelector('audio').error === null")


def test_any_size_of_a_picture_is_answered(offline: Visit) -> None:
    media = offline.settings.home / "site" / "media"
    pictures = [path for path in media.iterdir() if path.suffix in (".avif", ".webp")]
    assert {path.suffix for path in pictures} == {".avif", ".webp"}
    for path in pictures:
        if ".frames." not in path.name:
            assert offline.ask(f"{offline.address}media/{path.name}")["status"] == 200


def test_what_is_not_there_is_said_so(offline: Visit) -> None:
    offline.page.goto(offline.address + "no-such-page.html")
    lost = (offline.settings.home / "site" / "404.html").read_text()
    assert offline.page.title() in lost and offline.page.title()


def test_a_new_version_is_shown_at_once_and_old_caches_go(browser: Any, tmp_path: Path) -> None:
    settings = make_jungle(tmp_path, 2, size=24, frames=0, seconds=0.2)
    render_site(settings)
    visit = Visit(browser, settings)
    (tmp_path / "content" / "pages" / "about.md").write_text("# Quite new\n")
    render_site(settings)
    StaticFileHandler.reset()  # the test's server remembers digests of files
    visit.page.goto(visit.address + "about.html")
    assert "Quite new" in visit.page.text_content("body")
    visit.page.evaluate(
        "navigator.serviceWorker.getRegistration().then((r) => r.update()).then(() => 0)"
    )
    # One store of pages alone would also be true before the new worker has begun.
    version = re.search(r'VERSION = "(\w+)"', (tmp_path / "site/sw.js").read_text())
    assert version
    until(
        visit.page,
        "async () => { const names = (await caches.keys()).filter((n) => n.includes(' pages '));"
        f" return names.length === 1 && names[0].endsWith('{version[1]}'); }}",
    )
    names = visit.page.evaluate("caches.keys()")
    assert all(name.startswith(visit.address) for name in names) and len(names) == 2
    visit.leave()
    visit.page.goto(visit.address + "about.html")
    assert "Quite new" in visit.page.text_content("body")
    visit.context.close()

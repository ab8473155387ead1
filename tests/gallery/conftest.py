"""A rendered gallery, a loopback server for it, and a headless Chromium: made once per session."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from generate.gallery.site.render import render_site
from generate.phrases.language.file import write_language
from generate.phrases.language.language import make_language
from tests.bundles import HOURS, make_bundle, make_jungle, write_tone
from tests.gallery.chromium import OPENED, find_chromium, serve

# The address decides where 404.html, which is served at any depth, finds its style.
TOML = """title = "A test jungle"
author = "Ada"
count = 12
[site]
base_url = "https://ada.example/my-jungle"
"""
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)> ‮ שלום 🐸" + "w" * 300


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A headless Chromium, one for each process, whichever rooms ask for it.

    Without one: skipped here, failed in continuous integration.
    """
    if OPENED:
        yield OPENED[0]
        return
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        missing("playwright is not installed")
    with sync_playwright() as playwright:
        flags = [
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--autoplay-policy=user-gesture-required",
        ]
        try:
            chromium = playwright.chromium.launch(executable_path=find_chromium(), args=flags)
        except Error as error:
            missing(f"no Chromium: {str(error).splitlines()[0]}")
        OPENED.append(chromium)
        yield chromium
        OPENED.clear()
        chromium.close()


def missing(reason: str) -> None:
    """Skip for ``reason``, or fail where CI=true."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def jungle(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Settings of a rendered jungle of 12 cards, one of them hostile in every field."""
    home = tmp_path_factory.mktemp("jungle")
    settings = make_jungle(home, 12, TOML, size=96, seconds=1.5)
    (settings.bundles / "beast-001" / "notes.md").write_text(
        "It lives *under* the ferns and eats `moss`, says [the guide](../index.html).\n\n> Shy.\n"
    )
    make_bundle(
        home / "content" / "postcards" / "beast-002",
        2,
        seconds=1.5,
        **{key: HOSTILE for key in ("title", "caption", "translation", "place", "mood", "gloss")},
        phrase=HOSTILE,
        words=[],
        times=[],
        date="<b>never</b>",
        traits={"plan": HOSTILE, "<i>": HOSTILE},
        name={"form": HOSTILE, "meaning": HOSTILE},
    )
    message = f"# {HOSTILE}\n\n{HOSTILE}\n\n[press](javascript:alert(3)) <iframe src=x></iframe>\n"
    (home / "content" / "postcards" / "beast-002" / "postcard.md").write_text(message)
    language = make_language(7, settings.language, "soft")
    write_language(language, home / "content" / "language.toml")
    # A card whose words are in the dictionary, which can say them.
    make_bundle(
        home / "content" / "postcards" / "beast-005",
        5,
        seconds=1.5,
        phrase=f"{language.spell('moon')} {language.spell('river')}",
        words=[],
        times=[[0.1, 0.7], [0.8, 1.4]],
    )
    (home / "work" / "ambience").mkdir(parents=True)
    for hour in HOURS:
        write_tone(home / "work" / "ambience" / f"{hour}.flac", 110, 2)
    render_site(settings)
    return settings


@pytest.fixture(scope="session")
def address(jungle: Any) -> Iterator[str]:
    """The jungle's site/ on a loopback port, below /my-jungle/ as on GitHub Pages."""
    yield from serve(jungle.home / "site")


@pytest.fixture
def open_page(browser: Any, address: str) -> Iterator[Callable[..., Any]]:
    """Open a page of the jungle in a context of its own; its faults are in page.faults."""
    contexts = []

    def open_(path: str = "index.html", **options: Any) -> Any:
        options.setdefault("viewport", {"width": 1280, "height": 800})
        options.setdefault("service_workers", "block")
        context = browser.new_context(**options)
        context.set_default_timeout(90_000)  # a busy machine is no fault of the gallery's
        contexts.append(context)
        page = context.new_page()
        page.faults = []
        page.on("pageerror", lambda fault: page.faults.append(str(fault)))
        page.on(
            "console",
            lambda said: page.faults.append(said.text) if said.type == "error" else None,
        )
        page.on("dialog", lambda dialog: (page.faults.append("a dialog opened"), dialog.dismiss()))
        page.goto(path if "://" in path else address + path)
        return page

    yield open_
    for context in contexts:
        context.close()

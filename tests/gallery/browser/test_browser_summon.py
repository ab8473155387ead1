"""Beasts that a visitor's own browser draws: the same as Python's, on a static server, offline."""

import shutil

import numpy as np
import pytest

from generate.gallery.site.render import render_site
from generate.phrases.language.file import write_language
from generate.phrases.language.language import make_language
from generate.pictures import STARTER
from generate.pictures.model_folder import load_model
from generate.pictures.refining.refiner import refine
from generate.pictures.summoning.drawing import draw_summoned
from generate.pictures.summoning.model import open_portable
from tests.bundles import make_jungle
from tests.gallery.chromium import serve, until

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TOML = 'title = "A test jungle"\ncount = 3\n[pictures]\nsteps = 4\n'
WORDS = ["snake", "stripes", "night"]
PIXELS = """() => {
  const canvas = document.querySelector(".summoned canvas");
  const { width, height } = canvas;
  return Array.from(canvas.getContext("2d").getImageData(0, 0, width, height).data);
}"""

LARGE = """async () => {
  const print = document.querySelector(".summoned .print");
  await print.decode();
  const canvas = document.createElement("canvas");
  const [width, height] = [canvas.width, canvas.height] = [print.naturalWidth, print.naturalHeight];
  const ink = canvas.getContext("2d");
  ink.drawImage(print, 0, 0);
  return Array.from(ink.getImageData(0, 0, width, height).data);
}"""


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A jungle whose model is the starter, with few steps."""
    home = tmp_path_factory.mktemp("summon")
    settings = make_jungle(home, 3, TOML, size=96, seconds=0.5)
    shutil.copytree(STARTER, home / "work" / "model")
    write_language(make_language(7, "Mossish", "soft"), home / "content" / "language.toml")
    render_site(settings)
    return home


@pytest.fixture(scope="module")
def place(home):
    yield from serve(home / "site")


@pytest.fixture(scope="module")
def portable(home):
    return open_portable(home / "work" / "model", 4, 3.0)


def summon(page, words=()):
    for word in words:
        page.click(f'.chip[data-token="{word}"]')
    page.click(".summon")
    until(page, "() => document.querySelector('.summoned').dataset.done === ''")


def read_beast(page):
    """Words, seed and digest of the shown beast, by the letter in the page's address."""
    return page.evaluate(
        """async () => {
          const { letters } = window;
          const plain = await new Promise((done) => {
            const script = document.createElement("script");
            script.onload = () => done(window.letters);
            script.src = "assets/letters.js";
            document.head.append(script);
          });
          window.letters = letters;
          return (await plain.open(location.hash.slice(6))).cards[0];
        }"""
    )


def test_a_beast_is_that_of_python_and_the_link_grows_it_again(open_page, place, portable):
    family = load_model(STARTER)
    for seed in (1, 2, 3):
        page = open_page(place + "summon.html")
        page.evaluate("seed => { crypto.getRandomValues = (array) => array.fill(seed); }", seed)
        summon(page, WORDS)
        pixels = np.array(page.evaluate(PIXELS)).reshape(64, 64, 4)[..., :3].transpose(2, 0, 1)
        drawn = draw_summoned(family, portable, WORDS, seed).astype(int)
        assert drawn.std() > 20
        assert np.abs(pixels - drawn).mean() < 2
        large = np.array(page.evaluate(LARGE)).reshape(256, 256, 4)[..., :3]
        refined = np.asarray(refine(drawn.astype(np.uint8))).astype(int)
        assert np.abs(large - refined).mean() < 2
        beast = read_beast(page)
        assert beast["to"] == f"summoned {seed}" and set(beast["message"].split(", ")) == {*WORDS}
        assert page.faults == []
        if seed != 1:
            continue
        # Sent as a link: in a fresh profile nothing is fetched before the click.
        page.click(".send")
        page.fill("[name=to]", "Bea")
        page.fill("[name=message]", "Look <b>at it</b>")
        page.wait_for_timeout(300)
        link = page.input_value("[name=link]")
        friend = open_page(place + "drawer.html")
        asked = []
        friend.on("request", lambda request, asked=asked: asked.append(request.url))
        friend.goto(link)
        until(friend, "() => document.querySelector('.hand').textContent !== ''")
        assert friend.text_content(".hand") == "Look <b>at it</b>"
        assert friend.text_content(".to") == "Bea"
        assert not [url for url in asked if "/summon/" in url or "conjure" in url]
        summon(friend)
        again = np.array(friend.evaluate(PIXELS)).reshape(64, 64, 4)[..., :3].transpose(2, 0, 1)
        assert (again == pixels).all()
        for part in (".name .script", ".title", ".phrase", ".translation"):
            assert friend.text_content(part) == page.text_content(part) != ""
        assert page.locator(".phrase .word").count() > 1
        assert friend.faults == []
        assert friend.is_hidden(".older")
        # An answer holds the beast too.
        friend.click(".answer")
        friend.fill("[name=message]", "What a snake!")
        friend.wait_for_timeout(300)
        answer = friend.input_value("[name=link]")
        page.goto("about:blank")
        page.goto(answer)
        until(page, "() => document.querySelector('.hand').textContent === 'What a snake!'")
        assert page.text_content(".thread blockquote") == "Look <b>at it</b>"
        assert "snake" in page.text_content(".postcard .title")
        assert page.is_visible(".summon")


def test_it_grows_offline_after_the_first_time(browser, place, portable):
    context = browser.new_context(service_workers="allow")
    page = context.new_page()
    page.goto(place + "summon.html")
    # On this machine's own address the site registers none by itself.
    page.evaluate("navigator.serviceWorker.register('sw.js').then(() => 1)")
    until(page, "() => navigator.serviceWorker.controller !== null")
    kept = "caches.keys().then(async (names) => {let n = 0; for (const name of names) "
    kept += "n += (await (await caches.open(name)).keys()).length; return n;})"
    until(page, f"{kept}.then((n) => n > 20)")
    summon(page, WORDS)
    first = page.evaluate(PIXELS)
    address = page.url
    names = page.evaluate("caches.keys()")
    model = page.evaluate(
        "name => caches.open(name).then((one) => one.keys()).then((all) => all.length)",
        next(name for name in names if name.startswith("summon ")),
    )
    assert model == 7  # program, wasm, two graphs, two parts of the weights, sayings: once each
    context.set_offline(True)
    page.goto("about:blank")
    page.goto(address)
    until(page, "() => !document.querySelector('.desk').hidden")
    summon(page)
    assert page.evaluate(PIXELS) == first
    context.close()


def test_cancel_stops_it_and_it_can_be_summoned_anew(open_page, place):
    page = open_page(place + "summon.html")
    page.click('.chip[data-token="owl"], .chip[data-token="bird"]')
    page.click(".summon")
    page.click(".cancel")
    assert page.is_hidden(".cancel") and page.is_enabled(".summon")
    assert "Canceled" in page.inner_text(".state")
    summon(page)
    assert "bird" in page.inner_text(".state")
    assert page.faults == []


def test_a_browser_without_simd_is_told_so_and_fetches_nothing(open_page, place):
    page = open_page(place + "summon.html")
    page.evaluate("WebAssembly.validate = () => false")
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.click(".summon")
    assert "cannot summon" in page.inner_text(".state") and asked == []


def test_a_beast_of_an_older_jungle_is_said_to_be_one_and_its_kin_are_shown(open_page, place):
    page = open_page(place + "summon.html")
    text = page.evaluate(
        """() => {
          const script = document.createElement("script");
          return new Promise((done) => {
            script.onload = () => done(window.letters.seal([
              { to: "summoned 5", from: "0123456789abcdef", message: "frog, night" },
              { to: "Bea", from: "Ada", message: "From before" },
            ]).text);
            script.src = "assets/letters.js";
            document.head.append(script);
          });
        }"""
    )
    page = open_page(place + "drawer.html")
    page.goto(place + "summon.html#card=" + text)
    until(page, "() => document.querySelectorAll('.kin a').length > 0")
    assert "older jungle" in page.inner_text(".older") and page.is_hidden(".summon")
    assert page.text_content(".hand") == "From before"
    assert "frog, night" in page.text_content(".title")
    assert page.faults == []


def test_typed_words_are_understood_and_unknown_ones_told(open_page, place):
    page = open_page(place + "summon.html")
    page.fill("[name=typed]", "two striped snakes and a zeppelin at night")
    assert "zeppelin" in page.inner_text(".unknown")
    assert "snake" not in page.inner_text(".unknown")
    page.click(".summon")
    until(page, "() => document.querySelector('.summoned').dataset.done === ''")
    told = page.inner_text(".state")
    assert "snake" in told and "night" in told and "stripes" in told


def test_it_is_kept_in_the_drawer_and_saved_as_a_picture(open_page, place):
    page = open_page(place + "summon.html", accept_downloads=True)
    summon(page, WORDS)
    page.click(".keep")
    assert page.get_attribute(".keep", "aria-pressed") == "true"
    page.click(".send")
    with page.expect_download() as saved:
        page.click("[data-save=both]")
    assert saved.value.suggested_filename == "summoned-both.png"
    page.goto(place + "drawer.html")
    page.click(".drawer .title a")
    until(page, "() => document.querySelector('.desk') && !document.querySelector('.desk').hidden")
    assert "snake" in page.text_content(".postcard .title")
    assert page.faults == []


def seal(page, *cards):
    """The text of a link, as letters.js alone writes it."""
    return page.evaluate(
        """(cards) => new Promise((done) => {
          const { letters } = window;
          const script = document.createElement("script");
          script.onload = () => {
            done(window.letters.seal(cards).text);
            window.letters = letters;
          };
          script.src = "assets/letters.js";
          document.head.append(script);
        })""",
        list(cards),
    )


def test_hostile_links_run_nothing(open_page, place):
    page = open_page(place + "summon.html")
    evil = "<img src=x onerror=alert(1)>, <script>alert(2)</script>, " + "w" * 5000
    for to in ("summoned 99999999999999", "summoned 7", "summoned -1", "summoned 4294967295"):
        text = seal(
            page,
            {"to": to, "from": evil, "message": evil},
            {"to": evil, "from": "", "message": evil},
        )
        page.goto("about:blank")
        page.goto(place + "summon.html#card=" + text)
        until(page, "() => !document.querySelector('.desk').hidden")
        until(page, "() => document.querySelector('.hand').textContent !== ''")
        assert page.locator(".desk script, .desk img[src=x], .older img").count() == 0
    assert page.faults == []


def test_a_letter_without_a_beast_is_shown(open_page, place):
    page = open_page(place + "summon.html")
    text = seal(page, {"to": "Bea", "from": "Ada", "message": "Only words"})
    page.goto("about:blank")
    page.goto(place + "summon.html#card=" + text)
    until(page, "() => document.querySelector('.hand').textContent === 'Only words'")
    assert page.is_visible(".desk")
    assert page.faults == []


@pytest.mark.parametrize("size", [(1280, 800), (390, 844)])
def test_axe_finds_nothing_on_the_page_that_summons(browser, place, size):
    from importlib.resources import files

    source = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
    width, height = size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        service_workers="block",
        bypass_csp=True,
        reduced_motion="reduce",
    )
    context.add_init_script(source)
    page = context.new_page()
    page.goto(place + "summon.html")
    summon(page, WORDS)
    for theme in ("gouache", "herbarium", "midnight"):
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.evaluate("(theme) => { document.documentElement.dataset.theme = theme; }", theme)
            page.wait_for_timeout(100)
            found = page.evaluate("axe.run()")
            assert len(found["passes"]) > 5
            faults = [
                (fault["id"], [n["html"] for n in fault["nodes"]]) for fault in found["violations"]
            ]
            assert not faults, (theme, scheme)
    context.close()


def test_no_trace_where_it_is_switched_off(tmp_path):
    settings = make_jungle(tmp_path, 2, TOML + "[site]\nsummon = false\n", size=96, seconds=0.5)
    shutil.copytree(STARTER, tmp_path / "work" / "model")
    render_site(settings)
    site = tmp_path / "site"
    files = [path for path in site.rglob("*") if path.is_file()]
    assert not [path for path in files if "summon" in path.name or path.parent.name == "summon"]
    assert not (site / "assets/conjure.js").exists()
    pages = [path.read_text() for path in files if path.suffix == ".html"]
    assert not any("summon" in text or "wasm" in text for text in pages)

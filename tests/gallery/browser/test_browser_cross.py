"""Children of two cards, drawn by a visitor's own browser: the same as Python's, and in a link."""

import json
import shutil
from importlib.resources import files

import numpy as np
import pytest
import torch

from generate.gallery.site.render import render_site
from generate.phrases.language.file import write_language
from generate.phrases.language.language import make_language
from generate.pictures import STARTER
from generate.pictures.compute.levels import to_levels
from generate.pictures.families.mixed import mix_noise
from generate.pictures.model_folder import load_model, read_vocabulary_of
from generate.pictures.sampling.crossing import find_descent
from tests.bundles import make_bundle, make_jungle
from tests.gallery.chromium import serve, until

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TOML = 'title = "A test jungle"\ncount = 4\n[pictures]\nsteps = 4\n'
PIXELS = """() => {
  const canvas = document.querySelector(".summoned canvas");
  const { width, height } = canvas;
  return Array.from(canvas.getContext("2d").getImageData(0, 0, width, height).data);
}"""
LETTERS = """() => new Promise((done) => {
  const { letters } = window;
  const script = document.createElement("script");
  script.onload = async () => {
    const plain = window.letters;
    window.letters = letters;
    done((await plain.open(location.hash.slice(6))).cards[0]);
  };
  script.src = "assets/letters.js";
  document.head.append(script);
})"""


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Four cards: two that the model drew, one that is a cross itself, one of a person's own."""
    home = tmp_path_factory.mktemp("cross")
    settings = make_jungle(home, 4, TOML, size=96, seconds=0.5)
    shutil.copytree(STARTER, home / "work" / "model")
    write_language(make_language(7, "Mossish", "soft"), home / "content" / "language.toml")
    cards = home / "content" / "postcards"
    make_bundle(
        cards / "beast-002",
        2,
        caption="A spotted frog in the rain",
        traits={"plan": "frog", "coat": "spots", "colour": "red", "habitat": "swamp"},
        title="Frog <b>& co</b>",
    )
    seeds = [read_card(home, number)["made"]["picture"]["seed"] for number in (1, 2)]
    crossed = read_card(home, 3)
    crossed["made"]["picture"]["noise"] = {str(seeds[0]): 0.8, str(seeds[1]): 0.6}
    (cards / "beast-003" / "card.json").write_text(json.dumps(crossed))
    own = read_card(home, 4)
    own["made"]["picture"] = {"by_hand": True}
    (cards / "beast-004" / "card.json").write_text(json.dumps(own))
    render_site(settings)
    return home


def read_card(home, number):
    path = home / "content" / "postcards" / f"beast-{number:03}" / "card.json"
    return json.loads(path.read_text())


@pytest.fixture(scope="module")
def place(home):
    yield from serve(home / "site")


def draw_child(home, numbers, take=1, own=0):
    """The child that Python draws: uint8 (3, S, S), from noise and words of the cards."""
    family, vocabulary = load_model(STARTER), read_vocabulary_of(STARTER)
    descent = find_descent([(f"beast-{n:03}", read_card(home, n)) for n in numbers])
    weights = descent.inherit_words(vocabulary, take)["weights"]
    conditions = torch.tensor([[weights[token] for token in vocabulary.tokens]]).float()
    noise = mix_noise(family, [descent.inherit_noise(take, own)])
    return to_levels(family.sample(conditions, noise, 4, 3.0).pictures)[0].astype(int)


def press(page):
    page.click(".summon")
    until(page, "document.querySelector('.summoned').dataset.done === ''")
    return np.array(page.evaluate(PIXELS)).reshape(64, 64, 4)[..., :3].transpose(2, 0, 1)


def test_a_child_is_that_of_python_and_its_link_grows_it_again(open_page, place, home):
    page = open_page(place + "cards/beast-001.html")
    page.click('.mates a:has-text("Frog")')
    until(page, "document.querySelectorAll('.pair li').length === 2")
    until(page, "document.querySelector('.asking').classList.contains('bearing')")
    assert "MB" in page.inner_text(".summon") and page.is_hidden(".offers")
    first = press(page)
    assert np.abs(first - draw_child(home, (1, 2))).mean() < 2
    assert first.std() > 20
    title = page.text_content(".postcard .title")
    assert "A child of" in title and "Frog <b>& co</b>" in title
    assert page.locator(".postcard .phrase .word").count() > 1
    beast = page.evaluate(LETTERS)
    assert beast["to"].startswith("crossed ")
    link = page.url
    # The next ones have the words of the one, of the other, and then something of a stranger.
    for take in (2, 3):
        assert np.abs(press(page) - draw_child(home, (1, 2), take)).mean() < 2
    fourth = press(page)
    child = json.loads(page.evaluate(LETTERS)["message"])
    assert len(child["noise"]) == 3 and abs(child["noise"][2][1] - 0.3**0.5) < 1e-4
    assert np.abs(fourth - draw_child(home, (1, 2), 4, child["noise"][2][0])).mean() < 2
    assert page.faults == []

    friend = open_page(place + "drawer.html")
    asked = []
    friend.on("request", lambda request: asked.append(request.url))
    friend.goto(link)
    until(friend, "!document.querySelector('.desk').hidden")
    assert not [url for url in asked if "/summon/" in url or "conjure" in url]
    assert "A child of" in friend.text_content(".postcard .title")
    assert (press(friend) == first).all()
    for part in (".name .script", ".title", ".phrase", ".translation"):
        assert friend.text_content(f".postcard {part}") is not None
    friend.click(".hear-said")
    until(friend, "document.querySelector('.hear-said').getAttribute('aria-pressed') === 'false'")
    assert friend.faults == []


def test_a_child_of_a_child_has_all_their_noise(open_page, place, home):
    page = open_page(place + "summon.html#cross=beast-003,beast-002")
    until(page, "document.querySelector('.asking').classList.contains('bearing')")
    assert np.abs(press(page) - draw_child(home, (3, 2))).mean() < 2
    assert page.faults == []


def test_another_parent_can_be_chosen_from_all_that_hand_something_on(open_page, place):
    page = open_page(place + "summon.html#cross=beast-001")
    until(page, "document.querySelectorAll('.picks li').length === 2")
    assert not page.locator(".asking.bearing").count()
    page.locator(".picks a").first.click()
    until(page, "document.querySelectorAll('.pair li').length === 2")
    until(page, "document.querySelector('.asking').classList.contains('bearing')")
    assert page.locator(".picks li").count() == 0


@pytest.mark.parametrize(
    "pair",
    ["beast-004,beast-001", "nobody,beast-001", "%E0%A4%A,x", "<img src=x>", "__proto__,toString"],
)
def test_pairs_that_are_none_are_said_to_be_none(open_page, place, pair):
    page = open_page(place + "summon.html#cross=" + pair)
    until(page, "!document.querySelector('.crossing').hidden")
    until(page, "!document.querySelector('.gone').hidden")
    assert not page.locator(".asking.bearing").count()
    assert page.locator(".crossing img[src=x]").count() == 0
    assert page.faults == []


def test_axe_finds_nothing_where_two_cards_are_crossed(browser, place):
    source = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, service_workers="block", bypass_csp=True
    )
    context.add_init_script(source)
    page = context.new_page()
    for pair in ("beast-001", "beast-001,beast-002", "nobody"):
        page.goto("about:blank")
        page.goto(place + "summon.html#cross=" + pair)
        until(page, "!document.querySelector('.gone').hidden || document.querySelector('.pair li')")
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.wait_for_timeout(100)
            found = page.evaluate("axe.run()")
            assert len(found["passes"]) > 5
            assert not found["violations"], (pair, scheme)
    context.close()


def test_a_card_without_noise_offers_no_child(home):
    site = home / "site" / "cards"
    assert "#cross=" in (site / "beast-001.html").read_text()
    assert "#cross=" not in (site / "beast-004.html").read_text()
    assert (
        "beast-004"
        not in (site / "beast-001.html")
        .read_text()
        .split('class="mates"')[1]
        .split("</section>")[0]
    )
    parents = json.loads((home / "site" / "parents.json").read_text())
    assert [*parents] == ["beast-001", "beast-002", "beast-003"]


@pytest.mark.parametrize(
    "message",
    [
        "{}",
        "null",
        '{"noise": [], "words": [], "names": ["a", "b"]}',
        '{"noise": [[1, 1e999]], "words": [], "names": ["a", "b"]}',
        '{"noise": [[-1, 1]], "words": [["snake", 1]], "names": ["a", "b"]}',
        '{"noise": [[1, 1]], "words": [["<img src=x>", 1]], "names": ["<script>", "$&"]}',
        '{"noise": [[1, 1]], "words": [["__proto__", 1]], "names": [["a"], {}]}',
    ],
)
def test_hostile_children_run_nothing(open_page, place, message):
    page = open_page(place + "summon.html")
    text = page.evaluate(
        """(message) => new Promise((done) => {
          const script = document.createElement("script");
          script.onload = () => done(window.letters.seal([
            { to: "crossed 7", from: "0123456789abcdef", message },
            { to: "Bea", from: "Ada", message: "Hello" },
          ]).text);
          script.src = "assets/letters.js";
          document.head.append(script);
        })""",
        message,
    )
    page.goto("about:blank")
    page.goto(place + "summon.html#card=" + text)
    until(page, "document.querySelector('.hand').textContent === 'Hello'")
    assert page.locator(".desk script, .desk img[src=x], .older img").count() == 0
    assert page.faults == []

"""The studio's page in a headless Chromium: every verb, on a desk and on a phone, in two tabs."""

import os
import shutil

import pytest

from generate.build import build_pictures
from generate.cards import read_message
from generate.phrases.language.file import make_or_read_language
from generate.settings import read_settings
from tests.gallery.chromium import serve, until
from tests.gallery.conftest import HOSTILE
from tests.studio.conftest import Studio

# They take minutes, and wait in vain where other work takes the processor: run by name,
# JUNGLE_STUDIO=1 python -m pytest tests/studio.
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not os.environ.get("JUNGLE_STUDIO"), reason="run with JUNGLE_STUDIO=1"),
]
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 800}
# How long every sound is that is played.
LISTEN = """() => {
  const play = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = function () {
    this.addEventListener("loadedmetadata", () => window.played.push(this.duration));
    return play.call(this);
  };
}"""
SHEETS = "document.querySelectorAll('.sheet[data-state=drawn]').length"


@pytest.fixture(scope="module")
def address(studio):
    return studio.link


def ready(page):
    until(page, "document.querySelector('.jungle').textContent === 'Tried'")
    return page


def fits(page):
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_drawing_and_making_a_card(open_page, studio, size):
    page, other = (ready(open_page("", viewport=size)) for _ in range(2))
    before = page.evaluate(SHEETS)
    page.click(".chips button >> text=dark")
    assert page.input_value("[name=prompt]") == "dark"
    page.click(".chips button >> text=dark")
    assert page.input_value("[name=prompt]") == ""
    seed = 300 + size["width"]
    page.fill("[name=prompt]", f"bright {HOSTILE[:80]}")
    page.fill("[name=take]", str(seed))
    # What tabs are told on the way: a drawing may be over before a tab has shown any of it.
    page.evaluate(
        "() => { window.told = []; new EventSource('events').onmessage = ({ data }) => {"
        " const m = JSON.parse(data); if (m.pictures)"
        " window.told.push([m.step, m.pictures.length]); window.listens = true; }; }"
    )
    until(page, "window.listens")
    page.click("form.asking .primary")
    until(page, f"{SHEETS} === {before + 1}")
    until(other, f"{SHEETS} === {before + 1}")  # the tabs agree
    until(page, "window.told.length >= 5")
    assert page.evaluate("window.told") == [[step, 9] for step in range(5)]
    assert "understood: bright" in page.inner_text(".sheet >> nth=0")
    assert page.locator(".sheet >> nth=0").locator("img").count() == 9
    until(
        page, "[...document.querySelectorAll('.sheet img')].slice(0, 9).every(i => i.naturalWidth)"
    )
    page.click(f"[aria-label='Make a card of picture {seed + 4}']")
    until(page, "/is a card now/.test(document.querySelector('.said').textContent)")
    until(other, f"/take {seed + 4}: bright/.test(document.querySelector('.rack').textContent)")
    settings = read_settings(studio.home)
    takes = [read_message(folder)[0].get("take") for folder in settings.bundles.iterdir()]
    assert seed + 4 in takes
    page.fill("[name=prompt]", "zebra")
    page.click("form.asking .primary")
    fault = "document.querySelector('.said.fault')?.textContent"
    until(page, f"/knows none of its words/.test({fault})")
    assert page.faults == [
        "Failed to load resource: the server responded with a status of 400 (Bad Request)"
    ]
    assert fits(page) and other.faults == []


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_breeding_and_making_a_card(open_page, studio, size):
    settings = read_settings(studio.home)
    build_pictures(settings)
    page = open_page("", viewport=size)
    until(page, "document.querySelectorAll('.parents [data-slug^=beast-00]').length >= 2")
    assert page.is_disabled(".breeding .primary")
    page.click(".parents [data-slug=beast-001]")
    page.click(".parents [data-slug=beast-001]")
    page.click(".parents [data-slug=beast-002]")
    assert "×2" in page.inner_text(".parents [data-slug=beast-001]")
    share = 0.65 if size == PHONE else 0.05
    page.fill("[name=stranger]", str(share))
    page.click(".breeding .primary")
    sheet = "#breed .sheet[data-state=drawn]"
    until(page, f"document.querySelectorAll('{sheet}').length === {1 + (size == DESK)}")
    page.click(f"{sheet} >> nth=0 >> [aria-label='Make a card of picture 2']")
    until(page, "/is a card now/.test(document.querySelector('.said').textContent)")
    fronts = [read_message(folder)[0] for folder in settings.bundles.iterdir()]
    held = [{name: front.get(name) for name in ("parents", "stranger", "take")} for front in fronts]
    names = ["beast-001", "beast-001", "beast-002"]
    assert {"parents": names, "stranger": share, "take": 2} in held
    assert fits(page) and page.faults == []


def count_steps(page):
    """How many steps can be taken back; two in a row may have one name."""
    return int(page.get_attribute(".undo", "data-steps"))


def take_back(page):
    steps = count_steps(page)
    page.click(".undo")
    until(page, "steps => Number(document.querySelector('.undo').dataset.steps) < steps", steps)


def slugs(page):
    return page.eval_on_selector_all(".rack li", "all => all.map((card) => card.dataset.slug)")


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_cards_are_kept_hidden_named_and_put_in_order(open_page, studio, size):
    settings = read_settings(studio.home)
    build_pictures(settings)
    page, other = (open_page("", viewport=size) for _ in range(2))
    until(page, "document.querySelectorAll('.rack li').length >= 2")
    until(other, "document.querySelectorAll('.rack li').length >= 2")
    before, earlier = slugs(page), count_steps(page)
    first, second = before[:2]
    if size == DESK:
        page.drag_and_drop(f"[data-slug={second}] h3", f"[data-slug={first}] h3")
    else:
        page.focus(f"[aria-label='Later {first}']")
        page.keyboard.press("Enter")
    wanted = [second, first, *before[2:]]
    for one in (page, other):
        until(
            one,
            "wanted => [...document.querySelectorAll('.rack li')]"
            ".map((card) => card.dataset.slug).join() === wanted",
            ",".join(wanted),
        )
    for verb, pressed in (("Keep", "true"), ("Keep", "false"), ("Hide", "true")):
        page.click(f"[aria-label='{verb} {first}']")
        mark = f"[aria-label='{verb} {first}'][aria-pressed={pressed}]"
        other.wait_for_selector(mark, state="attached")
        page.wait_for_selector(mark)
    page.fill(f"[aria-label='Title of {first}']", HOSTILE)
    page.keyboard.press("Enter")
    title = " ".join(HOSTILE.split())
    told = (
        "title => [...document.querySelectorAll('.rack h3')].some((h) => h.textContent === title)"
    )
    for one in (page, other):
        until(one, told, title)
    assert fits(page) and fits(other)
    page.fill(f"[aria-label='Shelf of {first}']", "Night walkers")
    page.keyboard.press("Tab")
    page.wait_for_selector(f".undo >> text=series of {first}")
    page.click(f"[aria-label='Throw back {second}']")
    until(page, "/draws take 2 of it/.test(document.querySelector('.said').textContent)")
    page.wait_for_selector(f".undo >> text=throw {second} back")
    front = read_message(settings.bundles / first)[0]
    assert (front["title"], front["series"], front["hidden"]) == (title, "Night walkers", True)
    assert read_message(settings.bundles / second)[0]["take"] == 2
    while count_steps(page) > earlier:  # all of it is taken back
        take_back(page)
    until(page, "[...document.querySelectorAll('.rack li')].every((card) => !card.className)")
    assert slugs(page)[:2] == [first, second]
    assert page.faults == other.faults == []


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_a_phrase_is_answered_and_a_voice_heard_before_they_are_kept(open_page, studio, size):
    settings = read_settings(studio.home)
    build_pictures(settings)
    language = make_or_read_language(settings)
    page = open_page("", viewport=size)
    card = page.locator(".rack [data-slug=beast-002]")
    card.get_by_text("Phrase and voice").click()
    moon = language.spell("moon")
    card.get_by_label("Phrase of beast-002", exact=True).fill(f"{moon} {HOSTILE[:40]} river")
    answer = ".rack [data-slug=beast-002] .voice .answer"
    river = f"river: {language.spell('river')}"
    until(page, "a => document.querySelector(a[0]).textContent.includes(a[1])", [answer, river])
    assert "not in the language: " in page.inner_text(answer)
    card.get_by_label("Phrase of beast-002", exact=True).fill(moon)
    until(page, "a => !document.querySelector(a).textContent.includes('not in')", answer)
    path = settings.bundles / "beast-002" / "postcard.md"
    before = path.read_bytes() if path.exists() else None
    page.evaluate(LISTEN)
    for act in (
        lambda: card.get_by_label("Hear beast-002").click(),
        lambda: card.get_by_label("mass of beast-002").press("ArrowRight"),
        lambda: card.get_by_label("mood of beast-002").select_option("calm"),
    ):
        page.evaluate("window.played = []")
        act()
        until(page, "window.played.length === 1 && window.played[0] > 0.2")
    assert (path.read_bytes() if path.exists() else None) == before  # nothing is kept yet
    card.get_by_label("Keep the voice of").click()
    page.wait_for_selector(".undo >> text=voice of beast-002")
    voice = read_message(path.parent)[0]["voice"]
    assert voice["mood"] == "calm" and voice["mass"] > 0
    assert card.locator("details.voice").get_attribute("open") is not None
    # What was typed is still there, though the card was laid anew.
    assert card.get_by_label("Phrase of beast-002", exact=True).input_value() == moon
    card.get_by_label("Keep the phrase of").click()
    page.wait_for_selector(".undo >> text=phrase of beast-002")
    assert read_message(path.parent)[0]["phrase"] == moon
    assert fits(page)
    for _ in range(2):
        take_back(page)
    assert (path.read_bytes() if path.exists() else None) == before
    assert page.faults == []


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_another_phrase_is_asked_for_and_a_message_written(open_page, studio, size):
    settings = read_settings(studio.home)
    build_pictures(settings)
    language = make_or_read_language(settings)
    path = settings.bundles / "beast-001" / "postcard.md"
    before = path.read_bytes() if path.exists() else None
    page = open_page("", viewport=size)
    card = page.locator(".rack [data-slug=beast-001]")
    card.get_by_text("Phrase and voice").click()
    phrase, asked = card.get_by_label("Phrase of beast-001", exact=True), set()
    for _ in range(3):
        text = phrase.input_value()
        card.get_by_label("Ask again for the phrase of beast-001").click()
        label = "[aria-label='Phrase of beast-001']"
        until(page, "a => document.querySelector(a[0]).value !== a[1]", [label, text])
        asked.add(phrase.input_value())
    assert len(asked) == 3 and all(language.parse(text) for text in asked)
    assert (path.read_bytes() if path.exists() else None) == before  # nothing is kept yet
    card.get_by_text("Message on the back").click()
    box = card.get_by_label("Message of beast-001")
    message = f"The moon is up.\n\n---\n{HOSTILE}"
    box.fill(message)
    answer = ".rack [data-slug=beast-001] .message .answer"
    moon = f"moon: {language.spell('moon')}"
    until(page, "a => document.querySelector(a[0]).textContent.includes(a[1])", [answer, moon])
    phrase.focus()
    page.wait_for_selector(".undo >> text=message of beast-001")
    assert read_message(path.parent)[1] == message
    assert phrase.input_value() in asked  # though the card was laid anew
    page.click(".undo")
    until(page, "!document.querySelector('.undo').textContent.includes('message of')")
    assert (path.read_bytes() if path.exists() else None) == before
    assert fits(page) and page.faults == []


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_a_family_tree_is_drawn(open_page, studio, size):
    path = studio.home / "content/postcards/child/postcard.md"
    path.parent.mkdir()
    path.write_text("---\ntitle: <b>Child</b>\nparents: [beast-001, beast-002]\n---\n")
    try:
        page = open_page("", viewport=size)
        card = page.locator(".rack [data-slug=child]")
        card.get_by_text("Family tree").click()
        until(page, "document.querySelectorAll('[data-slug=child] .tree li').length === 2")
        page.locator(".rack [data-slug=beast-001]").get_by_text("Family tree").click()
        page.wait_for_selector("[data-slug=beast-001] .tree li >> text=<b>Child</b>")
        assert fits(page) and page.faults == []
    finally:
        shutil.rmtree(path.parent)


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
def test_marks_teach_a_taste_and_make_a_word(open_page, studio, size):
    name = studio.draw(take=500 + size["width"])["name"]
    page, other = (ready(open_page("", viewport=size)) for _ in range(2))
    marks = f"[data-mark^='{name}/'][data-likes=true]"
    for place in range(6):
        page.click(f"{marks} >> nth={place}")
        page.wait_for_selector(f"{marks}[aria-pressed=true] >> nth={place}")
    page.click(f"[data-mark^='{name}/'][data-likes=false] >> nth=8")
    other.wait_for_selector(f"[data-mark^='{name}/'][data-likes=false][aria-pressed=true]")
    page.reload()  # nothing is lost
    until(page, "n => document.querySelectorAll(n).length === 6", f"{marks}[aria-pressed=true]")
    until(page, "/Learnt from/.test(document.querySelector('.known').textContent)")
    page.fill(".wishing [name=words]", "dark")
    page.click("text=Never with this")
    for one in (page, other):
        until(one, "/never dark/.test(document.querySelector('.wishes').textContent)")
        until(one, "!/dark/.test(document.querySelector('.proposals').textContent)")
    page.click("[aria-label='Remove never dark']")
    until(page, "!document.querySelector('.wishes li')")
    page.fill(".wishing [name=words]", HOSTILE[:80])
    page.click("text=Always with this")
    until(page, "/not known here/.test(document.querySelector('.said.fault')?.textContent)")
    before = page.evaluate(SHEETS)
    page.click("text=Draw these")
    until(page, f"{SHEETS} === {before + 1}")
    word = "velu" if size == DESK else "miro"
    page.fill(".wording [name=name]", word)
    page.click(".wording button")
    learnt = "w => [...document.querySelectorAll('.chips button')].some(c => c.textContent === w)"
    for one in (page, other):
        until(one, learnt, word)
    page.fill("[name=prompt]", word)
    page.click("form.asking .primary")
    until(page, f"{SHEETS} === {before + 2}")
    assert f"understood: {word}" in page.inner_text(".sheet >> nth=0")
    page.click(".undo")
    until(page, f"w => !({learnt})(w)", word)
    for place in range(6):
        page.click(f"{marks}[aria-pressed=true] >> nth=0")
        until(
            page,
            "a => document.querySelectorAll(a[0]).length === a[1]",
            [f"{marks}[aria-pressed=true]", 5 - place],
        )
    page.click(f"[data-mark^='{name}/'][data-likes=false] >> nth=8")
    until(page, "!document.querySelector('[data-mark][aria-pressed=true]')")
    assert fits(page) and other.faults == []
    assert len(page.faults) == 1  # what is not known


@pytest.fixture
def stranger(tmp_path):
    """Another page of this machine."""
    (tmp_path / "index.html").write_text("<p>evil")
    yield from serve(tmp_path)


def test_a_page_of_another_origin_can_do_nothing(open_page, studio, stranger):
    before = studio.state()
    page = open_page(stranger)
    for how in ("{}", "{ mode: 'no-cors' }", "{ method: 'POST', mode: 'no-cors', body: '{}' }"):
        told = page.evaluate(
            f"fetch('{studio.link}draw', {how}).then((a) => a.type + a.status, () => 'refused')"
        )
        assert told in ("refused", "opaque0")
    assert (
        page.evaluate(
            f"new Promise((d) => {{ const i = new Image(); i.onload = () => d('shown');"
            f" i.onerror = () => d('refused'); i.src = '{studio.link}cards/beast-001/picture'; }})"
        )
        == "refused"
    )
    assert studio.state() == before


def test_stopped_killed_and_gone_on_with(open_page, grown, tmp_path):
    home = tmp_path / "home"
    shutil.copytree(grown, home)
    toml = home / "content/jungle.toml"
    toml.write_text(toml.read_text().replace("steps = 4", "steps = 900"))
    studio = Studio(home)
    try:
        page = ready(open_page(studio.link))
        page.fill("[name=prompt]", "dark")
        page.click("form.asking .primary")
        until(page, "document.querySelector('.sheet[data-state=drawing] img[src]')")
        page.click("text=Cancel")
        until(page, "document.querySelector('.sheet[data-state=stopped]')")
        page.click("text=Go on")
        until(page, "document.querySelector('.sheet[data-state=drawing] img[src]')")
        page.reload()
        until(ready(page), "document.querySelector('.sheet[data-state=drawing] img[src]')")
        studio.kill()
        toml.write_text(toml.read_text().replace("steps = 900", "steps = 4"))
        studio.start()
        page.goto(studio.link)
        until(ready(page), "document.querySelector('.sheet[data-state=stopped]')")
        page.click("text=Go on")
        until(page, "document.querySelector('.sheet[data-state=drawn]')")
    finally:
        studio.stop()

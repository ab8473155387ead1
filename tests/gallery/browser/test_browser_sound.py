"""One sound at a time, whichever pages of the gallery are open, in a headless Chromium."""

import pytest

from tests.gallery.chromium import until

pytestmark = pytest.mark.browser

# Every sound of a page, heard or not: media elements made by scripts are not in the document.
SPY = """window.sounds = [];
const play = HTMLMediaElement.prototype.play;
HTMLMediaElement.prototype.play = function () {
  if (!window.sounds.includes(this)) window.sounds.push(this);
  this.loop = true; // so that it ends when it is stopped and not by itself
  return play.call(this);
};
window.loops = 0;
const start = AudioBufferSourceNode.prototype.start;
AudioBufferSourceNode.prototype.start = function (...when) {
  window.loops += 1;
  return start.apply(this, when);
};
const stop = AudioBufferSourceNode.prototype.stop;
AudioBufferSourceNode.prototype.stop = function (...when) {
  window.loops -= 1;
  return stop.apply(this, when);
};"""
SOUNDING = """() => window.loops
  + window.sounds.filter((one) => !one.paused && one.currentTime > 0).length"""
SILENT = "() => window.loops === 0 && window.sounds.every((one) => one.paused)"


def play(page):
    page.click(".play")


def begin_walk(page):
    page.click("[name=walk]")


def say_word(page):
    page.click(".lemma .hear >> nth=0")


def switch_bed(page):
    page.check(".bed")


PLACES = {
    "card": ("cards/beast-001.html", play),
    "other card": ("cards/beast-003.html", play),
    "walk": ("index.html", begin_walk),
    "bed": ("cards/beast-004.html", switch_bed),
    "dictionary": ("dictionary.html", say_word),
}


def test_of_all_open_pages_only_the_last_asked_sounds(open_page, address):
    first = open_page("about.html")
    pages = {}
    for name, (path, _) in PLACES.items():
        pages[name] = first.context.new_page()
        pages[name].add_init_script(SPY)
        pages[name].goto(address + path)
    before = None
    for name in [*PLACES, "card"]:
        PLACES[name][1](pages[name])
        until(pages[name], SOUNDING)
        if before:
            until(pages[before], SILENT)
        for other in pages.values():
            assert other is pages[name] or not other.evaluate(SOUNDING)
        before = name
    assert not pages["bed"].is_checked(".bed")
    assert pages["walk"].locator(".walk").is_hidden()


def test_on_one_card_the_bed_lies_under_the_voice(open_page):
    page = open_page("cards/beast-001.html")
    page.add_init_script(SPY)
    page.reload()
    assert page.evaluate(SILENT), "a sound that nobody asked for"
    page.check(".bed")
    until(page, SOUNDING)
    page.click(".play")
    until(page, "() => window.sounds.length === 1 && window.sounds[0].currentTime > 0")
    assert page.evaluate("window.loops") == 1
    page.uncheck(".bed")
    assert page.evaluate("window.loops") == 0
    page.click(".play")
    until(page, SILENT)

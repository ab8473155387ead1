"""A single word begins with its first sample and ends with its last, in a headless Chromium."""

import base64

import numpy as np
import pytest
import soundfile

from generate.gallery.site.render import render_site
from generate.phrases.language.file import write_language
from generate.phrases.language.language import make_language
from tests import bundles
from tests.gallery.chromium import serve, until

pytestmark = pytest.mark.browser

RATE = 44_100
TIMES = [[0.313, 0.655], [1.207, 1.498]]
# The page's AudioContext renders at once what the page asks it to play.
RECORDER = """
  window.AudioContext = class extends OfflineAudioContext {
    constructor() { super(1, 44100, 44100); window.recorder = this; }
    resume() { return Promise.resolve(); }
    createBufferSource() { window.piece = super.createBufferSource(); return window.piece; }
  };
"""
HEAR = """async () => {
  const reader = new FileReader();
  const read = new Promise((done) => { reader.onload = () => done(reader.result); });
  reader.readAsDataURL(new Blob([(await recorder.startRendering()).getChannelData(0)]));
  return (await read).split(",")[1];
}"""


def write_bursts(path, hertz, seconds, level=0.2):
    """Silence, but for one tone from the first to the last sample of each word."""
    samples = np.zeros(int(RATE * seconds), np.float32)
    for start, end in TIMES:
        time = np.arange(int((end - start) * RATE)) / RATE
        samples[round(start * RATE) :][: len(time)] = 0.5 * np.sin(2 * np.pi * 880 * time)
    soundfile.write(path, samples, RATE, subtype="PCM_16")


@pytest.fixture(scope="module")
def spoken(tmp_path_factory):
    """A jungle of one card that says two words of the dictionary; its site/."""
    home = tmp_path_factory.mktemp("spoken")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bundles, "write_tone", write_bursts)
        settings = bundles.make_jungle(home, 1, size=48, frames=0, seconds=2)
        language = make_language(7, settings.language, "soft")
        write_language(language, home / "content" / "language.toml")
        bundles.make_bundle(
            home / "content" / "postcards" / "beast-001",
            1,
            size=48,
            frames=0,
            seconds=2,
            phrase=f"{language.spell('moon')} {language.spell('river')}",
            words=[
                {"form": language.spell(word), "morphemes": "", "gloss": word, "meaning": word}
                for word in ("moon", "river")
            ],
            times=TIMES,
        )
    render_site(settings)
    return home / "site"


@pytest.mark.parametrize("disk", [False, True])
@pytest.mark.parametrize("path", ["cards/beast-001.html", "dictionary.html"])
def test_a_word_begins_and_ends_where_it_should(browser, spoken, path, disk):
    for address in serve(spoken):
        for word in (0, 1):
            context = browser.new_context(service_workers="block")
            page = context.new_page()
            page.add_init_script(RECORDER)
            page.goto((spoken / path).as_uri() if disk else address + path)
            if "cards/" in path:
                page.click(".turn")
                page.click(f".phrase button >> nth={word}")
                page.click(".entry:popover-open .hear")
            else:
                page.click(f".lemma .hear[data-start='{TIMES[word][0]}']")
            until(page, "Boolean(window.piece && piece.buffer)")
            heard = np.frombuffer(base64.b64decode(page.evaluate(HEAR)), np.float32)
            context.close()
            loud = np.flatnonzero(np.abs(heard) > 0.1) / RATE
            start, end = TIMES[word]
            assert loud[0] < 0.003
            assert loud[-1] == pytest.approx(end - start, abs=0.012)


def test_slowly_and_once_more(open_page):
    page = open_page("cards/beast-001.html", reduced_motion="reduce")
    page.check(".slow")
    page.click(".turn")
    page.click(".phrase button >> nth=1")
    page.click(".entry:popover-open .hear")
    until(page, "document.querySelector('audio').currentTime > 0.5")
    page.uncheck(".slow")  # and the word's popover closes
    page.click(".phrase button >> nth=1")
    page.click(".entry:popover-open .hear")
    until(page, "document.querySelector('audio').paused")
    until(page, "document.querySelector('.phrase .now') === null")
    assert page.faults == []

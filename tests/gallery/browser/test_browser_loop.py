"""The jungle's beds as Chromium plays them: the page's own script, its samples recorded."""

import base64
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from generate.gallery.site.render import render_site
from generate.settings import Settings
from generate.sounds.ambience.beds import make_bed
from generate.sounds.ambience.scenery import RATE
from generate.sounds.mastering.encoding import write_flac
from generate.sounds.mastering.mastering import master
from generate.sounds.report.measures import measure_seam
from tests.bundles import HOURS, make_bundle, make_jungle
from tests.gallery.chromium import until

pytestmark = pytest.mark.browser
SECONDS = 3.84
LOOPS = 3
# The page asks for an AudioContext and gets one that renders at once, whatever else the machine
# is doing: the same graph and the same decoder and resampler as the one that plays.
RECORDER = """
  window.AudioContext = class extends OfflineAudioContext {
    constructor() { super(2, SAMPLES, RATE); window.recorder = this; }
    resume() { return Promise.resolve(); }
    createBufferSource() { window.loop = super.createBufferSource(); return window.loop; }
  };
"""
HEAR = """async () => {
  const buffer = await recorder.startRendering();
  const sides = [0, 1].map((side) => buffer.getChannelData(side));
  const reader = new FileReader();
  const read = new Promise((done) => { reader.onload = () => done(reader.result); });
  reader.readAsDataURL(new Blob(sides));
  return (await read).split(",")[1];
}"""


@pytest.fixture(scope="module")
def loops(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A rendered jungle of one card an hour, with the beds that the sounds stage makes."""
    home = tmp_path_factory.mktemp("loops")
    settings = make_jungle(home, 4, size=48, frames=0)
    for number, hour in enumerate(HOURS, 1):
        folder = home / "content" / "postcards" / f"beast-{number:03d}"
        make_bundle(folder, number, size=48, frames=0, hour=hour)
        bed = master(make_bed(hour, 7, SECONDS), RATE, settings.sounds.bed_loudness, loop=True)
        write_flac(settings.work / "ambience" / f"{hour}.flac", bed.samples, bed.rate)
    render_site(settings)
    return settings


def record(browser: Any, settings: Settings, number: int, rate: int, meddle: str = "") -> Any:
    """What the page of card ``number`` plays once its bed is switched on: (n, 2), its period."""
    script = RECORDER.replace("SAMPLES", str(int(LOOPS * SECONDS * rate)))
    page = browser.new_page()
    page.add_init_script(script.replace("RATE", str(rate)))
    page.goto((settings.home / "site" / "cards" / f"beast-{number:03d}.html").as_uri())
    page.evaluate(meddle or "0")
    page.evaluate("document.querySelector('.bed').click()")
    until(page, "!!(window.loop && loop.buffer && loop.loop && loop.loopEnd)", seconds=60)
    period = page.evaluate("loop.loopEnd - loop.loopStart")
    heard = np.frombuffer(base64.b64decode(page.evaluate(HEAR)), np.float32)
    page.close()
    return heard.reshape(2, -1).T, period


def measure_join(heard: NDArray[np.float32], at: int, rate: int) -> tuple[float, float]:
    """`measure_seam` at sample ``at`` of a recording."""
    return measure_seam(np.roll(heard[at - rate : at + rate], -rate, axis=0), rate)


def find_gap(heard: NDArray[np.float32], rate: int) -> float:
    """Longest stretch that is 50 dB below the whole, in seconds."""
    loud = np.abs(heard).max(axis=1) > 10 ** (-50 / 20) * np.sqrt(np.mean(heard**2))
    return float(np.diff(np.flatnonzero(np.r_[True, loud, True])).max() - 1) / rate


@pytest.mark.parametrize(
    ("rate", "number"), [(44_100, 1), (44_100, 4), *((48_000, number) for number in range(1, 5))]
)
def test_no_seam_is_heard_in_the_browser(
    browser: Any, loops: Settings, rate: int, number: int
) -> None:
    heard, period = record(browser, loops, number, rate)
    assert period == pytest.approx(SECONDS, abs=1e-9)
    faded_in = 2 * rate
    assert find_gap(heard[faded_in:], rate) < 0.002
    places = range(faded_in + rate, len(heard) - rate, 6011)
    usual = [measure_join(heard, at, rate)[0] for at in places]
    for turn in range(1, LOOPS):
        # The resampler may round to either neighbour.
        for at in (round(turn * period * rate) + k for k in (-8, 0)):
            ratio, hole = measure_join(heard, at, rate)
            assert ratio < 4 and hole > -9
            assert ratio <= 1.3 * max(usual)


def test_the_recording_would_show_a_seam(browser: Any, loops: Settings) -> None:
    """The same loop without its padding, cut where a page that knew nothing of it would cut."""
    worst = []
    for number in (2, 4):
        meddle = """(() => {
          const bed = document.querySelector('.bed');
          bed.dataset.seconds = Number(bed.dataset.seconds) - 0.0071;
        })()"""
        heard, period = record(browser, loops, number, 44_100, meddle)
        worst += [
            measure_join(heard, round(k * period * 44_100), 44_100)[0] for k in range(1, LOOPS)
        ]
    assert max(worst) > 4

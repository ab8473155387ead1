"""The voice in browsers is that of Python: bodies, plans, pitch, formants, the size law."""

import base64
import gzip
import math
import random

import numpy as np
import pytest
from scipy import signal

from generate.gallery.speaking.bodies import table_bodies
from generate.gallery.speaking.script import PARTS, join_script
from generate.recipe import derive_seed
from generate.shipped import TEMPLATES
from generate.sounds.report.measures import judge_identity, measure_timbre
from generate.sounds.voice.body import Beast, fits, imagine_beast
from generate.sounds.voice.kinds import FAMILIES
from generate.sounds.voice.prosody import find_mood
from generate.sounds.voice.voice import RATE, speak

pytestmark = [pytest.mark.browser]

# Each of one vowel, so that its formants can be measured.
PHRASES = [
    ("mala takha vanga nasama", "calm"),
    ("rrele kesheme nelebe ve", "proud"),
    ("nyini qiri zhimi lili si?", "sad"),
    ("Oslo's domo rono gowo", ""),
    ("ubugu luru munu vu du!", "angry"),
    ("bënë lëhë wëzë mëlë", "happy"),
    ("ngöwö pörö mölö shö nö", "shy"),
    ("Ñandáa Łaąlla mar 7 ca", ""),
    ("reese geepee veen mee", "curious"),
    ("Ørø yoo noo hoodoo", "sleepy"),
]
# Large enough to show formants, and neither rough nor pulsing nor of two sides: that would blur the
# measures, not the voices.
BEASTS = [
    Beast(number, 12.0 * 1.5**number, "roarer" if number % 2 else "howler") for number in range(10)
]
SAY = """([phrase, beast, mood]) => {
  const { sides, ...told } = window.speakPhrase(phrase, beast, mood);
  const write = (side) => {
    const bytes = new Uint8Array(side.buffer);
    let text = "";
    for (let at = 0; at < bytes.length; at += 4096) {
      text += String.fromCharCode(...bytes.subarray(at, at + 4096));
    }
    return btoa(text);
  };
  return { ...told, sides: sides.map(write) };
}"""


def read_script():
    return join_script([TEMPLATES / "speaking" / f"{part}.js" for part in PARTS])


@pytest.fixture(scope="module")
def throat(browser):
    """A page in which nothing is but the script."""
    context = browser.new_context()
    page = context.new_page()
    page.add_script_tag(content=read_script())
    yield page
    context.close()


def tell(beast):
    return {"seed": beast.seed, "mass": beast.mass_kg, "family": beast.family}


def say(page, phrase, beast, mood=""):
    """What the browser makes of a phrase; "samples" (n, 2) float32."""
    found = page.evaluate(SAY, [phrase, tell(beast), mood])
    sides = [np.frombuffer(base64.b64decode(side), np.float32) for side in found.pop("sides")]
    return {**found, "samples": np.stack(sides, 1)}


@pytest.fixture(scope="module")
def spoken(throat):
    """Each phrase by both: (beast, mood, of Python, of the browser)."""
    found = []
    for (phrase, mood), beast in zip(PHRASES, BEASTS, strict=True):
        ours, theirs = speak(phrase, beast, mood), say(throat, phrase, beast, mood)
        found.append((beast, find_mood(mood, phrase), ours, theirs))
    return found


def test_the_script_is_small():
    assert len(gzip.compress(read_script().encode())) <= 12 * 1024


def test_seeds_and_bodies_are_those_of_python(throat):
    for seed in (0, 1, 7, 2**32 - 1, 2**32, derive_seed("card", 7)):
        beast = imagine_beast(seed)
        found = throat.evaluate("(seed) => window.imagineBeast(seed)", seed)
        assert found == {"seed": seed, "mass": pytest.approx(beast.mass_kg), "family": beast.family}


def test_a_summoned_beast_has_the_body_that_its_words_have_in_python(throat):
    tokens, groups = ["frog", "snake", "huge", "night"], ["plan", "plan", "size", "hour"]
    table = table_bodies(tokens, groups)
    for seed, token, size in ((3, "frog", "huge"), (4, "snake", ""), (2**31, "frog", "")):
        beast = imagine_beast(seed, {"plan": token, "size": size})
        factor = table["sizes"].get(size, 1)
        call = "([seed, body, factor]) => window.imagineBeast(seed, body, factor)"
        found = throat.evaluate(call, [seed, table["bodies"][token], factor])
        assert found == {"seed": seed, "mass": pytest.approx(beast.mass_kg), "family": beast.family}


def test_a_phrase_lasts_as_long_and_so_does_each_word(spoken):
    for _, _, ours, theirs in spoken:
        assert len(theirs["samples"]) == pytest.approx(len(ours.samples), rel=0.03)
        assert np.allclose(theirs["words"], ours.times, atol=0.002)
        told = [(beat["text"], beat["start"], beat["pitch"]) for beat in theirs["syllables"]]
        for beat, (text, start, pitch) in zip(ours.syllables, told, strict=True):
            assert beat.text == text
            assert beat.start == pytest.approx(start, abs=0.002)
            assert beat.pitch == pytest.approx(pitch, abs=0.002)


def follow_pitch(samples, moments, guesses):
    """Pitch in Hz at each of the moments, within four semitones of its guess."""
    found = []
    for moment, guess in zip(moments, guesses, strict=True):
        reach = int(RATE * max(0.03, 3 / guess))
        middle = int(moment * RATE)
        cut = samples[max(middle - reach, 0) : middle + reach] * 1.0
        cut = cut * np.hanning(len(cut))
        window = np.hanning(len(cut))
        alike = signal.correlate(cut, cut, method="fft")[len(cut) - 1 :]
        alike /= signal.correlate(window, window, method="fft")[len(cut) - 1 :] + 1e-9
        low, high = int(RATE / guess / 1.26), math.ceil(RATE / guess * 1.26)
        at = low + int(np.argmax(alike[low : high + 1]))
        before, here, after = alike[at - 1 : at + 2]
        found.append(RATE / (at + 0.5 * (before - after) / (before - 2 * here + after)))
    return np.array(found)


def test_it_is_as_high(spoken):
    for beast, feeling, ours, theirs in spoken:
        along = [beast.voice.attack + more for more in (-0.1, 0.0, 0.1)]
        beats = [(beat, share) for beat in ours.syllables for share in along]
        moments = [beat.start + share * (beat.end - beat.start) for beat, share in beats]
        tops = [beat.pitch + beast.voice.sweep * beat.tone for beat, _ in beats]
        guesses = beast.pitch * feeling.pitch * 2.0 ** np.array(tops)
        one = follow_pitch(ours.samples.mean(1), moments, guesses)
        other = follow_pitch(theirs["samples"].mean(1), moments, guesses)
        cents = 1200 * np.log2(other / one)
        assert abs(np.median(cents)) <= 20


def find_formants(samples, syllables):
    """Peaks in Hz, from 150 to 4000, of the envelope of the syllables' middles, by prediction."""
    low = signal.lfilter([1.0, -0.95], [1.0], signal.resample_poly(samples.mean(1), 1, 4))
    rate, size = RATE / 4, 1024
    power = np.zeros(size // 2 + 1)
    for beat in syllables:
        middle = int((0.55 * beat.start + 0.45 * beat.end) * rate)
        cut = low[max(middle - size // 2, 0) :][:size]
        power += np.abs(np.fft.rfft(cut * np.hanning(len(cut)), size)) ** 2 / (cut @ cut + 1e-12)
    alike = np.fft.irfft(power)[:19]
    taps = np.linalg.solve(
        alike[np.abs(np.subtract.outer(range(18), range(18)))] + 1e-9 * alike[0] * np.eye(18),
        alike[1:],
    )
    envelope = -20 * np.log10(np.abs(np.fft.rfft(np.r_[1.0, -taps], size)) + 1e-9)
    peaks, _ = signal.find_peaks(envelope, prominence=0.5)
    places = peaks * rate / size
    return places[(places > 150) & (places < 4000)]


def test_vowels_have_their_formants(spoken):
    for _, _, ours, theirs in spoken:
        wanted = find_formants(ours.samples, ours.syllables)
        found = find_formants(theirs["samples"], ours.syllables)
        assert len(wanted) >= 2
        for place in wanted[:2]:
            assert np.abs(found / place - 1).min() <= 0.1


def test_the_larger_the_lower(throat):
    masses = np.geomspace(0.02, 600, 12)
    heard = []
    for number, mass in enumerate(masses):
        fitting = [name for name in FAMILIES if fits(float(mass), name)]
        beast = Beast(number, float(mass), random.Random(number).choice(fitting))
        theirs = say(throat, "ma lo", beast)
        beat = theirs["syllables"][0]
        moment = beat["start"] + beast.voice.attack * (beat["end"] - beat["start"])
        guess = beast.pitch * 2.0 ** (beat["pitch"] + beast.voice.sweep * beat["tone"])
        heard.append(follow_pitch(theirs["samples"].mean(1), [moment], [guess])[0])
    assert np.corrcoef(np.log(masses), np.log(heard))[0, 1] < -0.9


def test_whose_voice_it_is_can_be_heard(spoken):
    sounds = [(one.samples, other["samples"]) for _, _, one, other in spoken]
    timbres = [measure_timbre(samples, RATE) for pair in sounds for samples in pair]
    assert judge_identity(timbres, np.repeat(range(len(sounds)), 2)) >= 0.9


def test_the_same_again_and_never_too_loud(throat):
    beast = BEASTS[3]
    first, second = say(throat, "moru sali", beast), say(throat, "moru sali", beast)
    assert (first["samples"] == second["samples"]).all()
    assert 0.5 < np.abs(first["samples"]).max() <= 0.81
    assert np.abs(first["samples"][:50]).max() < 0.02
    other = say(throat, "moru salo", beast)["samples"]
    assert len(other) != len(first["samples"]) or not (other == first["samples"]).all()


@pytest.mark.parametrize(
    "phrase", ["", "  ", "7 ?!", "mm", "q" * 90, "🐸", "\u2028\u0000a", "x" * 3]
)
def test_anything_can_be_said(throat, phrase):
    found = say(throat, phrase, BEASTS[1])
    assert np.isfinite(found["samples"]).all() and np.abs(found["samples"]).max() > 0.1

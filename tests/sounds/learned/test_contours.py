"""Pitch, notes, and singing them: what goes in comes out."""

import numpy as np
import pytest

from generate.sounds.learned.contours import RATE, STEP, trace_notes
from generate.sounds.learned.lessons import decode_notes, encode_notes, time_notes
from generate.sounds.learned.pitch import follow_pitch
from generate.sounds.report.measures import find_nuclei, measure_pitch, rank_correlation
from generate.sounds.voice.body import Beast
from generate.sounds.voice.singing import Sung, count_syllables, sing
from tests.sounds.learned.callers import bark, crow, lay, tone


@pytest.mark.parametrize(("low", "high"), [(90, 180), (300, 700), (2400, 1500)])
def test_pitch_is_followed(low: float, high: float) -> None:
    seconds = 1.0
    x = tone(seconds, low, np.log2(high / low))
    pitch, clear = follow_pitch(x, RATE, STEP)
    t = np.arange(len(pitch)) * STEP / RATE
    inside = (t > 0.1) & (t < 0.9)
    wanted = low * 2 ** (np.log2(high / low) * t / seconds)
    off = np.abs(np.log2(pitch / wanted))[inside]
    assert np.percentile(off, 95) < 0.03 and clear[inside].min() > 0.8


def test_noise_has_no_clear_pitch() -> None:
    noise = np.random.default_rng(0).standard_normal(RATE)
    assert np.median(follow_pitch(noise, RATE, STEP)[1]) < 0.4


def test_notes_are_where_they_were_laid() -> None:
    heights = (400.0, 566.0, 400.0, 283.0)
    starts = (0.2, 0.6, 1.0, 1.5)
    notes = trace_notes(
        lay(*((a, tone(0.25, h)) for a, h in zip(starts, heights, strict=True)), seconds=2.2), RATE
    )
    assert [note.start for note in notes] == pytest.approx(starts, abs=0.04)
    assert [note.seconds for note in notes] == pytest.approx([0.25] * 4, abs=0.06)
    octaves = np.log2(np.array(heights) / 400)
    assert [note.height for note in notes] == pytest.approx(octaves, abs=0.06)
    assert min(note.clear for note in notes) > 0.6
    falling = trace_notes(lay((0.2, tone(0.4, 500, -0.6)), seconds=1), RATE)
    assert len(falling) == 1 and falling[0].glide == pytest.approx(-0.4, abs=0.12)


@pytest.mark.parametrize("samples", [np.zeros(RATE), np.zeros(0), tone(0.02, 300)])
def test_silence_has_no_notes(samples: np.ndarray) -> None:
    assert trace_notes(samples, RATE) == []


@pytest.mark.parametrize("kind", [bark, crow])
def test_numbers_and_notes_are_the_same(kind) -> None:
    notes = trace_notes(kind(0), RATE)
    numbers = encode_notes(notes)
    sung = decode_notes(numbers)
    assert [one.seconds for one in sung] == pytest.approx([note.seconds for note in notes])
    after = np.diff([note.start for note in notes])
    assert time_notes(numbers) == pytest.approx(after, abs=1e-6)
    assert [one.after for one in sung[1:]] == pytest.approx(after, abs=1e-6)
    for one, note in zip(sung, notes, strict=True):
        assert np.abs(one.pitch - note.pitch).max() < 0.2
        assert one.pitch.mean() == pytest.approx(note.height)


def melody(heights, seconds: float = 0.25, after: float = 0.35) -> list[Sung]:
    flat = np.zeros(16)
    swell = -12 * np.abs(np.linspace(-1, 1, 16))
    return [Sung(after, seconds, 0.0, flat + height, swell, flat, 0.9) for height in heights]


def test_a_melody_is_heard_in_a_mouth_of_its_own() -> None:
    heights = [0.0, 0.5, 0.25, -0.4, 0.1, -0.2]
    pitches = []
    for mass in (0.5, 6.0, 60.0):
        beast = Beast(4, mass, "howler")
        sung = sing("moru sali teno", beast, "", melody(heights))
        heard = trace_notes(sung.samples, sung.rate)
        assert len(heard) == len(find_nuclei(sung.samples, sung.rate)) == 6
        assert rank_correlation([note.height for note in heard], heights) > 0.9
        starts = np.diff([note.start for note in heard])
        assert starts == pytest.approx([0.35] * 5, abs=0.09)
        pitches.append(measure_pitch(sung.samples, sung.rate))
        assert pitches[-1] == pytest.approx(beast.pitch, rel=0.6)
        assert [s.text for s in sung.syllables] == ["mo", "ru", "sa", "li", "te", "no"]
        assert len(sung.times) == 3 and all(a < b for a, b in sung.times)
    assert pitches == sorted(pitches, reverse=True)


def test_a_song_is_the_same_twice_and_never_too_long() -> None:
    beast = Beast(4, 6.0, "singer")
    long = melody([0.1] * 12, 1.5, 1.5)
    one, two = (sing("moru sali teno moru sali teno", beast, "happy", long) for _ in range(2))
    assert np.array_equal(one.samples, two.samples) and len(one.samples) / one.rate < 8.5
    assert np.isfinite(one.samples).all() and 0.05 < np.abs(one.samples).max() < 4


def test_a_note_for_each_syllable() -> None:
    beast = Beast(4, 6.0, "singer")
    for phrase in ("moru", "", "123", "q", "moru — sali"):
        count = count_syllables(phrase, beast)
        sung = sing(phrase, beast, "", melody([0.0] * count))
        assert len(sung.times) == max(len(phrase.split()), 1)
    with pytest.raises(ValueError, match="2 notes for 6 syllables"):
        sing("moru sali teno", beast, "", melody([0, 0]))

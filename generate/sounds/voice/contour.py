"""Turn a plan into lines over time: pitch, loudness of the voice, loudness of the breath."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from generate.sounds.voice.body import Beast
from generate.sounds.voice.prosody import Plan
from generate.sounds.voice.source import STEP, wander

RATE = 44_100

QUAVER = 17.0
"""Beats a second of the trill at the end of some phrases."""


def trace_pitch(
    plan: Plan, beast: Beast, t: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.float64]:
    """Pitch in Hz over time: tones of the syllables with glides, vibrato, drift and jitter."""
    voice = beast.voice
    when, octaves = [0.0], [plan.syllables[0].pitch - voice.arc]
    for number, beat_ in enumerate(plan.syllables):
        onset = next(s.articulation for s in plan.segments if s.syllable == number)
        length = beat_.end - beat_.start
        opening = np.log2(onset.formants[1] / 1400.0) * 0.8 * voice.sweep
        top = beat_.pitch + voice.sweep * beat_.tone
        when += [beat_.start, beat_.start + voice.attack * length, beat_.end]
        final = number == len(plan.syllables) - 1
        octaves += [
            top - voice.arc + opening,
            top,
            top + (voice.close if final else -0.8 * voice.arc),
        ]
    line = np.interp(t, when, octaves)
    control = RATE / STEP
    line = ndimage.gaussian_filter1d(line, 0.016 * control)
    swell = np.clip(
        ndimage.gaussian_filter1d(np.interp(t, when, np.arange(len(when)) % 3 != 1), 9), 0, 1
    )
    turns = voice.flutter * t + 0.12 * np.cumsum(wander(rng, len(t), control, 2.0)) / control
    line = line + voice.vibrato / 12 * np.sin(2 * np.pi * turns) * swell
    if voice.quaver:
        last = plan.syllables[-1]
        along = np.clip((t - last.start) / (last.end - last.start), 0, 1)
        line += voice.quaver / 12 * np.sin(2 * np.pi * QUAVER * t) * np.sin(np.pi * along**1.5)
    line += 0.012 * wander(rng, len(t), control, 3.0)
    line += 1.44 * voice.jitter * wander(rng, len(t), control, 0.25 * control)
    return beast.pitch * plan.mood.pitch * 2.0**line


def trace_levels(
    plan: Plan,
    beast: Beast,
    t: NDArray[np.float64],
    shapes: Sequence[NDArray[np.float64]] = (),
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Levels of voice and breath over time.

    shapes: the gain along each syllable, (n,), evenly spaced; without any, the family's own.
    """
    voiced, breath = np.zeros(len(t)), np.zeros(len(t))
    voice, syllables = beast.voice, plan.syllables
    attack = voice.attack * voice.hold
    breathy = min(voice.breath + plan.mood.breath, 1.0)
    for number, beat_ in enumerate(syllables):
        inside = (t >= beat_.start) & (t < beat_.end)
        along = (t[inside] - beat_.start) / (beat_.end - beat_.start)
        rise = np.sin(np.pi / 2 * np.clip(along / attack, 0, 1)) ** 0.8
        fall = np.cos(np.pi / 2 * np.clip((along - attack) / (voice.hold - attack), 0, 1)) ** 0.9
        # Between two syllables of one word the voice need not fall silent.
        joined = [
            number > 0 and syllables[number - 1].word == beat_.word,
            number + 1 < len(syllables) and syllables[number + 1].word == beat_.word,
        ]
        before, after = (voice.bridge if join else 0.03 for join in joined)
        low = np.where(along < attack, before, after)
        envelope = beat_.level * (low + (1 - low) * np.where(along < attack, rise, fall))
        if len(shapes):
            shape = shapes[number]
            envelope = beat_.level * np.interp(along, np.linspace(0, 1, len(shape)), shape)
        for segment in (s for s in plan.segments if s.syllable == number):
            spoken = segment.articulation
            until = segment.end
            if spoken.closed:
                until = segment.start + 0.7 * (segment.end - segment.start)
            part = (t >= segment.start) & (t < until)
            voiced[part] = spoken.voicing
            breath[part] = 0.0 if spoken.closed else max(spoken.breath, breathy * spoken.voicing)
            release = (t >= until) & (t < segment.end)
            voiced[release] = max(spoken.voicing, 0.1)
            breath[release] = spoken.breath
            if spoken.trill:
                wave = np.cos(2 * np.pi * spoken.trill * (t[part] - segment.start))
                voiced[part] *= 0.6 + 0.4 * wave
        voiced[inside] *= envelope
        breath[inside] *= envelope
    smooth = np.hanning(9)[1:-1] / np.hanning(9)[1:-1].sum()
    return np.convolve(voiced, smooth, "same"), np.convolve(breath, smooth, "same")

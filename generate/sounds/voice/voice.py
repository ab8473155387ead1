"""Let a beast speak a phrase: a plan in time, a source, a tract, and reverberation."""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage, signal

from generate.recipe import derive_seed
from generate.sounds.voice.body import Beast
from generate.sounds.voice.contour import trace_levels, trace_pitch
from generate.sounds.voice.prosody import Plan, Syllable, lay_out
from generate.sounds.voice.reverb import add_reverb, grow_room
from generate.sounds.voice.source import (
    STEP,
    choose_harmonics,
    decay_for,
    fraction,
    make_beat,
    make_pulses,
    run_phase,
    stretch,
    wander,
)
from generate.sounds.voice.tract import (
    HOP,
    bend,
    count_frames,
    glottis,
    make_tube,
    scale_formants,
    shape,
)

RATE = 44_100
Array = NDArray[np.float32]


@dataclass(frozen=True)
class Spoken:
    """A spoken phrase: samples (n, 2) at `rate`, the `times` of its words, its syllables."""

    samples: Array
    rate: int
    times: list[tuple[float, float]]
    syllables: list[Syllable]


def speak(phrase: str, beast: Beast, mood: str = "", take: int = 1) -> Spoken:
    """Speak a romanised phrase. The same phrase, beast, mood and take give the same samples."""
    seed = derive_seed("speak", beast.seed, phrase, mood, *([take] if take > 1 else []))
    plan = lay_out(phrase, beast, mood, random.Random(seed))
    rng = np.random.default_rng(seed)
    t = list_moments(plan)
    pitch = trace_pitch(plan, beast, t, rng)
    voiced, breath = trace_levels(plan, beast, t)
    return sound_out(plan, beast, Lines(t, pitch, voiced, breath), rng)


@dataclass(frozen=True)
class Lines:
    """A voice over time, a value for each of the moments `t` (`list_moments`), in seconds.

    pitch: Hz. voiced, breath: levels. bright: factor on the frequency of the glottal peak.
    """

    t: NDArray[np.float64]
    pitch: NDArray[np.float64]
    voiced: NDArray[np.float64]
    breath: NDArray[np.float64]
    bright: NDArray[np.float64] | None = None


def list_moments(plan: Plan) -> NDArray[np.float64]:
    """The moments in seconds, one every STEP samples, that the lines of a plan have values for."""
    return np.arange(int(plan.seconds * RATE) // STEP + 2) * STEP / RATE


def sound_out(plan: Plan, beast: Beast, lines: Lines, rng: np.random.Generator) -> Spoken:
    """What a beast's mouth makes of a plan and its lines."""
    t, pitch, voiced, breath = lines.t, lines.pitch, lines.voiced, lines.breath
    count = int(plan.seconds * RATE)
    level = np.sqrt(voiced**2 + (0.6 * breath) ** 2)
    excitation = excite(plan, beast, t, pitch, voiced, breath, level, count, rng)
    body = resonate(excitation, plan, beast, t, pitch, lines.bright)
    body = even_out(body) * stretch(level, count).astype(np.float32)
    body += make_noises(plan, beast, count, rng)
    room = grow_room(beast.seed % 8, RATE, 0.55)
    samples = add_reverb(body, room, 0.16)
    return Spoken(samples, RATE, list(plan.words), list(plan.syllables))


def excite(
    plan: Plan,
    beast: Beast,
    t: NDArray[np.float64],
    pitch: NDArray[np.float64],
    voiced: NDArray[np.float64],
    breath: NDArray[np.float64],
    level: NDArray[np.float64],
    count: int,
    rng: np.random.Generator,
) -> Array:
    """The source at even power: rough pulses, and breath that pulses with them."""
    voice = beast.voice
    spread = stretch(pitch, count)
    phase = run_phase(spread, RATE)
    harmonics = choose_harmonics(float(pitch.max()), RATE)
    tone = make_pulses(phase, harmonics, decay_for(voice.edge, harmonics))
    if voice.side:
        slide = stretch(wander(rng, len(t), RATE / STEP, 5.0), count)
        other = run_phase(spread * voice.lean * 2 ** (0.015 * slide), RATE, 0.3)
        fewer = choose_harmonics(float(pitch.max()) * voice.lean * 1.1, RATE)
        second = make_pulses(other, fewer, decay_for(voice.edge, fewer))
        tone = tone * _take_turns(plan, beast, t, count, 0)
        tone += voice.side * second * _take_turns(plan, beast, t, count, 1)
    if voice.sub:
        tone *= 1 + np.float32(voice.sub) * np.cos(np.float32(2 * np.pi) * fraction(phase / 2))
    shaky = stretch(wander(rng, len(t), RATE / STEP, 20.0), count)
    if voice.growl:
        rough = run_phase(voice.growl_rate * 2 ** (0.18 * shaky), RATE)
        tone *= make_beat(rough, voice.growl * 0.85, 1.0)
    if voice.pulses:
        # Each pulse has at least five periods; otherwise the pulses would sound as the pitch.
        rate = min(voice.pulses * beast.mass_kg**-0.04, beast.pitch / 5)
        tone *= make_beat(run_phase(rate * 2 ** (0.05 * shaky), RATE), voice.depth, voice.sharp)
    noise = rng.standard_normal(len(phase), dtype=np.float32)
    # Breath does not pass the vocal folds, so it is made brighter by what the glottis takes away.
    noise[1:] -= 0.8 * noise[:-1]
    noise *= make_beat(phase, 0.5, 1.0)
    safe = np.maximum(level, 1e-4)
    voicing = voice.tone * np.minimum(voiced / safe, 1)
    share = stretch(voicing, count).astype(np.float32)
    air = stretch(0.4 * breath / safe, count).astype(np.float32)
    return tone * share + noise * air


def _take_turns(plan: Plan, beast: Beast, t: NDArray[np.float64], count: int, side: int) -> Array:
    """When one side of the syrinx sings; the two sides of a hummer always sing together."""
    share = np.ones(len(t))
    if beast.voice.lean > 1.05:
        for number, beat_ in enumerate(plan.syllables):
            choice = random.Random(derive_seed(beast.seed, "side", beat_.text, number)).random()
            if (side == 0 and choice < 0.25) or (side == 1 and choice > 0.65):
                share[(t >= beat_.start) & (t < beat_.end)] = 0.04
        share = ndimage.gaussian_filter1d(share, 6)
    return stretch(share, count).astype(np.float32)


def resonate(
    excitation: Array,
    plan: Plan,
    beast: Beast,
    t: NDArray[np.float64],
    pitch: NDArray[np.float64],
    bright: NDArray[np.float64] | None = None,
) -> Array:
    """The source filtered by a tract whose formants follow the articulations."""
    voice, frames = beast.voice, count_frames(len(excitation))
    times = np.arange(frames) * HOP / RATE
    when: list[float] = []
    targets: list[tuple[float, ...]] = []
    nasal: list[float] = []
    for place_, segment in enumerate(plan.segments):
        spoken = segment.articulation
        formants = spoken.formants
        if spoken.breath > 0.8 and place_ + 1 < len(plan.segments):
            formants = plan.segments[place_ + 1].articulation.formants
        edge = 0.28 * (segment.end - segment.start)
        when += [segment.start + edge, segment.end - edge]
        targets += [formants, formants]
        nasal += [max(spoken.nasal, voice.nose)] * 2
    smooth = 0.011 * RATE / HOP
    wanted = scale_formants(targets, beast.tract_cm)
    moving = np.stack([np.interp(times, when, column) for column in wanted.T], axis=1)
    moving = ndimage.gaussian_filter1d(moving, smooth, axis=0)
    closed = ndimage.gaussian_filter1d(np.interp(times, when, nasal), smooth)
    f, tube = make_tube(beast.tract_cm, RATE, voice.ring, voice.head)
    scale = 17.5 / beast.tract_cm
    below = bend(f, moving, scale, voice.ring)
    peak = np.interp(times, t, pitch) * voice.effort * plan.mood.effort**0.4
    if bright is not None:
        peak *= np.interp(times, t, bright)
    below *= glottis(f, np.maximum(peak, 150.0))
    murmur = 1 / (1 + (f / np.float32(1.4 * 500 * scale)) ** 2)
    response = (tube * f)[None, :] / below
    response *= 1 - closed.astype(np.float32)[:, None] * (1 - murmur)[None, :]
    return shape(excitation, response, len(f))


def even_out(sound: Array) -> Array:
    """A sound at a nearly even level, so that the plan alone decides what is loud."""
    power = signal.lfilter([1.0], [1.0, -0.9985], np.square(sound)[::-1])[::-1]
    power = signal.lfilter([1.0], [1.0, -0.9985], power) * (1 - 0.9985) ** 2
    typical = np.sqrt(np.percentile(power, 80)) + 1e-12
    gain = typical / np.sqrt(power + (0.03 * typical) ** 2)
    return (sound * (0.16 / typical) * gain**0.75).astype(np.float32)


def make_noises(plan: Plan, beast: Beast, count: int, rng: np.random.Generator) -> Array:
    """The hiss of constrictions, the bursts of releases, the snaps of clicks."""
    out = np.zeros(count + RATE // 5, np.float32)
    scale = (17.5 / beast.tract_cm) ** 0.7
    for segment in plan.segments:
        spoken, level = segment.articulation, plan.syllables[segment.syllable].level
        centre, width = spoken.noise
        length = segment.end - segment.start
        if spoken.hiss:
            # It swells towards its vowel and overlaps it, so that both are heard as one.
            syllable = plan.syllables[segment.syllable]
            opens = segment.start - syllable.start < syllable.end - segment.end
            sound = _hiss(rng, centre * scale, width, length + 0.05)
            along = np.arange(len(sound)) / len(sound)
            along = along if opens else 1 - along
            sound *= np.minimum(along / 0.62, np.minimum(1, (1 - along) / 0.3)) ** 1.2
            start = segment.start if opens else segment.start - 0.05
            _add(out, sound * (0.055 * spoken.hiss * level), start)
        if spoken.burst:
            lasts = (0.012 if not spoken.click else 0.035) * (1 + 0.4 / scale)
            sound = _hiss(rng, centre * scale, width if not spoken.click else 0.35, lasts * 3)
            sound *= np.exp(-np.arange(len(sound)) / (lasts * RATE / 2.2))
            sound *= np.minimum(1, np.arange(len(sound)) / 24)
            _add(out, sound * (0.07 * spoken.burst * level), segment.start + 0.7 * length)
    if beast.voice.hiss:
        for beat_ in plan.syllables:
            sound = _hiss(rng, 4200.0 * scale**0.5, 1.5, beat_.end - beat_.start)
            along = np.arange(len(sound)) / len(sound)
            sound *= np.sin(np.pi * along**0.8) ** 1.5 * beat_.level
            _add(out, sound * (0.11 * beast.voice.hiss), beat_.start)
    if beast.voice.snaps:
        for beat_ in plan.syllables:
            sound = _hiss(rng, 2200.0 * scale, 0.4, 0.03)
            sound *= np.exp(-np.arange(len(sound)) / 180) * np.minimum(
                1, np.arange(len(sound)) / 12
            )
            _add(out, sound * (0.2 * beast.voice.snaps), beat_.start + 0.01)
    return out[:count]


def _hiss(rng: np.random.Generator, centre: float, width: float, seconds: float) -> Array:
    """Unit-power noise of `width` octaves around `centre` Hz."""
    low = min(max(centre * 2 ** (-width / 2), 60.0), 9000.0)
    high = min(centre * 2 ** (width / 2), 0.45 * RATE)
    sos = _design_band(round(low), round(max(high, low * 1.15)))
    noise = signal.sosfilt(sos, rng.standard_normal(int(seconds * RATE) + 200))[200:]
    return (noise / (np.sqrt(np.mean(noise**2)) + 1e-9)).astype(np.float32)


@lru_cache(maxsize=256)
def _design_band(low: int, high: int) -> NDArray[np.float64]:
    return signal.butter(2, [low, high], "bandpass", fs=RATE, output="sos")


def _add(out: Array, sound: Array, at: float) -> None:
    start = max(int(at * RATE), 0)
    out[start : start + len(sound)] += sound[: len(out) - start]

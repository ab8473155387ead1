"""Measure the sounds for `make evaluate`: the published files, and the voice itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from generate.phrases.language.phonemes import syllables
from generate.sounds.report.measures import (
    compare_spread,
    find_nuclei,
    judge_identity,
    measure_pitch,
    measure_timbre,
    rank_correlation,
)
from generate.sounds.report.table import Row, measure_sound
from generate.sounds.voice.body import imagine_beast
from generate.sounds.voice.voice import speak

BEASTS, PHRASES = 12, 4


def evaluate_sounds(
    settings: Any, cards: Sequence[Mapping[str, Any]], beds: Mapping[str, Path] | None = None
) -> dict[str, float]:
    """Figures by name: loudness errors in LU, peaks in dBTP, edges in dBFS, seams as ratios.

    cards: each with path, seed, phrase, mood, caption and traits. beds: hour to path.
    """
    target, bed = settings.sounds.loudness, settings.sounds.bed_loudness
    rows = [measure_sound(Path(card["path"]), "", target)[0] for card in cards]
    loops = [measure_sound(path, hour, bed, True)[0] for hour, path in (beds or {}).items()]
    found = judge_files(rows, target)
    if loops:
        found["bed loudness error, largest"] = max(abs(row.loudness - bed) for row in loops)
        found["seam, largest"] = max(row.seam or 0.0 for row in loops)
    if settings.sounds.engine == "voice":
        found |= judge_voice(cards)
    return {name: round(float(value), 4) for name, value in found.items()}


def judge_files(rows: Sequence[Row], target: float) -> dict[str, float]:
    """The figures of the decoded MP3s."""
    errors = np.array([abs(row.loudness - target) for row in rows])
    return {
        "loudness error, median": float(np.median(errors)),
        "loudness error, largest": float(errors.max()),
        "held down by their peak": float((errors > 0.3).sum()),
        "true peak, largest": max(row.peak for row in rows),
        "edge, largest": max(row.edge or -np.inf for row in rows),
    }


def judge_voice(cards: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """The figures of twelve of the beasts, each speaking four of the phrases."""
    chosen = cards[:: max(len(cards) // BEASTS, 1)][:BEASTS]
    beasts = [
        imagine_beast(card["seed"], card.get("traits") or {}, card.get("caption") or "")
        for card in chosen
    ]
    phrases = [str(card["phrase"]) for card in cards if str(card["phrase"]).split()]
    features, owners, errors, pitches = [], [], [], []
    for number, beast in enumerate(beasts):
        own = []
        for k in range(PHRASES):
            phrase = phrases[(number * PHRASES + k) % len(phrases)]
            spoken = speak(phrase, beast)
            written = sum(len(syllables(word)) for word in phrase.split()) or 1
            heard = len(find_nuclei(spoken.samples, spoken.rate))
            errors.append(abs(heard - written) / written)
            features.append(measure_timbre(spoken.samples, spoken.rate))
            owners.append(number)
            own.append(measure_pitch(spoken.samples, spoken.rate))
        pitches.append(float(np.nanmedian(own)))
    return {
        "syllables, mean relative error": float(np.mean(errors)),
        "syllables, share within 10 %": float(np.mean(np.array(errors) <= 0.1)),
        "beast known by nearest neighbour": judge_identity(features, owners),
        "distance between over within beasts": compare_spread(features, owners),
        "rank correlation of mass and pitch": rank_correlation(
            [beast.mass_kg for beast in beasts], pitches
        ),
    }

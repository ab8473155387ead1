"""Sing a card's phrase with what was learnt from a folder of recordings."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from generate.errors import Refusal
from generate.files import write_json
from generate.recipe import derive_seed, digest, digest_file, read_versions
from generate.sounds.engines.call import Call
from generate.sounds.engines.packages import require_packages
from generate.sounds.learned.comparison import Memory, compare_songs, tell_statistics
from generate.sounds.learned.contours import Array
from generate.sounds.learned.lessons import Lessons, decode_notes, read_lessons
from generate.sounds.report.measures import find_nuclei
from generate.sounds.voice.body import imagine_beast, tell_beast
from generate.sounds.voice.singing import count_syllables, sing
from generate.sounds.voice.voice import Spoken

FILE, GOING = "learned.safetensors", "learning.safetensors"
PACKAGES = ("torch", "safetensors")
WARMTH = 0.8
# Songs that are tried for a phrase, and those that are made to compare with the recordings.
TRIES, COMPARED = 12, 50


def sing_call(settings: Any, brief: Mapping[str, Any]) -> Call:
    """The beast of the card sings the card's phrase, to notes as the recordings have them.

    Songs that copy a recording are passed over; of the others that one is taken whose syllables
    are heard as they are written. Raises `Refusal`.
    """
    singer, lessons, found = open_singer(settings)
    wish = brief.get("voice") or {}
    beast = imagine_beast(
        int(brief["seed"]), brief.get("traits") or {}, str(brief.get("caption") or ""), wish
    )
    mood = str(wish.get("mood") or brief.get("mood") or "")
    phrase = str(brief.get("phrase") or "")
    count = count_syllables(phrase, beast)
    take = int(brief.get("take") or 1)
    memory = remember(lessons)
    best: tuple[int, int, Spoken] | None = None
    copies = 0
    for turn in range(TRIES):
        notes = compose_song(singer, count, (beast.seed, phrase, take, turn))
        if memory.is_copy(notes):
            copies += 1
            continue
        sung = sing(phrase, beast, mood, decode_notes(notes))
        heard = len(find_nuclei(sung.samples, sung.rate))
        if best is None or abs(heard - count) < abs(best[0] - count):
            best = heard, turn, sung
        if heard == count:
            break
    if best is None:
        raise Refusal(
            f"sounds: {brief['slug']}: all {TRIES} songs were copies of recordings; add recordings "
            'to sounds.folder, or use engine = "folder"'
        )
    heard, turn, sung = best
    facts = {
        "beast": tell_beast(beast),
        "syllables": [[round(s.start, 4), round(s.end, 4), s.text] for s in sung.syllables],
        "song": turn + 1,
        "heard": heard,
        "copies": copies,
        "model": found,
        "versions": read_versions(["numpy", "scipy", "soundfile", *PACKAGES]),
    }
    return Call(sung.samples, sung.rate, sung.times, facts)


def compose_song(singer: Any, count: int, names: tuple[object, ...]) -> Array:
    """``count`` notes (count, WIDTH) that depend on ``names`` alone."""
    from generate.sounds.learned.network import compose

    return compose(singer, count, derive_seed("song", *names), WARMTH)


@lru_cache(maxsize=4)
def remember(lessons: Lessons) -> Memory:
    """What counts as a copy of these recordings."""
    return Memory([one.notes for one in lessons.all])


def open_singer(settings: Any) -> tuple[Any, Lessons, str]:
    """The network that learnt the recordings, they, and the first digits of its weights' digest.

    It is trained where it is not there, or was by other recordings. Raises `Refusal`.
    """
    require_packages("learned", PACKAGES)
    lessons = read_lessons(settings)
    return _open(Path(settings.work), lessons, settings.seed)


@lru_cache(maxsize=2)
def _open(work: Path, lessons: Lessons, seed: int) -> tuple[Any, Lessons, str]:
    from generate.sounds.learned.network import load_singer, save_singer, train_singer

    path, going = work / "sounds" / FILE, work / "sounds" / GOING
    key = digest([lessons.key, seed])
    found = load_singer(path, key)
    if found is None:
        for line in lessons.refused:
            tell(f"passed over: {line}")
        began = time.perf_counter()
        learnt, held = ([one.notes for one in some] for some in (lessons.learnt, lessons.held))
        found = train_singer(learnt, held, derive_seed("learned voice", seed), going, key)
        save_singer(*found, path, key)
        going.unlink(missing_ok=True)
        report = compare(found[0], lessons, seed)
        report["training"] = {**asdict(found[1]), "wall": round(time.perf_counter() - began, 1)}
        write_json(work / "report" / "learned.json", report)
        tell_report(report)
    return found[0], lessons, digest_file(path)[:12]


def compare(singer: Any, lessons: Lessons, seed: int) -> dict[str, Any]:
    """The report of a voice: songs of as many notes as recordings have, beside these."""
    calls = [one.notes for one in lessons.all]
    memory = remember(lessons)
    songs: list[Array] = []
    copies = turn = 0
    while len(songs) < COMPARED and turn < 4 * COMPARED:
        count = max(2, len(calls[turn % len(calls)]))
        song = compose_song(singer, count, ("compared", seed, turn))
        turn += 1
        if memory.is_copy(song):
            copies += 1
        else:
            songs.append(song)
    if not songs:
        raise Refusal(
            f"sounds.folder: all {turn} songs were copies of the {len(calls)} recordings; add "
            'recordings that differ, or use engine = "folder"'
        )
    return {
        "recordings": len(calls),
        "held": [one.name for one in lessons.held],
        "notes": int(sum(map(len, calls))),
        "statistics": {"recordings": tell_statistics(calls), "songs": tell_statistics(songs)},
        "intervals": compare_songs(songs, calls, seed),
        "nearest": {
            "songs": round(float(np.median([memory.measure(song) for song in songs])), 3),
            "recordings": round(float(np.median(memory.list_gaps())), 3),
            "limit": round(memory.limit, 3),
            "passed over": copies,
            "copies": sum(memory.is_copy(song) for song in songs),
            "of": len(songs),
        },
    }


def tell_report(report: Mapping[str, Any]) -> None:
    """Print what `compare` found."""
    trained, near = report["training"], report["nearest"]
    tell(
        f"learnt {report['notes']} notes of {report['recordings']} recordings in "
        f"{trained['wall']:.0f} s; a held-out note is foreseen at {trained['likely']:.1f} nats, "
        f"as any other at {trained['alone']:.1f}"
    )
    for name, ours in report["statistics"]["songs"].items():
        theirs = report["statistics"]["recordings"][name]
        spans = (f"{a:.2f} ({low:.2f} to {high:.2f})" for low, a, high in (ours, theirs))
        tell("{}: songs {}, recordings {}".format(name, *spans))
    for kind, found in report["intervals"].items():
        unit = "semitones" if kind == "pitch" else "octaves of time"
        tell(
            f"intervals of {kind}: songs lie {found['songs']:.2f} {unit} from the recordings, "
            f"these half against half {found['floor']:.2f}, shuffled {found['shuffled']:.2f}"
        )
    tell(
        f"copies: {near['copies']} of {near['of']} songs, {near['passed over']} passed over; "
        f"nearest run of notes {near['songs']:.2f} away, of other recordings "
        f"{near['recordings']:.2f}"
    )


def tell(text: str) -> None:
    """Print one line of the stage."""
    print(f"{'sounds':<9} {text}", flush=True)

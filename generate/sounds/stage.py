"""Make the call of each card by the engine that is set, master it, keep it in work/sounds/."""

from __future__ import annotations

import multiprocessing
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from tqdm import tqdm

from generate.errors import Refusal
from generate.files import sweep, write_json
from generate.recipe import digest_file, read_versions
from generate.sounds.engines.call import Call, number_brief
from generate.sounds.enhancing.finishing import find_room
from generate.sounds.mastering.encoding import write_flac
from generate.sounds.mastering.mastering import level_call, master
from generate.sounds.settings import MODELS, TORCH
from generate.sounds.voice.body import imagine_beast, tell_beast
from generate.sounds.voice.voice import speak
from generate.stops import follow_parent

FEW = 4
"""Up to so many sounds are made here; for more, other processes are worth their start."""


@dataclass(frozen=True)
class MadeSound:
    """A finished sound: its FLAC, the times of its words in it, and what card.json records.

    passed: a line for each recording that was meant for it and could not be used.
    """

    slug: str
    path: Path
    times: list[tuple[float, float]] | None
    facts: dict[str, Any]
    notes: list[str]
    passed: Mapping[Path, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Unmade:
    """A card whose sound could not be made, and why."""

    slug: str
    why: str


def make_call(settings: Any, brief: Mapping[str, Any]) -> Call:
    """The call of one card that an engine makes anew; brief: slug, seed, phrase, mood, caption,
    traits, and the person's wish for its voice.

    Raises `Refusal` where the engine lacks something.
    """
    match settings.sounds.engine:
        case "voice":
            return speak_call(brief)
        case "stable-audio":
            from generate.sounds.engines.stable_audio import generate_call

            return generate_call(settings, brief)
        case "pretrained":
            from generate.sounds.engines.pretrained.engine import generate_call

            return generate_call(settings, brief)
        case "learned":
            from generate.sounds.learned.engine import sing_call

            return sing_call(settings, brief)
        case other:
            raise Refusal(f"sounds.engine = {other!r} makes no calls of its own")


def speak_call(brief: Mapping[str, Any]) -> Call:
    """The beast of the card speaks the card's phrase."""
    wish = brief.get("voice") or {}
    beast = imagine_beast(
        int(brief["seed"]), brief.get("traits") or {}, str(brief.get("caption") or ""), wish
    )
    mood = str(wish.get("mood") or brief.get("mood") or "")
    spoken = speak(str(brief.get("phrase") or ""), beast, mood, int(brief.get("take") or 1))
    facts = {
        "beast": tell_beast(beast),
        "syllables": [[round(s.start, 4), round(s.end, 4), s.text] for s in spoken.syllables],
    }
    return Call(spoken.samples, spoken.rate, spoken.times, facts)


def choose_engine(settings: Any, brief: Mapping[str, Any]) -> Any:
    """The settings with the one engine of a card, where engines are mixed."""
    if settings.sounds.engine != "mixed":
        return settings
    own = settings.sounds.of_card(brief.get("number"))
    return settings.model_copy(update={"sounds": own})


def finish_call(settings: Any, brief: Mapping[str, Any]) -> MadeSound | Unmade:
    """Make, master and keep one card's call in work/sounds/<slug>.flac.

    What a model or a folder of recordings lacks, it lacks for every card: that alone ends the
    stage.
    """
    settings = choose_engine(settings, brief)
    passed: Mapping[Path, str] = {}
    try:
        if settings.sounds.engine == "folder":
            from generate.sounds.engines.recordings import master_recording

            number = number_brief(brief)
            call, mastered, passed = master_recording(
                settings,
                number,
                brief.get("recordings"),
                int(brief.get("take") or 1),
                find_room(settings, brief),
            )
        else:
            call = make_call(settings, brief)
            mastered = master(call.samples, call.rate, settings.sounds.loudness)
    except Refusal as refusal:
        if settings.sounds.engine != "voice":
            raise
        return Unmade(str(brief["slug"]), str(refusal))
    path = Path(settings.work) / "sounds" / f"{brief['slug']}.flac"
    write_flac(path, mastered.samples, mastered.rate)
    keep_beside(path, call, digest_file(path))
    # The fade lays a little silence in front of what the trim left.
    shift = mastered.lead - mastered.head

    def move(seconds: float) -> float:
        return min(max(seconds + shift, 0.0), mastered.seconds)

    times = [(move(a), move(b)) for a, b in call.times] if call.times else None
    facts = {
        "engine": settings.sounds.engine,
        "seed": int(brief["seed"]),
        "loudness": round(mastered.loudness, 2),
        "momentary": round(mastered.momentary, 2),
        "true_peak": round(mastered.true_peak, 2),
        "seconds": round(mastered.seconds, 3),
        "peak_limited": mastered.peak_limited,
        "mended": list(mastered.mended),
        "versions": read_versions(["numpy", "scipy", "soundfile"]),
        **call.facts,
    }
    if "syllables" in facts:
        facts["syllables"] = [
            [round(move(a), 4), round(move(b), 4), text] for a, b, text in facts["syllables"]
        ]
    return MadeSound(str(brief["slug"]), path, times, facts, call.notes, passed)


def keep_beside(path: Path, call: Call, made: str) -> None:
    """Keep what the report lets a person hear beside a sound, with the digest of that sound.

    ``path`` is the sound's; the folder of its name holds the clip before it was enhanced, as
    before.flac, and other clips by number.
    """
    folder = path.with_suffix("")
    shutil.rmtree(folder, ignore_errors=True)
    sounds = {str(number): clip for number, clip in call.others.items()}
    if call.before is not None:
        sounds["before"] = call.before
    for name, samples in sounds.items():
        write_flac(folder / f"{name}.flac", level_call(samples, call.rate), call.rate)
    if sounds:
        write_json(folder / "of.json", {"sound": made})


def make_take(settings: Any, brief: Mapping[str, Any]) -> Call:
    """Take ``brief["take"]`` of a card's sound, not mastered, by an engine that needs no model of
    others. Raises `Refusal`."""
    settings = choose_engine(settings, brief)
    if settings.sounds.engine == "folder":
        from generate.sounds.engines.recordings import choose_recording, list_recordings

        files, number = list_recordings(settings)[0], number_brief(brief)
        return choose_recording(
            settings, number, files, int(brief["take"]), find_room(settings, brief)
        )
    if settings.sounds.engine in MODELS:
        raise Refusal("sounds: other takes of a model are made by make sounds alone")
    return make_call(settings, brief)


def make_and_master(
    settings: Any, briefs: Sequence[Mapping[str, Any]], processes: int | None = None
) -> Iterator[MadeSound | Unmade]:
    """Finish the calls of all briefs, yielded in order as they become ready.

    Many voices or recordings are shared among `processes` (default: one for each processor, four
    at most); engines that run a model keep it in this process.
    """
    sweep(Path(settings.work) / "sounds")
    processes = min(processes or os.cpu_count() or 1, 4)
    engines = {choose_engine(settings, brief).sounds.engine for brief in briefs}
    if "folder" in engines:
        from generate.sounds.engines.recordings import list_recordings

        # Listened to once, here, and not by every process.
        files, refused = list_recordings(settings)
        briefs = [{**brief, "recordings": files} for brief in briefs]
        for line in refused:
            tqdm.write(f"{'sounds':<9} passed over: {line}")
    if "learned" in engines:
        from generate.sounds.learned.engine import open_singer

        open_singer(settings)  # taught before the first card
    told: set[Path] = set()
    for made in share(settings, briefs, 1 if engines & {*TORCH} else processes):
        passed = made.passed if isinstance(made, MadeSound) else {}
        for path, line in passed.items():
            if path not in told:
                tqdm.write(f"{'sounds':<9} passed over: {line}")
        told |= passed.keys()
        yield made


def share(
    settings: Any, briefs: Sequence[Mapping[str, Any]], processes: int
) -> Iterator[MadeSound | Unmade]:
    """Finish the calls of all briefs in order, here or in other processes."""
    work = partial(finish_call, settings)
    if len(briefs) <= FEW or processes == 1:
        yield from map(work, briefs)
        return
    # Not by forking: a process that has trained a model holds threads, which a fork would lose.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(processes, context, follow_parent) as pool:
        try:
            yield from pool.map(work, briefs, chunksize=2)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise

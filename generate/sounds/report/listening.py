"""A page to listen: every card's sound, its other takes and how it was before it was enhanced.

work/report/sounds.html with MP3s and pictures in work/report/takes/. A page from disk cannot write
into a card, so it shows the line to copy; `make studio` writes it.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from numpy.typing import NDArray
from tqdm import tqdm

from generate.errors import Refusal
from generate.files import read_json, replacing, write_json, write_text
from generate.recipe import digest, digest_file
from generate.sounds.mastering.encoding import encode, read_sound
from generate.sounds.mastering.loudness import measure_call, measure_true_peak
from generate.sounds.mastering.mastering import RATE, level_call, mend
from generate.sounds.report.sonograms import draw_sound
from generate.sounds.settings import MODELS
from generate.sounds.stage import choose_engine, make_take

OFFERED = 3
REVISION = 1
PAGE, FOLDER, KNOWN = "sounds.html", "takes", "known.json"


@dataclass(frozen=True)
class Heard:
    """One sound of a card on the page: the name of its files, what it is, its take where it can be
    kept, its LUFS and dBTP, its seconds; or why it cannot be heard."""

    name: str
    title: str
    take: int | None = None
    loudness: float = 0.0
    peak: float = 0.0
    seconds: float = 0.0
    fault: str = ""


def write_listening(
    settings: Any, briefs: Sequence[Mapping[str, Any]], sounds: Mapping[str, Path]
) -> Path:
    """Write the page for the cards of ``briefs``, whose sounds lie at ``sounds``; its path.

    What is there already is not made again.
    """
    report = Path(settings.work) / "report"
    folder = report / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    try:
        known = read_json(folder / KNOWN) if (folder / KNOWN).is_file() else {}
    except Refusal:
        known = {}
    before = dict(known) if isinstance(known, dict) else {}
    # A network sings in this thread alone.
    learned = any(choose_engine(settings, brief).sounds.engine == "learned" for brief in briefs)
    with ThreadPoolExecutor(1 if learned else min(os.cpu_count() or 1, 4)) as pool:
        rows = pool.map(lambda brief: lay_card(settings, brief, sounds, folder, before), briefs)
        cards = list(tqdm(rows, "listening", len(briefs), unit="card", leave=False))
    found = {key: asdict(one) for card in cards for key, one in card["heard"] if not one.fault}
    write_json(folder / KNOWN, found)
    names = {one["name"] for one in found.values()}
    for path in folder.iterdir():
        if path.name != KNOWN and path.stem not in names:
            path.unlink()
    loader = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined
    )
    shown = [{**card, "heard": [one for _, one in card["heard"]]} for card in cards]
    page = loader.get_template(PAGE).render(
        cards=shown, folder=FOLDER, title=str(getattr(settings, "title", "")) or "Sounds"
    )
    write_text(report / PAGE, page)
    return report / PAGE


def lay_card(
    settings: Any,
    brief: Mapping[str, Any],
    sounds: Mapping[str, Path],
    folder: Path,
    known: Mapping[str, Any],
) -> dict[str, Any]:
    """What the page shows of a card: "slug", "take", "heard" as pairs of key and `Heard`."""
    slug = str(brief["slug"])
    asked = choose_engine(settings, brief).sounds
    path = sounds[slug]
    path = next((p for p in sorted(path.parent.glob(f"{path.stem}.*")) if p.is_file()), path)
    own = digest_file(path) if path.is_file() else ""
    heard = [open_heard(folder, known, f"{slug}-now", "now", None, [own], lambda: read_sound(path))]
    chosen = brief.get("take")
    beside = read_beside(Path(settings.work) / "sounds" / slug, own)
    key: list[Any]
    if "before" in beside:
        file = beside.pop("before")
        key = [digest_file(file)]
        title = "before it was enhanced"
        heard.append(
            open_heard(folder, known, f"{slug}-before", title, None, key, lambda: read_sound(file))
        )
    for name, file in sorted(beside.items(), key=lambda pair: int(pair[0])):
        key, number = [digest_file(file)], int(name)

        def reopen(file: Path = file) -> tuple[NDArray[np.float32], int]:
            return read_sound(file)

        title = f"take {number}"
        heard.append(open_heard(folder, known, f"{slug}-{number}", title, number, key, reopen))
    if asked.engine not in MODELS:
        about = {name: value for name, value in brief.items() if name != "take"}
        for number in (n for n in range(1, OFFERED + 1) if n != (chosen or 1)):
            key = [REVISION, asked.model_dump(mode="json"), settings.seed, about, number]

            def make(number: int = number) -> tuple[NDArray[np.float32], int]:
                call = make_take(settings, {**brief, "take": number})
                return call.samples, call.rate

            title = f"take {number}"
            heard.append(open_heard(folder, known, f"{slug}-{number}", title, number, key, make))
    return {"slug": slug, "take": chosen, "heard": heard}


def read_beside(folder: Path, sound: str) -> dict[str, Path]:
    """The clips that were kept beside the sound with this digest, by name."""
    of = folder / "of.json"
    try:
        if not of.is_file() or read_json(of).get("sound") != sound:
            return {}
    except (Refusal, AttributeError):
        return {}
    names = ((path.stem, path) for path in folder.glob("*.flac"))
    return {name: path for name, path in names if name == "before" or name.isdecimal()}


def open_heard(
    folder: Path,
    known: Mapping[str, Any],
    name: str,
    title: str,
    take: int | None,
    decided: Sequence[Any],
    make: Any,
) -> tuple[str, Heard]:
    """A sound of the page and its key: as it lies there, or made anew where ``decided`` changed."""
    key = digest([name, title, take, list(decided)])
    files = [folder / f"{name}.mp3", folder / f"{name}.png"]
    if key in known and all(path.is_file() for path in files):
        return key, Heard(**known[key])
    try:
        samples, rate = make()
        x = mend(samples, rate)[0].astype(np.float32)
        x = x if title == "now" else level_call(x, RATE)
        data = encode(x, RATE)
    except Refusal as refusal:
        return key, Heard(name, title, take, fault=str(refusal))
    for path, write in zip(files, (None, draw_sound(x)), strict=True):
        with replacing(path) as temporary:
            if write is None:
                temporary.write_bytes(data)
            else:
                write.save(temporary, "PNG")
    loudness, peak = round(float(measure_call(x, RATE)), 2), round(measure_true_peak(x, RATE), 2)
    return key, Heard(name, title, take, loudness, peak, round(len(x) / RATE, 2))

"""Page bundles to test the gallery with: real PNG pictures, FLAC tones, a path out of noise."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from PIL import Image

from generate.bundles.folders import slug_of
from generate.cards import write_card, write_message
from generate.recipe import derive_seed, digest_file
from generate.settings import Settings, read_settings

RATE = 44_100
HOURS = ("dawn", "day", "dusk", "night")
# Romanised words of a language that is nobody's; enough to tell one phrase from another.
WORDS = {
    "mela": "moon",
    "soru": "river",
    "nivo": "fern",
    "talu": "to sing",
    "kesha": "to sleep",
    "omi": "under",
    "ruvé": "bright",
    "lano": "stranger",
}


def make_jungle(home: Path, count: int = 3, toml: str = "", **options: Any) -> Settings:
    """A jungle under ``home``: settings, one page, ``count`` bundles; returns its settings."""
    (home / "content" / "pages").mkdir(parents=True, exist_ok=True)
    (home / "site").mkdir(exist_ok=True)
    (home / "site" / ".gitignore").write_text("*\n!.gitignore\n")
    (home / "content" / "jungle.toml").write_text(
        toml or f'title = "A test jungle"\nauthor = "Ada"\ncount = {count}\n', encoding="utf-8"
    )
    (home / "content" / "pages" / "about.md").write_text(
        "---\ntitle: About\n---\n\nA jungle for *tests*.\n", encoding="utf-8"
    )
    make_bundles(home, count, **options)
    return read_settings(home)


def make_bundles(
    home: Path, count: int = 3, size: int = 96, frames: int = 6, seconds: float = 0.4, seed: int = 7
) -> list[Path]:
    """Write ``count`` numbered bundles; pictures are ``size`` pixels square (size 0: none)."""
    folders = [home / "content" / "postcards" / slug_of(number) for number in range(1, count + 1)]
    for number, folder in enumerate(folders, 1):
        make_bundle(folder, number, size, frames, seconds, seed)
    return folders


def make_bundle(
    folder: Path,
    number: int | None = None,
    size: int = 96,
    frames: int = 6,
    seconds: float = 0.4,
    seed: int = 7,
    **overrides: Any,
) -> Path:
    """Write one bundle as the stages would; ``overrides`` replace keys of card.json."""
    folder.mkdir(parents=True, exist_ok=True)
    own = derive_seed("card", seed, number or folder.name)
    rng = np.random.default_rng(own)
    made: dict[str, Any] = {"caption": {"how": "asked"}, "phrase": {"writer": "offline"}}
    if size:
        picture = draw_picture(rng, size)
        picture.save(folder / "picture.png")
        made["picture"] = {
            "sha256": digest_file(folder / "picture.png"),
            "seed": own,
            "model": "0" * 12,
            "recipe": "flow",
            "prompt": "a striped snake at dusk",
            "versions": {"torch": "2.13.0"},
            "nearest": {"what": "a spotted newt", "distance": 0.31, "ratio": 1.4},
        }
        picture.rotate(90).resize((64, 64)).save(folder / "nearest.webp", quality=80)
        if frames:
            draw_frames(rng, picture, frames).save(folder / "frames.webp", quality=60)
    forms = [list(WORDS)[int(n)] for n in rng.choice(len(WORDS), 3, replace=False)]
    times = [[round(i * seconds / 3, 4), round((i + 1) * seconds / 3, 4)] for i in range(3)]
    if seconds:
        write_tone(folder / "sound.flac", 220.0 + own % 440, seconds)
        made["sound"] = {"sha256": digest_file(folder / "sound.flac"), "engine": "voice"}
    day = date(2026, 5, 1) + timedelta(days=(number or 1) - 1)
    card = {
        "number": number,
        "title": f"{forms[0].title()} {number or folder.name}",
        "seed": own,
        "caption": f"A striped beast with {own % 7} horns at dusk",
        "traits": {"plan": "snake", "coat": "striped", "colour": "green", "habitat": "river"},
        "hour": HOURS[own % 4],
        "phrase": " ".join(forms),
        "morphemes": " ".join(f"{form[:2]}-{form[2:]}" for form in forms),
        "gloss": " ".join(f"{WORDS[form].split()[-1]}-PL" for form in forms),
        "translation": f"The {WORDS[forms[0]]} and the {WORDS[forms[1]]} sing.",
        "words": [
            {
                "form": form,
                "morphemes": f"{form[:2]}-{form[2:]}",
                "gloss": f"{WORDS[form].split()[-1]}-PL",
                "meaning": WORDS[form],
            }
            for form in forms
        ],
        "name": {"form": forms[2].title(), "meaning": WORDS[forms[2]]},
        "mood": "calm",
        "place": f"{forms[1].title()} Ford",
        "date": day.isoformat(),
        "times": times if seconds else [],
        "made": made,
    } | overrides
    write_card(folder, card)
    write_message(folder, f"Greetings from **{card['place']}**.")
    return folder


def draw_picture(rng: np.random.Generator, size: int) -> Image.Image:
    """Smooth colour noise, ``size`` pixels square, RGB: compresses like a painted picture."""
    coarse = rng.integers(0, 256, (6, 6, 3), dtype=np.uint8)
    smooth = Image.fromarray(coarse).resize((size, size), Image.Resampling.BICUBIC)
    grain = rng.normal(0, 4, (size, size, 3))
    return Image.fromarray(np.clip(np.asarray(smooth) + grain, 0, 255).astype(np.uint8))


def draw_frames(rng: np.random.Generator, picture: Image.Image, count: int) -> Image.Image:
    """``count`` frames side by side, 64 pixels square, from noise to ``picture``."""
    target = np.asarray(picture.resize((64, 64)), dtype=float)
    noise = rng.uniform(0, 255, target.shape)
    mixed = [noise + (target - noise) * i / max(1, count - 1) for i in range(count)]
    return Image.fromarray(np.concatenate(mixed, axis=1).astype(np.uint8))


def write_tone(path: Path, hertz: float, seconds: float, level: float = 0.2) -> None:
    """A mono FLAC of one fading tone."""
    time = np.arange(int(RATE * seconds)) / RATE
    samples = level * np.sin(2 * np.pi * hertz * time) * np.hanning(len(time))
    soundfile.write(path, samples.astype(np.float32), RATE, subtype="PCM_16")

"""Three jungles with the records of their stages: tiny, and different in every figure."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PIL import Image

from generate.cards import write_card
from generate.files import format_json_lines, write_json
from generate.phrases.language.file import make_or_read_language
from generate.settings import Settings, read_settings

HOSTILE = '<script>alert(1)</script> ![x](http://evil.example/x.png) | `code` {title} *a* "b"'


def write_jungle(home: Path, text: str) -> Settings:
    """The settings of a jungle in ``home``."""
    (home / "content").mkdir(parents=True, exist_ok=True)
    (home / "content/jungle.toml").write_text(text, encoding="utf-8")
    return read_settings(home)


def record_data(home: Path, classes: Mapping[str, int], group: str, **skipped: int) -> None:
    """The records of a training set of so many pictures of each class."""
    rows: list[dict[str, Any]] = []
    for name, count in classes.items():
        for number in range(count):
            split = "held-out" if number % 7 == 3 else "train"
            tags = {group: name}
            rows.append({"file_name": f"{number}.png", "text": "", "tags": tags, "split": split})
    folder = home / "work/dataset"
    folder.mkdir(parents=True)
    (folder / "metadata.jsonl").write_text(format_json_lines(rows), encoding="utf-8")
    size = read_settings(home).pictures.size
    recipe = {"pictures": len(rows), "settings": {"size": size}, "skipped": skipped}
    write_json(folder / "recipe.json", recipe)


def record_model(home: Path, recipe: str, steps: int, batch: int, seconds: float) -> None:
    """The records of a run, its curve, and two grids."""
    folder, report = home / "work/model", home / "work/report"
    seen = steps * batch
    write_json(folder / "jungle.json", {"recipe": recipe, "exposures": seen})
    plan = {"steps": steps, "batch": batch}
    run = {"plan": plan, "device": "cpu", "seconds": seconds, "verdict": f"learnt in {steps} steps"}
    write_json(folder / "recipe.json", run)
    table = f"| parameters | {seen * 3 + 1_000_003:,} |\n| begun from | scratch |\n"
    (folder / "README.md").write_text(f"# A model\n\n| | |\n|---|---|\n{table}")
    held_out = [[steps // 2, 0.31234], [steps, 0.2057]]
    write_json(report / "loss.json", {"batch": batch, "losses": [], "held_out": held_out})
    (report / "grids").mkdir()
    for number in (1, 2):
        picture = Image.effect_noise((96, 64), 20.0 * number).convert("RGB")
        picture.save(report / "grids" / f"{number * seen:08}.png")


def record_card(home: Path, number: int, sound: Mapping[str, Any], **changes: Any) -> Path:
    """A card with its picture and what card.json says of it."""
    folder = home / f"content/postcards/beast-{number:03d}"
    folder.mkdir(parents=True)
    Image.effect_noise((48, 48), 30.0 + number).convert("RGB").save(folder / "picture.png")
    nearest = {"what": "drawing 3", "ratio": changes.pop("ratio", 0.9)}
    chosen = {"of": 3, "why": changes.pop("why", "shows its words best")}
    made = {
        "picture": {"recipe": "flow", "nearest": nearest, "chosen": chosen},
        "phrase": {"writer": changes.pop("writer", "offline")},
        "sound": {"engine": "voice", "mended": [], "peak_limited": False, **sound},
    }
    if number % 2:
        made["notes"] = {"writer": "openai" if number == 3 else "offline"}
    said = {"phrase": "moru sali", "gloss": "rain fall", "translation": "Rain fell."}
    card = {"number": number, "title": f"Beast {number}", "caption": "a frog", "hour": "day"}
    write_card(folder, {**card, **said, **changes, "made": made})
    return folder


def mastered(number: int, **more: Any) -> dict[str, Any]:
    """What card.json records of a sound, different for every number."""
    seconds, peak = 1.2 + 0.317 * number, -1.5 - 0.21 * number
    return {"seconds": round(seconds, 3), "loudness": -16.0 - number / 7, "true_peak": peak, **more}


def make_default(home: Path) -> Settings:
    """The field guide, long enough a run on a processor, grey cards, one of two beyond loudness."""
    settings = write_jungle(home, "count = 5\n[pictures]\ncandidates = 1\n")
    record_data(home, {"frog": 30, "owl": 31, "bat": 29, "snail": 40}, "plan")
    record_model(home, "flow", steps=1250, batch=16, seconds=241.5)
    for number in range(1, 6):
        record_card(home, number, mastered(number, peak_limited=number < 3))
    tones = {"saturation": 0.55125, "grain": 0.97}
    found = {"pictures": {"tones": {"cards": tones}, "copies": {"cards": {"copied": 0}}}}
    write_json(home / "work/report/evaluation.json", found)
    make_or_read_language(settings)
    return settings


def make_pets(home: Path) -> Settings:
    """Pictures of somebody's pets: one class rare, few steps, clips that are music, files left
    out, hostile words."""
    (home / "our-secret-pets").mkdir(parents=True)
    settings = write_jungle(
        home,
        'title = "Pets <b>of ours</b>"\ncount = 4\n[pictures]\nsource = "our-secret-pets"\n'
        'minutes = 2.0\nsize = 96\n[sounds]\nengine = "stable-audio"\ncandidates = 4\n',
    )
    classes = {HOSTILE: 3, "a cat": 60, "a dog": 71, "a goat": 66}
    record_data(home, classes, "class", broken=4, **{"<img src=x>": 2})
    record_model(home, "flow", steps=211, batch=8, seconds=119.25)
    verdict = {"beat": 0.71, "held": 0.43, "music": 0.8125, "score": -0.2}
    for number in range(1, 5):
        sound = mastered(number, engine="stable-audio", verdict=verdict, candidates=4)
        words = {"prompt": f"a dog {number} {HOSTILE}"}
        record_card(home, number, sound | words, ratio=0.2 if number == 2 else 0.8)
    make_or_read_language(settings)
    return settings


def make_emoji(home: Path) -> Settings:
    """A small GAN of few pictures without classes; the server of the phrases did not answer."""
    (home / "emoji").mkdir(parents=True)
    settings = write_jungle(
        home,
        'title = "Emoji"\nlanguage = "Tikish"\nseed = 11\ncount = 3\n[pictures]\n'
        'source = "emoji"\nrecipe = "gan"\nexposures = 2000\n[phrases]\nwriter = "openai"\n'
        "[site]\nshow_sources = true\n",
    )
    record_data(home, {"a face": 16, "a hand": 15}, "class", duplicate=7)
    record_model(home, "gan", steps=125, batch=16, seconds=66.125)
    for number in range(1, 4):
        writer = "offline" if number < 3 else "openai"
        record_card(home, number, mastered(number), writer=writer, why="looks most usual")
    make_or_read_language(settings)
    return settings


def read_json(path: Path) -> Any:
    """What a record holds, read here on its own."""
    return json.loads(path.read_text(encoding="utf-8"))

"""What the records say of training: the pictures learnt from, and the model."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from generate.account.facts import Count, Fact, is_number, read_record, take, tally
from generate.errors import Refusal
from generate.files import read_json_lines
from generate.pictures.data.source import FIELD_GUIDE
from generate.settings import Settings

DATASET, MODEL, LOSS = "work/dataset/recipe.json", "work/model/recipe.json", "work/report/loss.json"
ROWS, FACTS, CARD = "work/dataset/metadata.jsonl", "work/model/jungle.json", "work/model/README.md"
# Rows of the model's card that no JSON record has.
OF_CARD = ("parameters", "begun from", "arithmetic")


def tell_source(settings: Settings) -> Fact:
    """What was learnt from; a person's own folder is named where the site may name it."""
    source = settings.pictures.source
    if source == FIELD_GUIDE:
        told = "a field guide that the project draws itself"
    else:
        told = source if settings.site.show_sources else "pictures of my own"
    return Fact("learnt from", told, "content/jungle.toml: pictures.source")


def tell_data(settings: Settings) -> list[Fact]:
    """Figures of the training set: how many, how large, what was held out and left out."""
    home = settings.home
    facts = take(home, DATASET, [("pictures", "pictures", ""), ("side", "settings.size", "pixels")])
    if splits := tally(row.get("split") for row in read_rows(home)):
        record = f"{ROWS}: split"
        facts.append(Fact("learnt from, of these", splits.get("train", 0), f"{record} = train"))
        held = Fact("held out to check against", splits.get("held-out", 0), f"{record} = held-out")
        facts.append(held)
    skipped = read_record(home, DATASET).get("skipped")
    for why, count in sorted(skipped.items()) if isinstance(skipped, dict) else []:
        if is_number(count):
            facts.append(Fact(f"left out: {why}", count, f"{DATASET}: skipped.{why}"))
    return facts


def count_classes(home: Path) -> Count | None:
    """How many training pictures there are of each class, or of each body of the field guide."""
    for group in ("class", "plan"):
        told = tally(
            value
            for row in read_rows(home)
            if isinstance(tags := row.get("tags"), dict)
            for key, value in tags.items()
            if key.startswith(group)
        )
        if told:
            return Count("classes", told, f"{ROWS}: tags.{group}")
    return None


def read_rows(home: Path) -> list[dict[str, Any]]:
    """The rows of the training set, none where there is no set. Raises `Refusal`."""
    path = home / ROWS
    if not path.is_file():
        return []
    try:
        rows = read_json_lines(path)
    except ValueError:
        raise Refusal(f"{path}: is damaged; run make dataset") from None
    return [row for row in rows if isinstance(row, dict)]


def tell_model(settings: Settings) -> list[Fact]:
    """Figures of the model: family, size, what it saw, and how well it foresees unseen pictures."""
    home = settings.home
    facts = take(home, FACTS, [("recipe", "recipe", "")])
    facts += read_card(home, OF_CARD)
    facts += take(home, FACTS, [("pictures seen", "exposures", "")])
    asked = [("steps", "plan.steps", ""), ("pictures a step", "plan.batch", "")]
    asked += [("steps taken", "steps taken", ""), ("computed on", "device", "")]
    asked += [("training took", "seconds", "seconds"), ("verdict", "verdict", "")]
    facts += take(home, MODEL, asked)
    curve = read_record(home, LOSS).get("held_out")
    curve = [p for p in curve if isinstance(p, list) and p] if isinstance(curve, list) else []
    for name, place in (("first", 0), ("last", -1)):
        if len(curve) > 1 and is_number(loss := curve[place][-1]):
            facts.append(Fact(f"held-out loss, {name}", loss, f"{LOSS}: held_out, {name}"))
    return facts


def read_card(home: Path, names: Sequence[str]) -> list[Fact]:
    """The rows called ``names`` of the table in the model's card."""
    path = home / CARD
    if not path.is_file():
        return []
    rows = dict(re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", path.read_text("utf-8"), re.MULTILINE))
    facts = []
    for name in names:
        if told := rows.get(name):
            number = re.fullmatch(r"[\d,]+", told)
            value = int(told.replace(",", "")) if number else told
            facts.append(Fact(name, value, f"{CARD}: {name}"))
    return facts

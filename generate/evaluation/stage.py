"""The stage: cards, dataset, model, language → work/report/index.html and evaluation.json.

Sounds and words are judged without torch. What is missing is left out, and the report says so.
"""

from importlib.util import find_spec
from typing import Any

from generate.bundles.merged import read_cards
from generate.errors import Refusal
from generate.evaluation.figures import Figure, judge_sounds
from generate.evaluation.report import write_report
from generate.evaluation.tables import format_figures, format_pictures
from generate.evaluation.words import judge_words
from generate.files import read_json
from generate.recipe import holds
from generate.settings import Settings


def evaluate_jungle(settings: Settings) -> dict[str, Any]:
    """Judge the cards, write the report, print tables, and return what evaluation.json holds.

    Raises `Refusal` where there is nothing to judge yet, or where something is broken.
    """
    cards = read_cards(settings)
    if not any(card.picture or card.phrase or card.sound for card in cards):
        raise Refusal(f"{settings.bundles}: no cards yet; run make build first")
    say("words and sounds")
    words, sounds = judge_words(settings, cards), judge_sounds(settings, cards)
    found = {"words": words, "sounds": sounds}
    left_out = [f"{name}: none yet; run make build" for name in found if not found[name]]
    judged = None
    if missing := tell_missing(settings):
        left_out.append(f"pictures: {missing}")
    else:
        from generate.evaluation.pictures import evaluate_pictures

        say("pictures")
        judged = evaluate_pictures(settings, cards)
        from generate.evaluation.captions.judging import judge_captions

        say("captions")
        found["captions"] = judge_captions(settings, cards, judged.gathered.dataset)
    if not (judged or words or sounds):
        raise Refusal("; ".join(left_out))
    if judged:
        left_out += judged.gathered.left_out
        print(format_pictures(judged.figures))
    for name, figures in found.items():
        if figures:
            print(format_figures(name, figures))
    record = {
        "title": settings.title,
        "seed": settings.seed,
        "cards": len(cards),
        "pictures": judged.figures if judged else {},
        "sounds": as_record(sounds),
        "words": as_record(words),
        "captions": as_record(found.get("captions", [])),
        "left out": left_out,
    }
    path = write_report(settings, cards, record, judged, found)
    for line in left_out:
        say(f"left out: {line}")
    say(str(path))
    return record


def tell_missing(settings: Settings) -> str:
    """What is missing to judge pictures, and which command makes it; "" if nothing."""
    try:
        torch = find_spec("torch")
    except ImportError:
        torch = None
    if torch is None:
        return "torch is not installed; run make train"
    needed = {"dataset/metadata.jsonl": "training pictures", "model/jungle.json": "model"}
    for name, what in needed.items():
        if not (settings.work / name).is_file():
            return f"{settings.work / name}: no {what} yet; run make train"
    from generate.pictures.data.dataset import decide_dataset

    size = read_json(settings.work / "model/jungle.json").get("size")
    if size != settings.pictures.size or not holds(
        settings.work / "dataset", decide_dataset(settings)
    ):
        return "the settings have changed since the model was trained; run make build"
    return ""


def say(text: str) -> None:
    """Print one line of the stage."""
    print(f"{'evaluate':<9} {text}", flush=True)


def as_record(figures: list[Figure]) -> dict[str, dict[str, Any]]:
    """Figures by name, ready for JSON."""
    return {
        figure.name: {"value": figure.value, "wanted": figure.wanted, "holds": figure.holds}
        for figure in figures
    }

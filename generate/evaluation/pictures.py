"""Judge the pictures of a jungle: work/dataset/, work/model/ and the cards → figures by set."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from tqdm import tqdm

from generate.cards import Card
from generate.errors import Refusal
from generate.evaluation.detail import compare_detail
from generate.evaluation.judge.extractor import examine, load_extractor, resize
from generate.evaluation.scoring.features import keep_apart, open_features
from generate.evaluation.scoring.scores import compare
from generate.evaluation.scoring.sets import Gathered, PictureSet, gather_sets
from generate.evaluation.scoring.tones import compare_tones, measure_tones
from generate.pictures.choosing.copies import Nearest, find_nearest
from generate.pictures.choosing.neighbours import Neighbour, open_check
from generate.pictures.model_folder import read_facts
from generate.pictures.refining.refiner import refine
from generate.pictures.sheets import enlarge
from generate.settings import Settings

# How many training pictures are enlarged to be compared with the cards.
PRINTED = 200


@dataclass(frozen=True)
class Judged:
    """The figures, ready for JSON, and the pictures that the report shows.

    neighbours: the nearest training picture of each card's picture.
    """

    figures: dict[str, Any]
    gathered: Gathered
    neighbours: list[Neighbour]


def evaluate_pictures(settings: Settings, cards: Sequence[Card]) -> Judged:
    """Score every set against the training pictures.

    Raises `Refusal` where there is no training set, no model, or no extractor of a name asked for.
    """
    extractors = [open_features(name, settings.home) for name in settings.evaluate.extractors]
    if doubles := [name for name, n in Counter(e.name for e in extractors).items() if n > 1]:
        raise Refusal(
            f"evaluate.extractors: two are called {doubles[0]}; rename one of the folders, "
            "so that their scores can be told apart"
        )
    facts = read_facts(settings.work / "model")
    extractors, apart = keep_apart(extractors, facts)
    gathered = gather_sets(settings, cards)
    gathered.left_out.extend(apart)
    training, sets = gathered.training, gathered.sets
    scores: dict[str, dict[str, dict[str, float]]] = {}
    for extractor in tqdm(extractors, "features", unit="extractor"):
        known = extractor.extract(training)
        scores[extractor.name] = {
            name: compare(extractor.extract(one.pictures), known) for name, one in sets.items()
        }
    check = open_check(settings)
    nearest: dict[str, Nearest] = {}
    copied: dict[str, int] = {}
    for name, one in tqdm(sets.items(), "neighbours", unit="set"):
        nearest[name] = find_nearest(one.pictures, training)
        copied[name] = int(check.find_copies(one.pictures).sum())
    drawn = list(sets["cards"].pictures) if "cards" in sets else []
    neighbours = [check.find_neighbour(picture) for picture in drawn]
    printed = print_again(training, settings.pictures.postcard)
    figures = {
        "training pictures": len(training),
        "trained with": [eyes["name"] for eyes in facts.get("eyes", [])],
        "count": {name: len(one.pictures) for name, one in sets.items()},
        "scores": scores,
        "copies": measure_nearness(nearest, copied),
        "training tones": measure_tones(training),
        "tones": {
            name: compare_tones(one.pictures, printed if name == "cards" else training)
            for name, one in sets.items()
        },
        "detail": compare_detail(settings, cards),
        "answers": ask_all(sets),
    }
    return Judged(figures, gathered, neighbours)


def print_again(training: np.ndarray, postcard: int) -> np.ndarray:
    """Some training pictures, enlarged as the cards are and reduced to their own size again.

    Cards are compared with these in colour and grain, since enlarging alone changes both.
    """
    some = training[:: max(1, len(training) // PRINTED)][:PRINTED]
    prints = [
        np.asarray(enlarge(refine(picture), postcard)).transpose(2, 0, 1)
        for picture in tqdm(some, "prints", unit="picture")
    ]
    return np.concatenate([resize(one[None], training.shape[-1]) for one in prints])


def measure_nearness(
    nearest: dict[str, Nearest], copied: dict[str, int]
) -> dict[str, dict[str, float]]:
    """For each set: copies, the median nearness ratio, and how new it is.

    copied: copies of training pictures, and of the starter's drawings where the model began from
    it. novelty: the median distance to the nearest training picture, over that of held-out
    pictures; well below 1 the set copies, near 1 it is as new as pictures never seen.
    """
    usual = nearest["held-out"].distance if "held-out" in nearest else np.array([np.nan])
    return {
        name: {
            "copied": copied[name],
            "ratio": float(np.median(found.ratio)),
            "novelty": float(np.median(found.distance) / np.median(usual)),
        }
        for name, found in nearest.items()
    }


def ask_all(sets: dict[str, PictureSet]) -> dict[str, dict[str, dict[str, Any]]]:
    """For each set with tags that the extractor knows: how many show them, by group.

    right and asked are counts; misses has [label, what was asked for, what is seen] for each.
    """
    extractor = load_extractor()
    told: dict[str, dict[str, dict[str, Any]]] = {}
    for name, one in sets.items():
        if not any(one.asked):
            continue
        seen = examine(one.pictures, extractor)[1]
        groups: dict[str, dict[str, Any]] = {}
        for group, answers in seen.items():
            rows = [
                (label, tags[group], answer)
                for label, tags, answer in zip(one.labels, one.asked, answers, strict=True)
                if tags.get(group) in extractor.answers[group]
            ]
            if rows:
                misses = [list(row) for row in rows if row[1] != row[2]]
                groups[group] = {
                    "right": len(rows) - len(misses),
                    "asked": len(rows),
                    "misses": misses,
                }
        if groups:
            told[name] = groups
    return told

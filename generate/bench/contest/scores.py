"""The figures of a contest: how near to the training set, how varied, how new, do words matter.

Arrays in, numbers out. Each figure has the same of held-out pictures beside it.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from scipy.spatial.distance import pdist

from generate.bench.contest.contestants import Contestant
from generate.bench.samples import gather_samples
from generate.evaluation.judge.extractor import BATCH, SIZE, examine, load_extractor, resize
from generate.evaluation.scoring.features import open_features
from generate.evaluation.scoring.scores import fid, kid, neighbourhoods
from generate.pictures.choosing.copies import find_nearest
from generate.pictures.compute.levels import from_levels
from generate.pictures.data.dataset import Dataset, read_dataset
from generate.pictures.sampling.deck import Deck

# Nothing in the contest trains with either: our own extractor, and one that is not trained at all.
EXTRACTORS = ("ours", "random")
SHARES = ("precision", "recall")
HELD_OUT = "held-out pictures"
# How often words are dealt anew to learn what agreement by chance is.
SHUFFLES = 200


def measure_sets(contestants: Sequence[Contestant], samples: int) -> dict[str, Any]:
    """ "scores" by name of a set: figures by name; "asked": the prompts of the samples."""
    scores: dict[str, dict[str, Any]] = {}
    asked: list[str] = []
    for one in contestants:
        dataset = read_dataset(one.settings.work / "dataset")
        training = dataset.images[dataset.places("train")]
        pictures = gather_samples(one.home, samples)
        prompts = list_prompts(dataset, one.settings.seed, samples)
        scores[one.name] = measure(pictures, training, prompts)
        if one.spec.strokes:
            continue  # its pictures are ink on paper, and have no place among the others' floor
        asked = [str(prompt["text"] or "") for prompt in prompts]
        if HELD_OUT not in scores:
            held = dataset.places("held-out")[:samples]
            rows = [dataset.rows[place] for place in held]
            scores[HELD_OUT] = measure(dataset.images[held], training, rows)
    floor = scores.get(HELD_OUT, {}).get("distance")
    for found in scores.values():
        found["diversity"] = found["distance"] / floor if floor else float("nan")
    return {"scores": scores, "asked": asked}


def list_prompts(dataset: Dataset, seed: int, samples: int) -> list[dict[str, Any]]:
    """What was asked of each sample: {"text", "tags"}, as `sample_entrant` deals them."""
    deck = Deck(seed, [row for row in dataset.rows if row["split"] == "train"])
    return [dict(deck.ask(number)) for number in range(1, samples + 1)]


def measure(
    pictures: np.ndarray, training: np.ndarray, prompts: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """The figures of ``pictures`` uint8 (N, 3, S, S) that were drawn for ``prompts``."""
    found: dict[str, Any] = {}
    for name in EXTRACTORS:
        extract = open_features(name, Path()).extract  # both come with the project
        ours, theirs = extract(pictures), extract(training)
        found[f"KID {name}"], found[f"FID {name}"] = kid(ours, theirs)[0], fid(ours, theirs)
        if name == EXTRACTORS[0]:
            found |= {k: v for k, v in neighbourhoods(ours, theirs).items() if k in SHARES}
            found["distance"] = float(pdist(ours).mean()) if len(ours) > 1 else float("nan")
    found["inception score"] = score_inception(pictures)
    found["copies"] = int(find_nearest(pictures, training).copied.sum())
    return found | weigh_words(pictures, prompts)


def score_inception(pictures: np.ndarray) -> float:
    """The Inception Score by our judge's body plans in the place of ImageNet's classes.

    exp of the mean of KL(p(y|x) | p(y)) (Salimans et al., arXiv 1606.03498, section 4).
    """
    extractor, chances = load_extractor(), []
    with torch.inference_mode():
        for start in range(0, len(pictures), BATCH):
            pixels = torch.from_numpy(resize(pictures[start : start + BATCH], SIZE))
            chances.append(extractor(from_levels(pixels))[1]["plan"].softmax(1).double())
    each = torch.cat(chances).clamp(min=1e-12)
    divergence = (each * (each.log() - each.mean(0).log())).sum(1)
    return float(divergence.mean().exp())


def weigh_words(
    pictures: np.ndarray, prompts: Sequence[Mapping[str, Any]]
) -> dict[str, float | int | None]:
    """ "plan": how many show the body asked for, of "plans" asked; "words": how many more of all
    traits are right with the right words than with others', in standard errors of the difference.

    None where the judge knows none of what was asked (pictures of a person's own).
    """
    extractor = load_extractor()
    seen = examine(pictures, extractor)[1]
    groups = [
        group
        for group, known in extractor.answers.items()
        if any(prompt["tags"].get(group) in known for prompt in prompts)
    ]
    if not groups:
        return {"plan": None, "plans": None, "words": None}
    asked = {group: [prompt["tags"].get(group) for prompt in prompts] for group in groups}
    right = sum(agree(seen[group], asked[group]) for group in groups)
    generator = np.random.default_rng(0)
    chance = np.zeros(len(pictures))
    for _ in range(SHUFFLES):
        order = generator.permutation(len(pictures))
        chance += sum(
            agree(seen[group], [asked[group][place] for place in order]) for group in groups
        )
    gain = right - chance / SHUFFLES
    error = gain.std(ddof=1) / len(gain) ** 0.5 if len(gain) > 1 else 0.0
    return {
        "plan": int(agree(seen["plan"], asked["plan"]).sum()) if "plan" in asked else None,
        "plans": sum(told is not None for told in asked["plan"]) if "plan" in asked else None,
        "words": float(gain.mean() / error) if error else 0.0,
    }


def agree(seen: Sequence[str], asked: Sequence[Any]) -> np.ndarray:
    """1.0 where what is seen was asked for, else 0.0; (N,)."""
    return np.array([one == other for one, other in zip(seen, asked, strict=True)], np.float64)

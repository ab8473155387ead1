"""The figures of the captioner for `make evaluate`: on held-out pictures, and on the cards."""

import random
from collections.abc import Callable, Sequence
from typing import Any

from generate.cards import Card
from generate.evaluation.captions.measuring import CaptionFigures, measure_beside_anchors
from generate.evaluation.figures import Figure
from generate.evaluation.scoring.sets import is_asked
from generate.pictures.captioning.learned.describing import Description, describe_pictures
from generate.pictures.captioning.learned.model import CaptionModel, load_caption_model
from generate.pictures.captioning.telling import find_captioner, open_picture
from generate.pictures.data.dataset import Dataset
from generate.pictures.data.source import FIELD_GUIDE
from generate.pictures.data.vocabulary import texts_of
from generate.pictures.fieldguide.captions import write_caption
from generate.pictures.sheets import as_images
from generate.recipe import derive_seed
from generate.settings import Settings

# Held-out pictures at most, and captions that the field guide gives each.
MOST, CAPTIONS = 200, 6
Get = Callable[[CaptionFigures], float]
NAMES: dict[str, tuple[Get, float | None]] = {
    "BLEU-1": (lambda found: found.bleu[0], None),
    "BLEU-2": (lambda found: found.bleu[1], None),
    "BLEU-3": (lambda found: found.bleu[2], None),
    "BLEU-4": (lambda found: found.bleu[3], 35.0),
    "ROUGE-L": (lambda found: found.rouge, None),
    "CIDEr-D": (lambda found: found.cider, 1.5),
    "share of distinct captions": (lambda found: found.distinct, 0.9),
}


def judge_captions(settings: Settings, cards: Sequence[Card], dataset: Dataset) -> list[Figure]:
    """The figures, none where there is no captioner, or where held-out pictures have no captions.

    What is wanted holds for the field guide, whose captions the shipped captioner learnt; of other
    sets the two anchors alone are told.
    """
    path = find_captioner(settings.work)
    if path is None:
        return []
    model = load_caption_model(path)
    drawn = settings.pictures.source == FIELD_GUIDE
    figures = judge_held_out(model, dataset, drawn)
    return figures + judge_cards(model, cards)


def judge_held_out(model: CaptionModel, dataset: Dataset, drawn: bool) -> list[Figure]:
    """Figures on held-out pictures that have captions; ``drawn``: they are the field guide's."""
    places = [int(p) for p in dataset.places("held-out") if texts_of(dataset.rows[p])][:MOST]
    if len(places) < 2:
        return []
    rows = [dataset.rows[place] for place in places]
    references = [write_references(row) if drawn else texts_of(row) for row in rows]
    found = describe_pictures(model, as_images(dataset.images[places]))
    told = measure_beside_anchors([said.text for said in found], references)
    figures = [Figure("held-out pictures captioned", len(places))]
    for name, (get, least) in NAMES.items():
        ours = get(told["captioner"])
        others = [f"{get(one):.3g} {what}" for what, one in told.items() if what != "captioner"]
        wanted = [f"at least {least:g}"] if drawn and least else []
        holds = ours >= least if drawn and least else None
        figures.append(Figure(name, ours, "; ".join([*wanted, *others]), holds))
    if drawn:
        for group, name, least in (
            ("plan", "body named rightly", 0.95),
            ("colour", "colour named rightly", 0.85),
        ):
            share = share_right(found, [row["tags"] for row in rows], group)
            if share is not None:
                figures.append(Figure(name, share, f"at least {least:g}", share >= least))
    return figures


def write_references(row: dict[str, Any]) -> list[str]:
    """Several captions of a drawing of the field guide, as the guide may write them."""
    rng = random.Random(derive_seed("references", row["file_name"]))
    return [write_caption(rng, row["tags"]) for _ in range(CAPTIONS)]


def judge_cards(model: CaptionModel, cards: Sequence[Card]) -> list[Figure]:
    """How many cards that were asked for a body show the captioner that body."""
    known = set(model.vocabulary.tokens)
    asked = [c for c in cards if c.picture and is_asked(c) and c.traits.get("plan") in known]
    if not asked:
        return []
    pictures = [open_picture(card.picture) for card in asked if card.picture]
    share = share_right(
        describe_pictures(model, pictures), [dict(card.traits) for card in asked], "plan"
    )
    assert share is not None
    name = f"of {len(asked)} cards, body named as it was asked for"
    return [Figure(name, share, "at least 0.85", share >= 0.85)]


def share_right(
    found: Sequence[Description], tags: Sequence[dict[str, str]], group: str
) -> float | None:
    """The share of captions that name a picture's tag of ``group``; None where none has one."""
    pairs = [
        said.traits.get(group) == shown[group]
        for said, shown in zip(found, tags, strict=True)
        if group in shown
    ]
    return sum(pairs) / len(pairs) if pairs else None

"""The captioner's lessons: batches of pictures with captions, and its losses."""

import random
from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from generate.pictures.captioning.learned.network import Captioner
from generate.pictures.captioning.learned.wording import PAD, Wording
from generate.pictures.captioning.teaching.altering import (
    CUT,
    FLAT,
    NOTHING,
    SCENE,
    alter,
    choose_ways,
)
from generate.pictures.captioning.teaching.sayings import PLACES, say_brief, say_scene
from generate.pictures.data.vocabulary import Vocabulary
from generate.pictures.training.learner import Learner, Rows
from generate.pictures.training.plan import Plan
from generate.recipe import derive_seed

SMOOTHING = 0.1
# How much the concepts' loss counts beside that of the words, for each eight of them.
CONCEPTS = 1.0
# A concept that may be there or not: nothing is learnt of it.
OPEN = -1.0
# Of the drawings, how many are told as captions; the words are learnt long before the pictures.
TOLD = 0.5


class CaptionLearner(Learner):
    """Learns the words of captions one after the other, and which concepts pictures show."""

    def __init__(self, network: Captioner) -> None:
        self.network = network

    def groups(self, phase: str, plan: Plan) -> list[dict[str, Any]]:
        """Matrices decay; norms, biases and embeddings do not."""
        kept: list[Any] = []
        decayed: list[Any] = []
        for name, weight in self.network.named_parameters():
            plain = weight.ndim < 2 or "words" in name or "places" in name
            (kept if plain else decayed).append(weight)
        return [
            {"params": decayed, "weight_decay": plan.decay, "share": 1.0},
            {"params": kept, "weight_decay": 0.0, "share": 1.0},
        ]

    def losses(self, phase: str, batch: Rows, chance: Rows) -> Tensor:
        """Cross-entropy of words (B,), where captions are told, and of concepts that are known."""
        memory, concepts = self.network.see(batch["pictures"])
        loss = concepts.new_zeros(len(concepts), dtype=torch.float32)
        if len(rows := batch["told"].nonzero()[:, 0]):
            words = self.weigh_words(batch["captions"][rows], memory[rows])
            loss = loss.index_copy(0, rows, words)
        shown = batch["concepts"]
        apart = functional.binary_cross_entropy_with_logits(
            concepts.float(), shown.clamp(min=0), reduction="none"
        )
        return loss + CONCEPTS * (apart * (shown != OPEN)).sum(1) / 8

    def weigh_words(self, said: Tensor, memory: Tensor) -> Tensor:
        """Mean cross-entropy of the words of captions (B, T), each told from those before."""
        wanted = said[:, 1:]
        words = functional.cross_entropy(
            self.network(said[:, :-1], memory).transpose(1, 2),
            wanted,
            ignore_index=PAD,
            reduction="none",
            label_smoothing=SMOOTHING,
        )
        return words.sum(1) / (wanted != PAD).sum(1)


class GuideLessons:
    """Drawings uint8 (N, 4, 64, 64), their masks last, with their tags; captions without end."""

    def __init__(
        self,
        drawings: Tensor,
        tags: Sequence[dict[str, str]],
        wording: Wording,
        vocabulary: Vocabulary,
        most: int,
    ) -> None:
        self.drawings, self.tags, self.most = drawings, tags, most
        self.wording, self.vocabulary = wording, vocabulary

    def draw_batch(self, plan: Plan, step: int, generator: torch.Generator) -> Rows:
        """ "pictures" (B, 3, 64, 64) in [-1, 1], "captions" (B, T), "concepts" (B, C).

        "told" (B,) says of which the caption is learnt.
        """
        places = torch.randint(len(self.drawings), (plan.batch,), generator=generator)
        ways = choose_ways(plan.batch, generator)
        pictures = alter(self.drawings[places].float() / 255, ways, generator)
        rng = random.Random(derive_seed("sayings", plan.seed, step))
        told = [
            self.tell(rng, self.tags[place], way)
            for place, way in zip(places.tolist(), ways.tolist(), strict=True)
        ]
        captions = pad([self.wording.encode(text, self.most) for text, _ in told])
        concepts = torch.stack([concept for _, concept in told])
        said = torch.rand(plan.batch, generator=generator) < TOLD
        return {"pictures": pictures, "captions": captions, "concepts": concepts, "told": said}

    def tell(self, rng: random.Random, tags: dict[str, str], way: int) -> tuple[str, Tensor]:
        """The caption of a drawing that was altered in a ``way``, and the concepts (C,) in it."""
        if way == SCENE:
            return say_scene(rng, tags), self.mark(tags)
        if way == NOTHING:
            return "", self.mark({})
        seen = {group: token for group, token in tags.items() if group not in PLACES}
        if way == CUT:
            kept = {g: t for g, t in seen.items() if g == "plan" or rng.random() < 0.75}
            return say_brief(rng, kept), self.mark(seen)
        assert way == FLAT
        seen = {group: token for group, token in seen.items() if group in ("plan", "feature")}
        return say_brief(rng, seen), self.mark(seen, ("colour", "coat", "mood"))

    def mark(self, seen: dict[str, str], open_groups: tuple[str, ...] = ()) -> Tensor:
        """1 for the tokens ``seen``, `OPEN` for those of ``open_groups``, else 0 (C,)."""
        marks = torch.from_numpy(self.vocabulary.encode(seen.values()))
        for place, group in enumerate(self.vocabulary.groups):
            if group in open_groups:
                marks[place] = OPEN
        return marks


def pad(captions: Sequence[Sequence[int]]) -> Tensor:
    """Captions of any length as numbers (B, T), the shorter ones padded."""
    longest = max(map(len, captions))
    return torch.tensor([[*said, *[PAD] * (longest - len(said))] for said in captions])

"""A trained model as a browser takes it: its facts, and its weights as float16. Light: no torch."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from generate.errors import Refusal
from generate.files import read_json
from generate.pictures.compute.tensors import Damaged, read_tensors
from generate.pictures.data.vocabulary import Vocabulary
from generate.pictures.families.registry import FAMILIES
from generate.pictures.model_folder import FACTS, read_prompts, read_vocabulary_of
from generate.pictures.summoning.asking import list_rows
from generate.pictures.summoning.course import GUIDED, SHIFT, plan_steps
from generate.pictures.summoning.parts import BODY, CONFIG, EMBEDDING
from generate.pictures.summoning.shipped import REFINER, name_graph, read_graph, read_order
from generate.recipe import digest, digest_bytes

# Bytes of a part of the weights: small enough to be fetched again after a lost connection.
PART = 8 * 2**20
# Raised when a browser would draw another beast from the same numbers.
REVISION = 1


@dataclass(frozen=True)
class Portable:
    """A model that browsers can run.

    ``graph`` is its ONNX graph without weights, ``refiner`` the whole second stage. ``facts`` are
    what a browser must know to draw: "size", "factor", "steps" (`plan_steps`), "guidance",
    "guided", "tokens", "groups", "synonyms", "rows", and "embed", the number of what a word adds.
    """

    folder: Path
    name: str
    graph: bytes
    refiner: bytes
    vocabulary: Vocabulary
    facts: Mapping[str, Any]

    def sign(self, found: Mapping[str, str]) -> str:
        """16 hex digits of all that decides a beast; ``found`` are digests of `PARTS`."""
        weights = [found.get(part, "") for part in (BODY, EMBEDDING)]
        stages = [self.name, digest_bytes(self.refiner)]
        return digest([REVISION, stages, self.facts, weights])[:16]

    def read_weights(self) -> bytes:
        """The weights in the graph's order, then those of the words (words, embed), as float16.

        Raises `Refusal` where a file is damaged.
        """
        try:
            body, _ = read_tensors(self.folder / BODY, "np")
            words, _ = read_tensors(self.folder / EMBEDDING, "np")
            lists = [*order_weights(self.name, body), words["weight"].T[: len(self.vocabulary)]]
        except (Damaged, KeyError, ValueError, FileNotFoundError):
            raise Refusal(
                f"{self.folder}: its weights are damaged; train the model again"
            ) from None
        return b"".join(part.astype("<f2").tobytes() for part in lists)


def order_weights(name: str, body: Mapping[str, np.ndarray]) -> Iterator[np.ndarray]:
    """The weights of the graph ``name``, as it wants them."""
    for weight, shape, turned in read_order(name):
        values = body[weight]
        yield (values.T if turned else values).reshape(shape)


def cut(weights: bytes) -> list[bytes]:
    """``weights`` in parts of at most `PART` bytes."""
    return [weights[at : at + PART] for at in range(0, len(weights), PART)]


def open_portable(folder: Path, steps: int, guidance: float) -> Portable | str:
    """The model in ``folder`` for browsers, or why there is none, as the end of a sentence."""
    if not all((folder / part).is_file() for part in (FACTS, CONFIG)):
        return "there is no model in work/model that browsers can run"
    facts, config = read_json(folder / FACTS), read_json(folder / CONFIG)
    spec = FAMILIES.get(str(facts.get("recipe")))
    if spec is None or not spec.summons:
        return f'models of the recipe "{facts.get("recipe")}" cannot be run by browsers yet'
    name = name_graph(config)
    graph, refiner = read_graph(name), read_graph(REFINER)
    if graph is None or refiner is None:
        return "no graph is shipped for a network of this shape (sizes 32, 64, 96 and 128 have one)"
    vocabulary = read_vocabulary_of(folder)
    if not len(vocabulary):
        return "its model knows no words"
    return Portable(
        folder,
        name,
        graph,
        refiner,
        vocabulary,
        {
            "size": int(facts["size"]),
            "factor": int(facts["factor"]),
            "steps": plan_steps(steps, float(facts.get("shift", SHIFT))),
            "guidance": guidance,
            "guided": GUIDED,
            "tokens": list(vocabulary.tokens),
            "groups": list(vocabulary.groups),
            "synonyms": dict(vocabulary.synonyms),
            "rows": list_rows(vocabulary, read_prompts(folder)),
            "embed": 4 * int(config["block_out_channels"][0]),
        },
    )

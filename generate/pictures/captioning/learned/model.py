"""A captioner with its words, kept as one file: float16 weights, and what is needed to use them."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import torch

from generate.errors import Refusal
from generate.pictures.captioning.learned.confidence import Scale
from generate.pictures.captioning.learned.network import (
    Captioner,
    CaptionerShape,
    read_captioner_shape,
)
from generate.pictures.captioning.learned.wording import Wording
from generate.pictures.compute.precision import choose_device
from generate.pictures.compute.tensors import Damaged, read_tensors, write_tensors
from generate.pictures.data.vocabulary import Vocabulary


@dataclass
class CaptionModel:
    """A captioner's network, the words that it says, and the concepts that it judges.

    ``scale`` turns what it believes into a chance that its caption is right; ``learnt`` says of
    what it learnt: "of" its source, "pictures" how many it has seen.
    """

    network: Captioner
    wording: Wording
    vocabulary: Vocabulary
    scale: Scale = field(default_factory=Scale)
    learnt: dict[str, Any] = field(default_factory=dict)


def make_model(
    wording: Wording, vocabulary: Vocabulary, seed: int = 0, **shape: Any
) -> CaptionModel:
    """A captioner from random weights of ``seed``; ``shape`` as `CaptionerShape` has it."""
    torch.manual_seed(seed)
    network = Captioner(CaptionerShape(len(wording), len(vocabulary), **shape))
    return CaptionModel(network, wording, vocabulary)


def save_caption_model(model: CaptionModel, path: Path) -> None:
    """Write the model to ``path`` with float16 weights."""
    notes = {
        "shape": asdict(model.network.shape),
        "words": model.wording.words,
        "vocabulary": model.vocabulary.as_json(),
        "scale": asdict(model.scale),
        "learnt": model.learnt,
    }
    halves = {name: weight.half() for name, weight in model.network.state_dict().items()}
    write_tensors(path, halves, captioner=json.dumps(notes, ensure_ascii=False))


def load_caption_model(path: Path) -> CaptionModel:
    """The model in ``path``, where this machine computes; `Refusal` if it is none."""
    try:
        tensors, notes = read_tensors(path)
        said = json.loads(notes["captioner"])
        words = said["vocabulary"]
        vocabulary = Vocabulary(
            tuple(words["tokens"]), tuple(words["groups"]), dict(words["synonyms"])
        )
        wording = Wording(tuple(said["words"]))
        network = Captioner(read_captioner_shape(said["shape"]))
        network.load_state_dict({name: tensor.float() for name, tensor in tensors.items()})
        model = CaptionModel(network, wording, vocabulary, Scale(**said["scale"]), said["learnt"])
    except FileNotFoundError:
        raise Refusal(f"{path}: no such file; train a captioner first") from None
    except (Damaged, KeyError, TypeError, ValueError, RuntimeError) as error:
        reason = (str(error).splitlines() or [type(error).__name__])[0][:120]
        raise Refusal(f"{path}: is no captioner ({reason}); train it again") from None
    model.network.to(choose_device()).eval()
    return model

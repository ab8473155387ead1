"""Prompts for a pipeline: written from captions, and carried as rows of bytes."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

# Bytes of a prompt; text encoders read some 77 tokens, which are fewer.
LONGEST = 400


def write_prompt(prompt: Mapping[str, Any], pattern: str) -> str:
    """The text of a prompt in ``pattern``, which holds "{caption}"; empty where nothing is asked.

    Of a prompt without a text its tags or its words are listed.
    """
    if "weights" in prompt:
        words = sorted(prompt["weights"].items(), key=lambda pair: -pair[1])
        text = ", ".join(word for word, weight in words if weight > 0)
    else:
        text = prompt["text"] or ", ".join(str(value) for value in prompt["tags"].values() if value)
    return pattern.replace("{caption}", text) if text else ""


def to_bytes(texts: Sequence[str]) -> Tensor:
    """Texts as UTF-8, uint8 (N, LONGEST), filled up with 0; what is longer is cut."""
    rows = torch.zeros(len(texts), LONGEST, dtype=torch.uint8)
    for row, text in zip(rows, texts, strict=True):
        data = text.encode()[:LONGEST].decode(errors="ignore").encode()
        row[: len(data)] = torch.frombuffer(bytearray(data or b"\0"), dtype=torch.uint8)
    return rows


def to_texts(rows: Tensor) -> list[str]:
    """What `to_bytes` was given."""
    return [bytes(row.tolist()).rstrip(b"\0").decode() for row in rows.cpu()]

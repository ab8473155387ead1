"""Read words and sentences as vectors: the mean of a transformer's outputs, of length 1.

all-MiniLM-L6-v2 is a MiniLM (Wang et al., arXiv 2002.10957) that learnt by pairs of sentences
(Reimers and Gurevych, arXiv 1908.10084): 6 layers, 384 numbers. Texts alike in meaning have a
cosine near 1.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

# Texts at a time, and the most word pieces of a text; it learnt on 256 at most.
GROUP, LONGEST = 64, 256
WIDTH = 384


class Meanings:
    """The frozen network of the weights in a folder; nothing is loaded before the first `read`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.known: dict[str, np.ndarray] = {}
        self.parts: tuple[Any, Any] | None = None

    def read(self, texts: Sequence[str]) -> np.ndarray:
        """float32 (N, 384), a row of length 1 for each of ``texts``; what was read is kept.

        Which texts are read together changes a vector in its seventh digit, no more.
        """
        new = sorted({text for text in texts if text not in self.known}, key=lambda t: (len(t), t))
        for start in range(0, len(new), GROUP):
            some = new[start : start + GROUP]
            self.known.update(zip(some, self.run(some), strict=True))
        rows = [self.known[text] for text in texts]
        return np.stack(rows) if rows else np.zeros((0, WIDTH), np.float32)

    def knows(self, word: str) -> bool:
        """Whether ``word`` is one of the 30,522 pieces that the network learnt whole."""
        return word.casefold() in self.open()[0].get_vocab()

    def run(self, texts: Sequence[str]) -> np.ndarray:
        """The vectors of a few texts, by the network."""
        import torch

        tokenizer, network = self.open()
        batch = tokenizer(
            list(texts), padding=True, truncation=True, max_length=LONGEST, return_tensors="pt"
        )
        with torch.inference_mode():
            states = network(**batch).last_hidden_state
        mask = batch["attention_mask"][..., None].to(states.dtype)
        mean = (states * mask).sum(1) / mask.sum(1)
        vectors: np.ndarray = torch.nn.functional.normalize(mean, dim=1).numpy()
        return vectors

    def open(self) -> tuple[Any, Any]:
        """The tokenizer and the network."""
        if self.parts is None:
            from transformers import AutoModel, AutoTokenizer
            from transformers.utils import logging

            logging.disable_progress_bar()
            place = str(self.folder)
            tokenizer = AutoTokenizer.from_pretrained(place, local_files_only=True)
            network = AutoModel.from_pretrained(
                place, local_files_only=True, use_safetensors=True, trust_remote_code=False
            )
            logging.enable_progress_bar()
            self.parts = (tokenizer, network.eval())
        return self.parts

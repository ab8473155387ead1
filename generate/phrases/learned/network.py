"""A small recurrent network that learns to spell lines, letter by letter; needs torch.

A character-level language model (Graves, arXiv 1308.0850, section 3, with gated recurrent units
after Cho et al., arXiv 1406.1078), stopped where lines that it does not learn become harder to
foresee. Some sixty lines take seconds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional
from tqdm import tqdm

from generate.pictures.compute.tensors import Damaged, read_tensors, write_tensors

END = "\n"  # before the first letter of a line, and after its last
WIDTH, DROPOUT = 128, 0.3
RATE, DECAY, BATCH = 3e-3, 0.01, 32
LONGEST, LOOK, PATIENCE = 2000, 20, 12  # steps, steps between looks, looks without gain
SMOOTH = 0.5  # a letter is taken to have been seen so often more than it was


class Letters(nn.Module):
    """``forward(codes (N, T))`` gives logits (N, T, V) of the letters that follow; 0 is `END`."""

    def __init__(self, alphabet: str) -> None:
        super().__init__()
        self.alphabet = END + alphabet
        self.embed = nn.Embedding(len(self.alphabet), WIDTH // 4)
        self.cell = nn.GRU(WIDTH // 4, WIDTH, batch_first=True)
        self.drop = nn.Dropout(DROPOUT)
        self.leave = nn.Linear(WIDTH, len(self.alphabet))

    def forward(self, codes: Tensor, state: Tensor | None = None) -> tuple[Tensor, Tensor]:
        found, state = self.cell(self.drop(self.embed(codes)), state)
        return self.leave(self.drop(found)), state

    def encode(self, lines: Sequence[str]) -> Tensor:
        """Codes (N, T + 2) of lines, with `END` at both ends and -1 after it."""
        rows = [[0, *map(self.alphabet.index, line), 0] for line in lines]
        longest = max(map(len, rows))
        return torch.tensor([row + [-1] * (longest - len(row)) for row in rows])


class Lesson(NamedTuple):
    """What training came to: steps, and perplexities of a held-out letter.

    ``alone`` is the perplexity where only the letters' frequency is known.
    """

    steps: int
    perplexity: float
    alone: float


def measure_loss(network: Letters, codes: Tensor) -> Tensor:
    """Mean cross-entropy in nats of each letter and end of line."""
    logits, _ = network(codes[:, :-1].clamp(min=0))
    return functional.cross_entropy(logits.transpose(1, 2), codes[:, 1:], ignore_index=-1)


def train_letters(learnt: Sequence[str], held: Sequence[str], seed: int) -> tuple[Letters, Lesson]:
    """A network that learnt ``learnt``, as it was when it foresaw ``held`` best."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = Letters("".join(sorted(set("".join([*learnt, *held])))))
        known, unseen = network.encode(learnt), network.encode(held)
        optimiser = torch.optim.AdamW(network.parameters(), RATE, weight_decay=DECAY)
        best, kept, since, step = math.inf, network.state_dict(), 0, 0
        with tqdm(total=LONGEST, desc="phrases", unit="step", leave=False) as bar:
            while step < LONGEST and since < PATIENCE:
                network.train()
                for _ in range(LOOK):
                    rows = torch.randint(len(known), (min(BATCH, len(known)),))
                    optimiser.zero_grad()
                    measure_loss(network, known[rows]).backward()
                    nn.utils.clip_grad_norm_(network.parameters(), 1.0)
                    optimiser.step()
                step += LOOK
                network.eval()
                with torch.no_grad():
                    loss = float(measure_loss(network, unseen))
                since += 1
                if loss < best:
                    best, since, steps = loss, 0, step
                    kept = {name: value.clone() for name, value in network.state_dict().items()}
                bar.update(LOOK)
                bar.set_postfix(perplexity=f"{math.exp(best):.1f}")
        network.load_state_dict(kept)
    return network, Lesson(steps, math.exp(best), measure_alone(known, unseen))


def measure_alone(known: Tensor, unseen: Tensor) -> float:
    """Perplexity of the letters of ``unseen`` by their frequency in ``known``."""
    counts = torch.bincount(known[:, 1:][known[:, 1:] >= 0]).float() + SMOOTH
    asked = unseen[:, 1:][unseen[:, 1:] >= 0]
    counts = functional.pad(counts, (0, max(0, int(asked.max()) + 1 - len(counts))), value=SMOOTH)
    return math.exp(-float((counts / counts.sum()).log()[asked].mean()))


@torch.no_grad()
def spell_lines(
    network: Letters, count: int, most: int, warmth: float, generator: torch.Generator
) -> list[tuple[str, float]]:
    """``count`` new lines of at most ``most`` letters, with their mean log-probability a letter.

    ``warmth`` is the temperature. Lines that do not end by then are left out.
    """
    codes = torch.zeros(count, 1, dtype=torch.long)
    state = None
    lines, sums = [""] * count, torch.zeros(count)
    done: dict[int, float] = {}
    for _ in range(most + 1):
        logits, state = network(codes, state)
        shares = (logits[:, 0] / warmth).softmax(1)
        codes = torch.multinomial(shares, 1, generator=generator)
        sums += logits[:, 0].log_softmax(1).gather(1, codes)[:, 0]
        for at, code in enumerate(codes[:, 0].tolist()):
            if at in done:
                continue
            if code == 0:
                done[at] = float(sums[at]) / (len(lines[at]) + 1)
            else:
                lines[at] += network.alphabet[code]
        if len(done) == count:
            break
    return [(lines[at], likely) for at, likely in sorted(done.items())]


def save_letters(network: Letters, lesson: Lesson, path: Path, key: str) -> None:
    """Write weights, alphabet and what training came to, with the key of what decided them."""
    notes = {"alphabet": network.alphabet[1:], "key": key}
    notes |= {name: repr(value) for name, value in lesson._asdict().items()}
    write_tensors(path, network.state_dict(), **notes)


def load_letters(path: Path, key: str) -> tuple[Letters, Lesson] | None:
    """What `save_letters` wrote for ``key``; None where it did not, or the file is damaged."""
    try:
        tensors, notes = read_tensors(path)
        if notes.get("key") != key:
            return None
        network = Letters(notes["alphabet"])
        network.load_state_dict(tensors)
        numbers = (int(notes["steps"]), float(notes["perplexity"]), float(notes["alone"]))
    except (FileNotFoundError, Damaged, KeyError, ValueError, RuntimeError):
        return None
    return network.eval(), Lesson(*numbers)

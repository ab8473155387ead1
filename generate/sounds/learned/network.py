"""A small recurrent network that learns which note follows which; needs torch.

Gated recurrent units (Cho et al., arXiv 1406.1078) that foresee the next note as a mixture of
normal distributions (Bishop 1994; used so for sequences by Graves, arXiv 1308.0850, section 4). It
is kept as it was when it foresaw the notes of held-out recordings best.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from tqdm import tqdm

from generate.pictures.compute.tensors import Damaged, read_tensors, write_tensors
from generate.recipe import derive_seed
from generate.sounds.learned.contours import Array
from generate.sounds.learned.lessons import WIDTH

HIDDEN, PARTS, DROPOUT = 48, 3, 0.2
# No note is foreseen more sharply than this, in deviations: sharper would be by heart.
SHARPEST = 0.2
RATE, DECAY = 4e-3, 0.01
LONGEST, LOOK, PATIENCE, SAVE = 1500, 25, 12, 250
# How much recordings are altered at each step: tempo and range, in octaves; all numbers, in
# deviations. Notes of a recording that are learnt at a time.
ALTER, BLUR, MOST = 0.12, 0.15, 24
# Notes from the beginning, and to the end, that are told apart.
COUNTED = 8


class Singer(nn.Module):
    """``forward(notes (N, T, WIDTH), places (N, T, 2))`` gives the mixtures (N, T, PARTS, 1 + 2W)
    that foresee each next note; ``mean`` and ``deviation`` (WIDTH,) are of the notes learnt.
    """

    mean: Tensor
    deviation: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.cell = nn.GRU(WIDTH + 2, HIDDEN, batch_first=True)
        self.drop = nn.Dropout(DROPOUT)
        self.leave = nn.Linear(HIDDEN, PARTS * (1 + 2 * WIDTH))
        self.register_buffer("mean", torch.zeros(WIDTH))
        self.register_buffer("deviation", torch.ones(WIDTH))

    def forward(
        self, notes: Tensor, places: Tensor, state: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        found, state = self.cell(torch.cat([self.drop(notes), places], dim=-1), state)
        left = self.leave(self.drop(found))
        return left.reshape(*left.shape[:-1], PARTS, 1 + 2 * WIDTH), state


@dataclass(frozen=True)
class Learnt:
    """What training came to: its steps, and the mean log-likelihood of a held-out note, in nats,
    and where each note is foreseen as every other (one normal distribution)."""

    steps: int
    likely: float
    alone: float


def count_places(count: int) -> Tensor:
    """For each of ``count`` notes, how far from the beginning and from the end: (count, 2)."""
    ahead = torch.arange(count, dtype=torch.float32)
    return torch.stack([ahead, count - 1 - ahead], dim=1).clamp(max=COUNTED) / COUNTED


def measure_loss(singer: Singer, rows: Sequence[Tensor]) -> Tensor:
    """Mean negative log-likelihood in nats of the notes of recordings, each (T, WIDTH)."""
    longest = max(len(row) for row in rows)
    notes = torch.zeros(len(rows), longest + 1, WIDTH)
    places = torch.zeros(len(rows), longest, 2)
    heard = torch.zeros(len(rows), longest, dtype=torch.bool)
    for at, row in enumerate(rows):
        notes[at, 1 : len(row) + 1] = row
        places[at, : len(row)] = count_places(len(row))
        heard[at, : len(row)] = True
    mixtures, _ = singer(notes[:, :-1], places)
    return -weigh_notes(mixtures, notes[:, 1:])[heard].mean()


def weigh_notes(mixtures: Tensor, notes: Tensor) -> Tensor:
    """Log-likelihood of each note by the mixture that foresees it."""
    shares = mixtures[..., 0].log_softmax(-1)
    middle, spread = mixtures[..., 1 : 1 + WIDTH], limit_spread(mixtures[..., 1 + WIDTH :])
    off = (notes.unsqueeze(-2) - middle) / spread
    each = -0.5 * off.square() - spread.log() - 0.5 * math.log(2 * math.pi)
    return (shares + each.sum(-1)).logsumexp(-1)


def limit_spread(raw: Tensor) -> Tensor:
    """Deviations, at least `SHARPEST`."""
    return SHARPEST + nn.functional.softplus(raw)


def alter(row: Tensor, deviation: Tensor, generator: torch.Generator) -> Tensor:
    """Notes a little faster or slower, of a little more or less range, and blurred."""
    tempo, span = (ALTER * torch.randn(2, generator=generator)).tolist()
    row = row.clone()
    row[:, :2] += tempo / deviation[:2]
    row[:, 3:7] *= 1 + span
    return row + BLUR * torch.randn(row.shape, generator=generator)


def train_singer(
    learnt: Sequence[Array], held: Sequence[Array], seed: int, path: Path, key: str
) -> tuple[Singer, Learnt]:
    """A network that learnt recordings (n, WIDTH each), as it was when it foresaw ``held`` best.

    Each step depends on seed and number alone. Every so often ``path`` is written, so that a run
    that was stopped goes on from there, to the same weights. key: of what decides them.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed % 2**63)
        singer = Singer()
        known = torch.tensor(np.concatenate(list(learnt)), dtype=torch.float32)
        singer.mean.copy_(known.mean(0))
        singer.deviation.copy_(known.std(0).clamp(min=0.05))

        def measure(rows: Sequence[Array]) -> list[Tensor]:
            some = [torch.tensor(row[:MOST], dtype=torch.float32) for row in rows]
            return [(row - singer.mean) / singer.deviation for row in some]

        lessons, unseen = measure(learnt), measure(held)
        optimiser = torch.optim.AdamW(singer.parameters(), RATE, weight_decay=DECAY)
        run = resume(singer, optimiser, path, key) or Run(0, math.inf, 0, 0, singer.state_dict())
        with tqdm(total=LONGEST, initial=run.step, desc="voice", unit="step", leave=False) as bar:
            while run.step < LONGEST and run.since < PATIENCE:
                singer.train()
                for _ in range(LOOK):
                    chance = derive_seed("step", seed, run.step)
                    torch.manual_seed(chance)
                    generator = torch.Generator().manual_seed(chance)
                    rows = [alter(row, singer.deviation, generator) for row in lessons]
                    optimiser.zero_grad()
                    measure_loss(singer, rows).backward()
                    nn.utils.clip_grad_norm_(singer.parameters(), 1.0)
                    optimiser.step()
                    run.step += 1
                singer.eval()
                with torch.no_grad():
                    run.see(float(measure_loss(singer, unseen)), singer)
                bar.update(LOOK)
                bar.set_postfix(nats=f"{-run.best:.2f}")
                if run.step % SAVE == 0:
                    save_run(singer, optimiser, run, path, key)
        singer.load_state_dict(run.kept)
        singer.eval()
        usual = Singer().eval()
        for parameter in usual.parameters():
            nn.init.zeros_(parameter)
        with torch.no_grad():
            # One normal distribution of unit deviation, wherever one is.
            usual.leave.bias.view(PARTS, -1)[:, 1 + WIDTH :] = math.log(math.expm1(1 - SHARPEST))
            alone = -float(measure_loss(usual, unseen))
    return singer, Learnt(run.steps, -run.best, alone)


@dataclass
class Run:
    """Where training stands: steps done, the best loss of held-out notes, looks since then, and the
    steps and weights of that moment."""

    step: int
    best: float
    since: int
    steps: int
    kept: dict[str, Tensor]

    def see(self, loss: float, singer: Singer) -> None:
        """Take note of a loss of held-out notes."""
        self.since += 1
        if loss < self.best:
            self.best, self.since, self.steps = loss, 0, self.step
            self.kept = {name: value.clone() for name, value in singer.state_dict().items()}


def save_run(singer: Singer, optimiser: Any, run: Run, path: Path, key: str) -> None:
    """Write all that a run needs to go on."""
    tensors = {f"now.{name}": value for name, value in singer.state_dict().items()}
    tensors |= {f"kept.{name}": value for name, value in run.kept.items()}
    for at, state in optimiser.state_dict()["state"].items():
        tensors |= {f"pace.{at}.{name}": value.float() for name, value in state.items()}
    numbers = {"step": run.step, "best": run.best, "since": run.since, "steps": run.steps}
    write_tensors(path, tensors, key=key, **{name: repr(one) for name, one in numbers.items()})


def resume(singer: Singer, optimiser: Any, path: Path, key: str) -> Run | None:
    """The run that `save_run` wrote for ``key``, with its weights in place; None without one."""
    try:
        tensors, notes = read_tensors(path)
        if notes.get("key") != key:
            return None
        parts: dict[str, dict[str, Tensor]] = {}
        for name, tensor in tensors.items():
            head, rest = name.split(".", 1)
            parts.setdefault(head, {})[rest] = tensor
        held = optimiser.state_dict()
        held["state"] = {}
        for name, tensor in parts.get("pace", {}).items():
            at, rest = name.split(".", 1)
            held["state"].setdefault(int(at), {})[rest] = tensor
        run = Run(
            int(notes["step"]),
            float(notes["best"]),
            int(notes["since"]),
            int(notes["steps"]),
            parts["kept"],
        )
        singer.load_state_dict(parts["now"])
        optimiser.load_state_dict(held)
    except (FileNotFoundError, Damaged, KeyError, ValueError, RuntimeError):
        return None
    return run


@torch.no_grad()
def compose(singer: Singer, count: int, seed: int, warmth: float) -> Array:
    """``count`` new notes (count, WIDTH), one after the other; ``warmth`` scales their spread."""
    generator = torch.Generator().manual_seed(seed)
    note, state = torch.zeros(1, 1, WIDTH), None
    places, notes = count_places(count), []
    for number in range(count):
        mixtures, state = singer(note, places[None, number : number + 1], state)
        shares = mixtures[0, 0, :, 0].softmax(-1)
        part = int(torch.multinomial(shares, 1, generator=generator))
        middle = mixtures[0, 0, part, 1 : 1 + WIDTH]
        spread = limit_spread(mixtures[0, 0, part, 1 + WIDTH :])
        note = middle + warmth * spread * torch.randn(WIDTH, generator=generator)
        note = note.clamp(-3, 3)[None, None]
        notes.append(note[0, 0] * singer.deviation + singer.mean)
    return torch.stack(notes).double().numpy()


def save_singer(singer: Singer, learnt: Learnt, path: Path, key: str) -> None:
    """Write the weights, with the key of what decided them and what training came to."""
    notes = {name: repr(value) for name, value in vars(learnt).items()}
    write_tensors(path, singer.state_dict(), key=key, **notes)


def load_singer(path: Path, key: str) -> tuple[Singer, Learnt] | None:
    """What `save_singer` wrote for ``key``; None where it did not, or the file is damaged."""
    try:
        tensors, notes = read_tensors(path)
        if notes.get("key") != key:
            return None
        singer = Singer()
        singer.load_state_dict(tensors)
        learnt = Learnt(int(notes["steps"]), float(notes["likely"]), float(notes["alone"]))
    except (FileNotFoundError, Damaged, KeyError, ValueError, RuntimeError):
        return None
    return singer.eval(), learnt

"""Checkpoints of one run do not push out those of another, whatever their steps."""

from pathlib import Path

import pytest
import torch

from generate.pictures.training.checkpoint import (
    list_checkpoints,
    read_checkpoint,
    write_checkpoint,
)


def test_a_new_run_keeps_its_low_steps_and_drops_an_older_run(tmp_path: Path) -> None:
    network = torch.nn.Linear(2, 2)
    optimiser = torch.optim.AdamW(network.parameters())
    network(torch.ones(1, 2)).sum().backward()
    optimiser.step()
    average = {name: weight.detach().clone() for name, weight in network.named_parameters()}

    def write(step: int, key: str) -> None:
        write_checkpoint(tmp_path, step, network, average, {"all": optimiser}, {"key": key})

    for step in (4537, 4878):
        write(step, "an older run")
    for step in (10, 20, 30):
        write(step, "this run")
    assert [path.name for path in list_checkpoints(tmp_path)] == [
        "checkpoint-00000020.safetensors",
        "checkpoint-00000030.safetensors",
    ]
    facts = read_checkpoint(tmp_path, "this run", network, average, {"all": optimiser})
    assert facts is not None and facts["step"] == 30


def learn(home: Path, stop: bool, fused: bool) -> torch.Tensor:
    """The weights after four steps, on the way written and read back if ``stop``."""
    torch.manual_seed(0)
    network = torch.nn.Conv2d(3, 4, 3).to(memory_format=torch.channels_last)
    optimisers = {"all": torch.optim.AdamW(network.parameters(), lr=0.1, fused=fused)}
    average = {name: weight.detach().clone() for name, weight in network.named_parameters()}
    for step in range(4):
        network.zero_grad()
        seen = torch.randn(2, 3, 5, 5, generator=torch.Generator().manual_seed(step))
        network(seen).square().sum().backward()
        optimisers["all"].step()
        if stop and step == 1:
            write_checkpoint(home, step, network, average, optimisers, {"key": "run"})
            optimisers = {"all": torch.optim.AdamW(network.parameters(), lr=0.1, fused=fused)}
            read_checkpoint(home, "run", network, average, optimisers)
    return network.weight.detach()


@pytest.mark.parametrize("fused", [True, False])
def test_moments_fit_weights_that_lie_channels_last(tmp_path: Path, fused: bool) -> None:
    """torch 2.13's fused AdamW reads contiguous moments of channels-last weights crosswise."""
    assert torch.equal(learn(tmp_path, True, fused), learn(tmp_path, False, fused))

"""Checkpoints of one run do not push out those of another, whatever their steps."""

from pathlib import Path

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
        write_checkpoint(tmp_path, step, network, average, optimiser, {"key": key})

    for step in (4537, 4878):
        write(step, "an older run")
    for step in (10, 20, 30):
        write(step, "this run")
    assert [path.name for path in list_checkpoints(tmp_path)] == [
        "checkpoint-00000020.safetensors",
        "checkpoint-00000030.safetensors",
    ]
    facts = read_checkpoint(tmp_path, "this run", network, average, optimiser)
    assert facts is not None and facts["step"] == 30

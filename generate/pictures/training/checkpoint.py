"""Keep a training run on disk as safetensors: weights, average, optimiser, and how far it got."""

import json
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from generate.pictures.compute.tensors import Damaged, read_tensors, write_tensors

# Checkpoints of a run that are kept.
KEPT = 2
Optimisers = dict[str, torch.optim.Optimizer]


def write_checkpoint(
    folder: Path,
    step: int,
    network: nn.Module,
    average: dict[str, Tensor],
    optimisers: Optimisers,
    facts: dict[str, Any],
) -> Path:
    """Write checkpoint-``step``.safetensors to ``folder``; keep the run's last two."""
    tensors = {f"network.{name}": weight for name, weight in network.state_dict().items()}
    tensors |= {f"average.{name}": weight for name, weight in average.items()}
    for phase, optimiser in optimisers.items():
        for place, moments in optimiser.state_dict()["state"].items():
            for name, value in moments.items():
                tensors[f"optimiser.{phase}.{place}.{name}"] = torch.as_tensor(value)
    path = folder / f"checkpoint-{step:08d}.safetensors"
    write_tensors(path, tensors, facts=json.dumps({**facts, "step": step}))
    prune(folder, facts.get("key"))
    return path


def prune(folder: Path, key: str | None) -> None:
    """Keep the newest of the run ``key``; another run's would outnumber a new run's low steps."""
    ours = [old for old in list_checkpoints(folder) if read_key(old) == key]
    for old in set(list_checkpoints(folder)) - set(ours[-KEPT:]):
        old.unlink(missing_ok=True)


def read_key(path: Path) -> str | None:
    """The run that a checkpoint belongs to, None where it cannot be read."""
    try:
        with safe_open(path, "pt") as file:
            return str(json.loads(file.metadata()["facts"])["key"])
    except (SafetensorError, OSError, KeyError, ValueError, TypeError):
        return None


def list_checkpoints(folder: Path) -> list[Path]:
    """Checkpoints in ``folder``, the oldest first."""
    return sorted(folder.glob("checkpoint-*.safetensors"))


def read_checkpoint(
    folder: Path,
    key: str | None,
    network: nn.Module,
    average: dict[str, Tensor],
    optimisers: Optimisers,
) -> dict[str, Any] | None:
    """Load the newest checkpoint of the run ``key`` (None: any); return its facts, None if none.

    One that is damaged, or of another shape or run, is passed over for the one before it.
    """
    for path in reversed(list_checkpoints(folder)):
        try:
            tensors, notes = read_tensors(path)
            facts = json.loads(notes["facts"])
            if key is not None and facts["key"] != key:
                continue
            restore(tensors, network, average, optimisers)
        except (Damaged, OSError, KeyError, ValueError, RuntimeError, TypeError) as error:
            reason = str(error).splitlines()[0][:100]
            print(f"train     {path.name} cannot be used ({reason}); going back further")
            continue
        return dict(facts)
    return None


def restore(
    tensors: dict[str, Tensor],
    network: nn.Module,
    average: dict[str, Tensor],
    optimisers: Optimisers,
) -> None:
    """Put a checkpoint's tensors where they belong; raises before anything is changed."""
    weights = {
        n.removeprefix("network."): t for n, t in tensors.items() if n.startswith("network.")
    }
    means = {n.removeprefix("average."): t for n, t in tensors.items() if n.startswith("average.")}
    states: dict[str, dict[int, dict[str, Tensor]]] = {phase: {} for phase in optimisers}
    for name, tensor in tensors.items():
        if name.startswith("optimiser."):
            _, phase, place, moment = name.split(".", 3)
            states[phase].setdefault(int(place), {})[moment] = tensor
    fitting = shapes(weights) == shapes(network.state_dict()) and shapes(means) == shapes(average)
    for phase, state in states.items():
        moved = [p for group in optimisers[phase].param_groups for p in group["params"]]
        for number, kept in state.items():
            for name in kept.keys() - {"step"}:
                if number >= len(moved) or kept[name].shape != moved[number].shape:
                    fitting = False
                    continue
                # The fused optimiser takes the moments to lie in memory as the weights do.
                kept[name] = torch.empty_like(moved[number]).copy_(kept[name])
    if not fitting:
        raise ValueError("weights of another shape")
    network.load_state_dict(weights)
    for name, mean in means.items():
        average[name].copy_(mean)
    for phase, state in states.items():
        groups = optimisers[phase].state_dict()["param_groups"]
        optimisers[phase].load_state_dict({"state": state, "param_groups": groups})


def shapes(tensors: dict[str, Tensor]) -> dict[str, torch.Size]:
    """The tensors' shapes by name."""
    return {name: tensor.shape for name, tensor in tensors.items()}

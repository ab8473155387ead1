"""Keep a training run on disk as safetensors: weights, average, optimiser, and how far it got."""

import json
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from generate.files import replacing

KEPT = 2


def write_checkpoint(
    folder: Path,
    step: int,
    network: nn.Module,
    average: dict[str, Tensor],
    optimiser: torch.optim.Optimizer,
    facts: dict[str, Any],
) -> Path:
    """Write checkpoint-``step``.safetensors to ``folder``; keep the last two."""
    tensors = {f"network.{name}": weight for name, weight in network.state_dict().items()}
    tensors |= {f"average.{name}": weight for name, weight in average.items()}
    state = optimiser.state_dict()["state"]
    for place, moments in state.items():
        for name, value in moments.items():
            tensors[f"optimiser.{place}.{name}"] = torch.as_tensor(value)
    path = folder / f"checkpoint-{step:08d}.safetensors"
    with replacing(path) as temporary:
        save_file(
            {name: tensor.detach().contiguous() for name, tensor in tensors.items()},
            temporary,
            metadata={"facts": json.dumps({**facts, "step": step})},
        )
    for old in list_checkpoints(folder)[:-KEPT]:
        old.unlink(missing_ok=True)
    return path


def list_checkpoints(folder: Path) -> list[Path]:
    """Checkpoints in ``folder``, the oldest first."""
    return sorted(folder.glob("checkpoint-*.safetensors"))


def read_checkpoint(
    folder: Path,
    key: str | None,
    network: nn.Module,
    average: dict[str, Tensor],
    optimiser: torch.optim.Optimizer,
) -> dict[str, Any] | None:
    """Load the newest checkpoint of the run ``key`` (None: any); return its facts, None if none.

    One that is damaged, or of another shape or run, is passed over for the one before it.
    """
    for path in reversed(list_checkpoints(folder)):
        try:
            with safe_open(path, "pt") as file:
                facts = json.loads(file.metadata()["facts"])
                if key is not None and facts["key"] != key:
                    continue
                tensors = {name: file.get_tensor(name) for name in file.keys()}
            restore(tensors, network, average, optimiser)
        except (SafetensorError, OSError, KeyError, ValueError, RuntimeError, TypeError) as error:
            reason = str(error).splitlines()[0][:100]
            print(f"train     {path.name} cannot be used ({reason}); going back further")
            continue
        return dict(facts)
    return None


def restore(
    tensors: dict[str, Tensor],
    network: nn.Module,
    average: dict[str, Tensor],
    optimiser: torch.optim.Optimizer,
) -> None:
    """Put a checkpoint's tensors where they belong; raises before anything is changed."""
    weights = {
        n.removeprefix("network."): t for n, t in tensors.items() if n.startswith("network.")
    }
    means = {n.removeprefix("average."): t for n, t in tensors.items() if n.startswith("average.")}
    if set(means) != set(average):
        raise ValueError("another network's average")
    network.load_state_dict(weights)
    for name, mean in means.items():
        average[name].copy_(mean)
    record = optimiser.state_dict()
    state: dict[int, dict[str, Tensor]] = {}
    for name, tensor in tensors.items():
        if name.startswith("optimiser."):
            _, place, moment = name.split(".", 2)
            state.setdefault(int(place), {})[moment] = tensor
    optimiser.load_state_dict({"state": state, "param_groups": record["param_groups"]})

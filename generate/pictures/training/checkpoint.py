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
    """Write checkpoint-``step``.safetensors to ``folder``; keep the run's last two."""
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
    state: dict[int, dict[str, Tensor]] = {}
    for name, tensor in tensors.items():
        if name.startswith("optimiser."):
            _, place, moment = name.split(".", 2)
            state.setdefault(int(place), {})[moment] = tensor
    shaped = [p.shape for group in optimiser.param_groups for p in group["params"]]
    moments = [(p, t) for p, kept in state.items() for n, t in kept.items() if n != "step"]
    if (
        shapes(weights) != shapes(network.state_dict())
        or shapes(means) != shapes(average)
        or any(place >= len(shaped) or t.shape != shaped[place] for place, t in moments)
    ):
        raise ValueError("weights of another shape")
    network.load_state_dict(weights)
    for name, mean in means.items():
        average[name].copy_(mean)
    record = optimiser.state_dict()
    optimiser.load_state_dict({"state": state, "param_groups": record["param_groups"]})


def shapes(tensors: dict[str, Tensor]) -> dict[str, torch.Size]:
    """The tensors' shapes by name."""
    return {name: tensor.shape for name, tensor in tensors.items()}

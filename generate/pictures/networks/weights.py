"""The weights of a network as a whole: count, copy, put and fill them."""

from pathlib import Path

import torch
from torch import Tensor, nn

from generate.errors import Refusal
from generate.pictures.compute.tensors import Damaged, read_tensors


def count_parameters(module: nn.Module) -> int:
    """Number of trained numbers in ``module``."""
    return sum(parameter.numel() for parameter in module.parameters())


def device_of(module: nn.Module) -> torch.device:
    """Where the weights of ``module`` lie."""
    return next((weight.device for weight in module.parameters()), torch.device("cpu"))


def copy_weights(network: nn.Module) -> dict[str, Tensor]:
    """The weights by name, copied."""
    return {name: weight.detach().clone() for name, weight in network.named_parameters()}


def put_weights(network: nn.Module, weights: dict[str, Tensor]) -> None:
    """Set the network's weights."""
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            parameter.copy_(weights[name])


def fill(module: nn.Module, path: Path) -> None:
    """Load the weights in ``path`` into ``module``, as float32.

    Raises `Refusal` where they are missing, damaged, or another shape's.
    """
    try:
        tensors, _ = read_tensors(path)
        module.load_state_dict(
            {name: t.float() if t.is_floating_point() else t for name, t in tensors.items()}
        )
    except FileNotFoundError:
        raise Refusal(f"{path}: no such file; train the model, or name another folder") from None
    except Damaged as error:
        raise Refusal(f"{path}: corrupt ({error}); delete it and train again") from None
    except RuntimeError as error:
        line = str(error).splitlines()[-1].strip()
        raise Refusal(f"{path}: weights of another shape ({line}); train again") from None

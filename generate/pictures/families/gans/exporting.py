"""Write a maker as ONNX: one file, for the runtimes of browsers and phones."""

import importlib.util
import warnings
from pathlib import Path
from typing import Any

import torch

from generate.files import replacing

OPSET = 18


def export_maker(family: Any, folder: Path) -> list[Path]:
    """Write ``folder``/maker.onnx (noise, conditions → pictures); nothing where onnx is missing.

    ``conditions`` have the words' columns, and those of the alterations, which are 0.
    """
    if not (importlib.util.find_spec("onnx") and importlib.util.find_spec("onnxscript")):
        return []
    shape, maker = family.maker.shape, family.maker.cpu().eval()
    # Two rows: from one, the size of the batch would be taken for a constant.
    inputs = (torch.zeros(2, shape.noise), torch.zeros(2, shape.words))
    batch = torch.export.Dim("batch")
    path = folder / "maker.onnx"
    with replacing(path) as temporary, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            maker,
            inputs,
            temporary,
            dynamo=True,
            opset_version=OPSET,
            external_data=False,
            verbose=False,
            dynamic_shapes=({0: batch}, {0: batch}),
        )
    family.network.to(family.device)
    return [path]

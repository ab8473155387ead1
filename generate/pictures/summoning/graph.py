"""Write the flow's network as an ONNX graph without its weights, for browsers.

A graph depends on the network's shape alone. So those of the usual shapes are shipped, in graphs/,
and no jungle waits for torch's exporter, which takes half a minute and two packages.
"""

import gzip
import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from generate.files import replacing
from generate.pictures.networks.shape import Shape
from generate.pictures.networks.unet import Network
from generate.pictures.refining.refiner import LEVEL, Refiner, load_refiner
from generate.pictures.summoning.shipped import GRAPHS, REFINER, name_graph

OPSET = 18
# Constants of fewer numbers stay in the graph.
SMALL = 40
# The foldings of pictures of 32, 64, 96 and 128 pixels: all have the same grid.
FOLDINGS = (1, 2, 3, 4)


class Body(nn.Module):
    """``forward(folded (1, C, G, G), time (1,) in [0, 1000], embedded (1, E))`` gives (1, C, G, G).

    The network without the folding of pixels, and without its words, whose number differs.
    """

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.unet = network.unet

    def forward(self, folded: Tensor, time: Tensor, embedded: Tensor) -> Tensor:
        answer: Tensor = self.unet(folded, time, class_labels=embedded).sample
        return answer


def write_graphs(folder: Path = GRAPHS) -> list[Path]:
    """Write the graphs of the usual shapes, and the second stage, to ``folder``.

    Needs onnx and onnxscript.
    """
    torch.manual_seed(0)
    model, body = trace(Network(Shape(), 1))
    shapes = [Shape(size=32 * factor, factor=factor) for factor in FOLDINGS]
    written = [write_graph(model, body, shape, folder) for shape in shapes]
    return [*written, write_second_stage(folder)]


class SecondStage(nn.Module):
    """``forward(pictures (1, 3, S, S) in [-1, 1])`` gives (1, 3, 4 S, 4 S): all of `refine`."""

    def __init__(self, refiner: Refiner) -> None:
        super().__init__()
        self.refiner = refiner

    def forward(self, pictures: Tensor) -> Tensor:
        return self.refiner.enlarge(pictures, torch.full((1,), LEVEL))


def write_second_stage(folder: Path = GRAPHS) -> Path:
    """Write the shipped refiner, graph and weights in one, for pictures of any size."""
    refiner = load_refiner()
    assert refiner is not None
    height, width = torch.export.Dim("height", min=8), torch.export.Dim("width", min=8)
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            SecondStage(refiner.float()).eval(),
            (torch.rand(1, 3, 64, 48),),
            dynamo=True,
            opset_version=OPSET,
            verbose=False,
            dynamic_shapes=({2: height, 3: width},),
        )
    assert program is not None
    model = program.model_proto
    strip(model)
    with replacing(folder / f"{REFINER}.onnx.gz") as path:
        path.write_bytes(gzip.compress(model.SerializeToString(deterministic=True), 9, mtime=0))
    return folder / f"{REFINER}.onnx.gz"


def trace(network: Network) -> tuple[Any, dict[str, np.ndarray]]:
    """The ONNX model of ``network``, and the weights by which its constants can be told."""
    network = network.float().eval()
    grid, folded = network.shape.size // network.shape.factor, 3 * network.shape.factor**2
    for weight in network.parameters():  # all different, so that each is told by its numbers
        nn.init.normal_(weight)
    example = (torch.randn(1, folded, grid, grid), torch.tensor([300.0]), torch.randn(1, 256))
    example = (*example[:2], torch.randn(1, network.words.out_features))
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            Body(network).eval(), example, dynamo=True, opset_version=OPSET, verbose=False
        )
    assert program is not None
    weights = {name: weight.detach().numpy() for name, weight in network.unet.named_parameters()}
    return program.model_proto, weights


def write_graph(model: Any, weights: dict[str, np.ndarray], shape: Shape, folder: Path) -> Path:
    """Write ``model`` for ``shape``: NAME.onnx.gz, and NAME.json with the order of its weights.

    The weights lie outside, in a file "weights", one after the other as float32. NAME.json lists
    [name, shape, whether it is transposed] of each.
    """
    import onnx

    graph = onnx.ModelProto()
    graph.CopyFrom(model)
    channels = 3 * shape.factor**2
    resized = {
        "conv_in.weight": {1: channels},
        "conv_out.weight": {0: channels},
        "conv_out.bias": {0: channels},
    }
    order, offset = [], 0
    for constant in graph.graph.initializer:
        values = onnx.numpy_helper.to_array(constant)
        if values.dtype != np.float32 or (values.size < SMALL and "conv_out" not in constant.name):
            continue
        found = find_weight(values, weights)
        if found is None:
            continue
        name, turned = found
        dims = list(constant.dims)
        for place, size in resized.get(name, {}).items():
            dims[place] = size
        length = 4 * int(np.prod(dims))
        order.append([name, dims, turned])
        put_outside(constant, dims, offset, length)
        offset += length
    for value in (*graph.graph.input, *graph.graph.output):
        if len(value.type.tensor_type.shape.dim) == 4:
            value.type.tensor_type.shape.dim[1].dim_value = channels
    strip(graph)
    name = name_graph(describe(shape))
    with replacing(folder / f"{name}.onnx.gz") as path:
        path.write_bytes(gzip.compress(graph.SerializeToString(deterministic=True), 9, mtime=0))
    with replacing(folder / f"{name}.json") as path:
        path.write_text(json.dumps(order, separators=(",", ":")) + "\n")
    return folder / f"{name}.onnx.gz"


def find_weight(values: np.ndarray, weights: dict[str, np.ndarray]) -> tuple[str, bool] | None:
    """The weight that a constant is, and whether it is transposed; None for another constant."""
    for name, weight in weights.items():
        if weight.size != values.size:
            continue
        if np.array_equal(weight.ravel(), values.ravel()):
            return name, False
        if weight.ndim == 2 and np.array_equal(weight.T, values):
            return name, True
    return None


def put_outside(constant: Any, dims: list[int], offset: int, length: int) -> None:
    """Refer from ``constant`` to a place in the file of weights."""
    import onnx

    constant.ClearField("raw_data")
    constant.ClearField("dims")
    constant.dims.extend(dims)
    constant.data_location = onnx.TensorProto.EXTERNAL
    facts = {"location": "weights", "offset": str(offset), "length": str(length)}
    for key, value in facts.items():
        constant.external_data.add(key=key, value=value)


def strip(model: Any) -> None:
    """Take out what only tells where a node came from."""
    del model.graph.value_info[:]
    del model.metadata_props[:]
    model.doc_string = model.graph.doc_string = ""
    del model.graph.metadata_props[:]
    for node in model.graph.node:
        node.doc_string = ""
        del node.metadata_props[:]
    for value in (*model.graph.input, *model.graph.output, *model.graph.initializer):
        value.doc_string = ""
        del value.metadata_props[:]


def describe(shape: Shape) -> dict[str, Any]:
    """What of a network's config.json its graph depends on."""
    with torch.device("meta"):
        return Network(shape, 1).describe()

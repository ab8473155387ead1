"""The networks keep to operators that a browser can run: exported to ONNX, they answer the same."""

import warnings

import numpy as np
import pytest
import torch

from generate.pictures.networks.shape import Shape, choose_factor
from generate.pictures.networks.unet import Network
from generate.pictures.networks.weights import count_parameters
from generate.pictures.refining.finisher.network import Finisher
from generate.pictures.refining.refiner import LEVEL, Refiner

WORDS = 4


def export(module, inputs, path):
    """What the ONNX file answers to ``inputs``, by the reference implementation of ONNX."""
    onnx = pytest.importorskip("onnx")
    pytest.importorskip("onnxscript")
    from onnx.reference import ReferenceEvaluator

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module, inputs, path, dynamo=True, opset_version=18, external_data=False, verbose=False
        )
    model = onnx.load(path)
    assert {i.version for i in model.opset_import if i.domain in ("", "ai.onnx")} == {18}
    assert {node.domain for node in model.graph.node} <= {"", "ai.onnx"}
    names = [value.name for value in model.graph.input]
    feeds = {name: x.numpy() for name, x in zip(names, inputs, strict=True)}
    return ReferenceEvaluator(model).run(None, feeds)[0]


@pytest.mark.slow
def test_the_first_stage_exports_exactly(tmp_path):
    torch.manual_seed(0)
    shape = Shape(16, 2, (16, 32), 1, 1, 16, 4)
    network = Network(shape, WORDS).eval()
    torch.nn.init.normal_(network.unet.conv_out.weight, std=0.1)
    inputs = (torch.randn(1, 3, 16, 16), torch.tensor([300.0]), torch.rand(1, WORDS + 8))
    answer = export(network, inputs, tmp_path / "network.onnx")
    with torch.inference_mode():
        assert np.abs(network(*inputs).numpy() - answer).max() < 1e-4


class SecondStage(torch.nn.Module):
    """All of the second stage, as a browser would run it."""

    def __init__(self, refiner):
        super().__init__()
        self.refiner = refiner

    def forward(self, pictures, level):
        return self.refiner.enlarge(pictures, level)


@pytest.mark.slow
@pytest.mark.parametrize("part", [Refiner, Finisher])
def test_the_second_stage_exports_exactly(tmp_path, part):
    torch.manual_seed(0)
    refiner = part(8, 1)
    torch.nn.init.normal_(refiner.leave.weight, std=0.1)
    stage = SecondStage(refiner).eval()
    inputs = (torch.rand(1, 3, 8, 8), torch.tensor([LEVEL]))
    answer = export(stage, inputs, tmp_path / "refiner.onnx")
    with torch.inference_mode():
        assert np.abs(stage(*inputs).numpy() - answer).max() < 1e-4


def test_the_networks_are_small_enough():
    assert count_parameters(Network(Shape(), 128)) < 8_000_000
    assert count_parameters(Refiner()) < 1_000_000
    assert choose_factor(64) == 2

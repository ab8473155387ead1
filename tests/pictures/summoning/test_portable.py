"""A model as browsers take it: a graph without weights, and the weights that it wants."""

import json
import shutil

import numpy as np
import pytest
import torch
from PIL import Image, ImageFilter

from generate.errors import Refusal
from generate.pictures import STARTER
from generate.pictures.model_folder import load_model
from generate.pictures.networks.shape import Shape
from generate.pictures.networks.unet import Network
from generate.pictures.refining.refiner import refine
from generate.pictures.summoning.asking import complete
from generate.pictures.summoning.graph import describe
from generate.pictures.summoning.model import PART, cut, open_portable
from generate.pictures.summoning.parts import BODY, CONFIG, PARTS
from generate.pictures.summoning.shipped import REFINER, name_graph, read_graph, read_order


@pytest.mark.parametrize("factor", [1, 2, 3, 4])
def test_every_usual_size_has_a_graph_of_all_its_weights(factor):
    shape = Shape(size=32 * factor, factor=factor)
    name = name_graph(describe(shape))
    assert read_graph(name)
    with torch.device("meta"):
        weights = Network(shape, 1).unet.state_dict()
    order = {weight: (dims, turned) for weight, dims, turned in read_order(name)}
    assert set(order) == set(weights)
    for weight, (dims, turned) in order.items():
        given = list(weights[weight].shape)
        assert np.prod(dims) == np.prod(given)
        assert not turned or dims == given[::-1]


@pytest.mark.slow
def test_the_graph_answers_as_torch_does(tmp_path):
    onnx = pytest.importorskip("onnx")
    from onnx.reference import ReferenceEvaluator

    portable = open_portable(STARTER, 16, 3.0)
    family = load_model(STARTER)
    halves = np.frombuffer(portable.read_weights(), np.float16)
    words = len(family.vocabulary) * portable.facts["embed"]
    (tmp_path / "graph.onnx").write_bytes(portable.graph)
    (tmp_path / "weights").write_bytes(halves[:-words].astype("<f4").tobytes())
    generator = torch.Generator().manual_seed(1)
    picture = torch.randn(1, 3, 64, 64, generator=generator)
    asked = torch.zeros(1, len(family.vocabulary))
    asked[0, [0, 18, 40]] = 1
    table = halves[-words:].astype(np.float32).reshape(len(family.vocabulary), -1)
    feeds = {
        "folded": torch.nn.functional.pixel_unshuffle(picture, 2).numpy(),
        "time": np.array([300], np.float32),
        "embedded": asked.numpy() @ table,
    }
    answer = ReferenceEvaluator(onnx.load(tmp_path / "graph.onnx")).run(None, feeds)[0]
    unfolded = torch.nn.functional.pixel_shuffle(torch.from_numpy(answer), 2)
    with torch.inference_mode():
        known = family.network.float()(picture, torch.tensor([300.0]), asked)
    assert (unfolded - known).abs().max() < 1e-3 and known.std() > 0.1


@pytest.mark.parametrize("size", [32, 64])
def test_the_second_stage_answers_as_torch_does(size):
    """Fails too where the shipped refiner was trained anew and its graph was not."""
    onnx = pytest.importorskip("onnx")
    from onnx.reference import ReferenceEvaluator

    graph = onnx.load_from_string(read_graph(REFINER))
    levels = np.random.default_rng(size).integers(0, 256, (3, size, size), np.uint8)
    drawn = Image.fromarray(levels.transpose(1, 2, 0)).filter(ImageFilter.GaussianBlur(1))
    picture = np.asarray(drawn).transpose(2, 0, 1)
    pixels = (picture[None] / 127.5 - 1).astype(np.float32)
    answer = ReferenceEvaluator(graph).run(None, {"pictures": pixels})[0]
    large = np.round((answer.clip(-1, 1) + 1) * 127.5)[0].transpose(1, 2, 0)
    assert np.abs(large - np.asarray(refine(picture.copy())).astype(int)).max() <= 1


def test_parts_are_small_and_lose_nothing():
    weights = open_portable(STARTER, 16, 3.0).read_weights()
    parts = cut(weights)
    assert max(map(len, parts)) <= PART and b"".join(parts) == weights
    assert 15e6 < len(weights) < 17e6


def test_what_decides_a_beast_decides_its_digest():
    found = {part: part for part in PARTS}
    portable = open_portable(STARTER, 16, 3.0)
    key = portable.sign(found)
    assert key == open_portable(STARTER, 16, 3.0).sign(found) and len(key) == 16
    assert key != open_portable(STARTER, 15, 3.0).sign(found)
    assert key != open_portable(STARTER, 16, 2.0).sign(found)
    assert key != portable.sign({**found, BODY: "another"})


def test_models_that_browsers_cannot_run_say_why(tmp_path):
    assert "no model" in open_portable(tmp_path, 16, 3.0)
    folder = shutil.copytree(STARTER, tmp_path / "model")
    facts = json.loads((folder / "jungle.json").read_text())
    (folder / "jungle.json").write_text(json.dumps(facts | {"recipe": "gan"}))
    assert '"gan"' in open_portable(folder, 16, 3.0)
    (folder / "jungle.json").write_text(json.dumps(facts))
    config = json.loads((folder / CONFIG).read_text())
    (folder / CONFIG).write_text(json.dumps(config | {"layers_per_block": 2}))
    assert "no graph" in open_portable(folder, 16, 3.0)
    (folder / CONFIG).write_text(json.dumps(config))
    (folder / BODY).write_bytes(b"broken")
    with pytest.raises(Refusal, match="train the model again"):
        open_portable(folder, 16, 3.0).read_weights()


def test_the_seed_completes_what_the_words_leave_open():
    groups = ["plan", "plan", "coat", "coat", "hour", "word"]
    rows = [[0, 2, 4], [1, 3, 4]]
    for seed in range(20):
        vector = complete(groups, rows, [1], seed)
        assert vector[1] == 1 and vector[0] == 0 and vector[4] == 1
        assert vector[2] + vector[3] == 1
    assert len({tuple(complete(groups, rows, [1], seed)) for seed in range(20)}) == 2
    assert complete(groups, rows, [], 3).sum() == 0

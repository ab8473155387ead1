"""Damaged files of the project's own: one clear line, and made again where that can be done."""

import json
import shutil

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.numpy import save_file

from generate.errors import Refusal
from generate.pictures.choosing.starter_drawings import read_drawings, write_drawings
from generate.pictures.data.dataset import PICTURES, ROWS, read_dataset
from generate.pictures.data.dataset import WORDS as VOCABULARY_FILE
from generate.pictures.data.vocabulary import Vocabulary, read_vocabulary
from generate.pictures.families.flow import Flow
from generate.pictures.model_folder import (
    FACTS,
    PROMPTS,
    VOCABULARY,
    load_model,
    read_prompts,
    save_model,
)
from generate.pictures.networks.shape import Shape
from generate.pictures.networks.unet import Network
from generate.pictures.refining import trainer as refiner
from generate.pictures.sampling.prints import record_rows
from generate.pictures.training.chunks import gather_drawings

CONFIG = "unet/config.json"
WORDS = Vocabulary(("owl", "cat"), ("class", "class"), {"kitten": "cat"})


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """The folder of a tiny model."""
    folder = tmp_path_factory.mktemp("model")
    network = Network(Shape(16, 2, (16, 16), 1, 1, 8, 4), len(WORDS)).eval()
    family = Flow(network, WORDS, {"recipe": "flow"})
    prompts = [{"text": "an owl", "tags": {"class": "owl"}}, {"text": None, "tags": {}}]
    save_model(family, folder, prompts, "")
    return folder


@pytest.fixture
def folder(sound, tmp_path):
    return shutil.copytree(sound, tmp_path / "model")


def change(path, **values):
    """Set keys of a JSON file; None takes one out."""
    record = json.loads(path.read_text()) | values
    path.write_text(json.dumps({key: v for key, v in record.items() if v is not None}))


def test_the_sound_model_is_read(folder):
    model = load_model(folder)
    assert model.network.shape == Shape(16, 2, (16, 16), 1, 1, 8, 4)
    assert isinstance(model, Flow)
    assert [row["text"] for row in read_prompts(folder)] == ["an owl", None]


@pytest.mark.parametrize(
    ("name", "values"),
    [
        (CONFIG, {"block_out_channels": []}),
        (CONFIG, {"block_out_channels": [-16, 16]}),
        (CONFIG, {"block_out_channels": [16, 10**6]}),
        (CONFIG, {"block_out_channels": "16"}),
        (CONFIG, {"layers_per_block": -1}),
        (CONFIG, {"layers_per_block": 10**6}),
        (CONFIG, {"norm_num_groups": 0}),
        (CONFIG, {"in_channels": None}),
        (CONFIG, {"in_channels": 3 * 99_999**2}),
        (FACTS, {"factor": 99_999}),
        (FACTS, {"factor": -2}),
        (FACTS, {"factor": float("inf")}),
        (FACTS, {"recipe": None}),
        (FACTS, {"recipe": 5}),
    ],
)
def test_a_model_that_cannot_be_is_one_clear_line(folder, name, values):
    change(folder / name, **values)
    with pytest.raises(Refusal, match=r"not one of this project's models; train again") as refusal:
        load_model(folder)
    assert "\n" not in str(refusal.value) and str(folder) in str(refusal.value)


def test_a_recipe_of_another_name_is_one_clear_line(folder):
    change(folder / FACTS, recipe="x")
    with pytest.raises(Refusal, match="known: flow, ddpm"):
        load_model(folder)


@pytest.mark.parametrize(
    "values",
    [
        {"synonyms": ["abc"]},
        {"synonyms": {"a": 5}},
        {"tokens": ["owl"]},
        {"tokens": ["owl", 5]},
        {"tokens": 5},
    ],
)
def test_words_that_are_none_are_one_clear_line(folder, values):
    assert read_vocabulary(folder / VOCABULARY) == WORDS
    change(folder / VOCABULARY, **values)
    with pytest.raises(Refusal, match="is no vocabulary; train the model again"):
        read_vocabulary(folder / VOCABULARY)


@pytest.mark.parametrize(
    "line", ["5", "[]", '{"text": 5, "tags": {}}', '{"text": "a", "tags": []}', "{", "[" * 200_000]
)
def test_captions_that_are_none_are_one_clear_line(folder, line):
    (folder / PROMPTS).write_text(f"{line}\n")
    with pytest.raises(Refusal, match="missing or damaged; train the model again"):
        read_prompts(folder)


@pytest.mark.parametrize("line", ["5", "{}", "{", "[" * 200_000])
def test_a_damaged_training_set_is_one_clear_line(tmp_path, line):
    save_file({"images": np.zeros((2, 3, 8, 8), np.uint8)}, tmp_path / PICTURES)
    WORDS.write(tmp_path / VOCABULARY_FILE)
    rows = ['{"file_name": "0.png", "text": null, "tags": {}, "split": "train"}'] * 2
    (tmp_path / ROWS).write_text("\n".join(rows))
    assert len(read_dataset(tmp_path).places("train")) == 2
    (tmp_path / ROWS).write_text(f"{rows[0]}\n{line}\n")
    with pytest.raises(Refusal, match="is damaged; delete it to have it made again"):
        read_dataset(tmp_path)


def test_rows_of_finished_pictures_that_are_damaged_are_passed_over(tmp_path):
    for name in ("1.png", "2.png"):
        Image.new("L", (2, 2)).save(tmp_path / name)
    sound = {"file_name": "1.png", "text": "an owl"}
    damaged = ['{"file_name": 5}', '{"file_name": null}', "5", "{", "[" * 200_000]
    lines = [*damaged[:3], json.dumps(sound), *damaged[3:]]
    (tmp_path / "metadata.jsonl").write_text("\n".join(lines))
    record_rows(tmp_path, [{"file_name": "2.png"}])
    kept = (tmp_path / "metadata.jsonl").read_text()
    assert [json.loads(line) for line in kept.split("\n")[:-1]] == [sound, {"file_name": "2.png"}]


def test_the_starters_drawings_cut_short_are_one_clear_line(tmp_path):
    path = tmp_path / "drawings.safetensors"
    drawings = np.zeros((3, 3, 64, 64), np.uint8)
    write_drawings(drawings, path)
    assert read_drawings(path).means.shape == (3, 3, 8, 8)
    other = tmp_path / "cut.safetensors"
    other.write_bytes(path.read_bytes()[:130])
    refuse_drawings(other)
    save_file({"means": np.zeros((3, 3, 8, 8), np.uint8)}, other)
    refuse_drawings(other)
    save_file({"means": np.zeros((3, 8), np.uint8), "rest": np.zeros(3, np.float32)}, other)
    refuse_drawings(other)


def refuse_drawings(path):
    with pytest.raises(Refusal, match=r"is damaged \(.+\); restore it") as refusal:
        read_drawings(path)
    assert "\n" not in str(refusal.value)


GATHERED = {
    "drawings": lambda home: gather_drawings(home, [1, 2, 3], 64),
    "pairs": lambda home: refiner.gather_pairs(home, 3),
}


@pytest.mark.parametrize("name", GATHERED)
def test_a_damaged_chunk_of_drawings_is_drawn_again(tmp_path, monkeypatch, capsys, name):
    monkeypatch.setattr("generate.pictures.training.chunks.CHUNK", 2)
    monkeypatch.setattr("generate.pictures.refining.trainer.CHUNK", 2)
    gather = GATHERED[name]
    first = gather(tmp_path)
    paths = sorted(tmp_path.glob("*.safetensors"))
    before = [path.read_bytes() for path in paths]
    assert len(paths) == 2
    for data in (before[0][:1000], b"", b"\xff" * 99):
        paths[0].write_bytes(data)
        again = gather(tmp_path)
        assert f"{paths[0]}: is damaged; made again" in capsys.readouterr().out
        assert torch.equal(first[0], again[0])
        assert torch.equal(first[1], again[1]) if name == "pairs" else first[1] == again[1]
    assert [path.read_bytes() for path in paths] == before
    save_file({"images": np.zeros((2, 3, 64, 64), np.uint8)}, paths[0])  # without its captions
    assert torch.equal(gather(tmp_path)[0], first[0])

    def fail(*_):
        raise AssertionError("drawn though it is there")

    monkeypatch.setattr("generate.pictures.training.chunks.draw_all", fail)
    monkeypatch.setattr("generate.pictures.fieldguide.drawings.draw_all", fail)
    assert torch.equal(gather(tmp_path)[0], first[0])

"""Extractors by name, the shipped one among them, and a folder in the true format."""

import json
import signal

import numpy as np
import pytest
import torch

from generate.errors import Refusal
from generate.evaluation.judge.extractor import (
    FEATURES,
    WEIGHTS,
    Extractor,
    examine,
    load_extractor,
    resize,
)
from generate.evaluation.scoring.features import (
    extract_random,
    keep_apart,
    open_features,
)
from generate.pictures.fieldguide.scene import VOCABULARY


@pytest.fixture(scope="module")
def pictures():
    return np.random.default_rng(0).integers(0, 256, (5, 3, 32, 32)).astype(np.uint8)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A random DINOv2 of two thin layers, saved as transformers saves it."""
    from transformers import Dinov2Config, Dinov2Model

    torch.manual_seed(0)
    config = Dinov2Config(
        hidden_size=16, num_hidden_layers=2, num_attention_heads=2, image_size=28, patch_size=14
    )
    home = tmp_path_factory.mktemp("eyes")
    Dinov2Model(config).save_pretrained(home / "tiny-dinov2")
    return home


def test_random_features_are_fixed_and_tell_pictures_apart(pictures):
    found = open_features("random", None).extract(pictures)
    assert found.shape == (5, 16 * 16 * 3 + 2 * (32 + 64 + 128))
    assert np.array_equal(found, extract_random(pictures))
    assert np.array_equal(found[2:3], extract_random(pictures[2:3]))
    assert np.linalg.norm(found[0] - found[1]) > 1


def test_a_local_folder_of_transformers_gives_what_its_model_pools(folder, pictures):
    from transformers import AutoModel

    features = open_features("tiny-dinov2", folder)
    assert features.name == "tiny-dinov2"
    model = AutoModel.from_pretrained(folder / "tiny-dinov2").eval()
    pixels = torch.from_numpy(resize(pictures, 28)).float() / 255
    mean = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1)
    deviation = torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1)
    with torch.inference_mode():
        expected = model(pixel_values=(pixels - mean) / deviation).pooler_output
    assert np.allclose(features.extract(pictures), expected.numpy(), atol=1e-5)


def test_a_folder_says_how_its_model_wants_to_be_fed(folder, pictures):
    plain = open_features("tiny-dinov2", folder).extract(pictures)
    path = folder / "tiny-dinov2/preprocessor_config.json"
    path.write_text(json.dumps({"crop_size": {"height": 42, "width": 42}, "image_mean": [0, 0, 0]}))
    try:
        assert not np.allclose(open_features("tiny-dinov2", folder).extract(pictures), plain)
    finally:
        path.unlink()


def test_other_names_and_other_formats_are_refused(folder, tmp_path):
    with pytest.raises(Refusal, match=r"neither .*ours"):
        open_features("inception", tmp_path)
    pickled = tmp_path / "pickled"
    pickled.mkdir()
    (pickled / "config.json").write_text((folder / "tiny-dinov2/config.json").read_text())
    torch.save({}, pickled / "pytorch_model.bin")
    with pytest.raises(Refusal, match="safetensors"):
        open_features("pickled", tmp_path)
    (pickled / "model.safetensors").write_bytes(b"no tensors")
    with pytest.raises(Refusal, match="pickled"):
        open_features("pickled", tmp_path)


def test_resizing_averages_what_it_takes_away():
    stripes = np.zeros((1, 3, 64, 64), np.uint8)
    stripes[..., ::2] = 255
    small = resize(stripes, 16)
    assert small.shape == (1, 3, 16, 16) and abs(small[..., 2:-2].mean() - 127.5) < 4
    assert np.array_equal(resize(stripes, 64), stripes)


def test_the_shipped_eye_knows_bodies_of_drawings_it_never_saw():
    from generate.evaluation.judge.trainer import lesson_seed
    from generate.pictures.choosing.starter_drawings import drawing_seed
    from generate.pictures.fieldguide.scene import draw
    from generate.recipe import derive_seed

    assert WEIGHTS.stat().st_size < 1 << 20
    extractor = load_extractor()
    assert set(extractor.answers["plan"]) == set(VOCABULARY["plan"])
    seeds = [derive_seed("test of the eye", number) for number in range(60)]
    assert not {lesson_seed(n) for n in range(9000)} & {drawing_seed(n) for n in range(9000)}
    drawings = [draw(seed, 64) for seed in seeds]
    pixels = np.stack([np.asarray(d.image).transpose(2, 0, 1) for d in drawings])
    features, seen = examine(pixels, extractor)
    right = {
        group: np.mean([d.tags[group] == a for d, a in zip(drawings, answers, strict=True)])
        for group, answers in seen.items()
    }
    assert features.shape == (60, FEATURES)
    assert right["plan"] >= 0.85 and right["hour"] >= 0.85
    # Pictures of another size are looked at at the eye's own.
    assert len(examine(pixels[:2, :, ::2, ::2], extractor)[0]) == 2


def test_a_damaged_or_missing_eye_is_one_clear_line(tmp_path):
    with pytest.raises(Refusal, match="train-extractor"):
        load_extractor(tmp_path / "none.safetensors")
    path = tmp_path / "broken.safetensors"
    path.write_bytes(WEIGHTS.read_bytes()[:5000])
    with pytest.raises(Refusal, match="corrupt"):
        load_extractor(path)


def test_a_lesson_learns_goes_on_and_never_replaces_the_eye(tmp_path, monkeypatch, write_settings):
    from generate.evaluation.judge import trainer as lesson
    from generate.pictures.fieldguide import drawings
    from generate.pictures.training import chunks, run

    for name, value in {
        "DRAWINGS": 48,
        "HELD_OUT": 16,
        "EPOCHS": 3,
    }.items():
        monkeypatch.setattr(lesson, name, value)
    monkeypatch.setattr(lesson, "BATCH", 8)
    # Which arithmetic is faster may change between the runs that are compared.
    monkeypatch.setattr(lesson, "choose_arithmetic", lambda lessons, plan: "float32")
    monkeypatch.setattr(chunks, "CHUNK", 32)
    monkeypatch.setattr(
        chunks,
        "draw_all",
        lambda seeds, size: [drawings.as_entry(drawings.draw_one((s, size))) for s in seeds],
    )
    settings = write_settings("")
    whole = tmp_path / "whole.safetensors"
    accuracy = lesson.train_extractor(settings, whole)
    assert (
        set(accuracy) == set(lesson.GROUPS)
        and "48 drawings" in whole.with_suffix(".md").read_text()
    )

    stopped = tmp_path / "stopped.safetensors"
    record = run.record_losses

    def stop(under_way, report):
        record(under_way, report)
        if report.step == 4:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(run, "record_losses", stop)
    with pytest.raises(KeyboardInterrupt):
        lesson.train_extractor(settings, stopped)
    monkeypatch.setattr(run, "record_losses", record)
    lesson.train_extractor(settings, stopped)
    ours, theirs = (load_extractor(path).state_dict() for path in (stopped, whole))
    for name, weight in ours.items():
        assert torch.allclose(weight.float(), theirs[name].float(), atol=1e-3), name
    with pytest.raises(Refusal, match="frozen"):
        lesson.train_extractor(settings, whole)


def test_disturbed_pictures_stay_in_range_and_differ():
    from generate.evaluation.judge.trainer import disturb

    pictures = torch.rand(4, 3, 64, 64) * 2 - 1
    altered = disturb(pictures, torch.Generator().manual_seed(1))
    assert altered.shape == pictures.shape and altered.abs().max() <= 1
    assert not torch.equal(altered, pictures)
    assert torch.equal(altered, disturb(pictures, torch.Generator().manual_seed(1)))


def test_features_do_not_depend_on_the_company(pictures):
    torch.manual_seed(0)
    extractor = Extractor({"plan": ["a", "b"]}).eval()
    together = examine(pictures, extractor)[0]
    assert np.allclose(together[3:4], examine(pictures[3:4], extractor)[0], atol=1e-5)
    assert examine(pictures[:0], extractor)[0].shape == (0, FEATURES)


def test_what_a_model_trained_with_does_not_judge_it(folder):
    digest = open_features("tiny-dinov2", folder).digest
    assert len(digest) == 64
    facts = {"recipe": "tried", "eyes": [{"name": "a copy under another name", "digest": digest}]}
    asked = [open_features(name, folder) for name in ("random", "tiny-dinov2")]
    kept, lines = keep_apart(asked, facts)
    assert [one.name for one in kept] == ["random"]
    assert len(lines) == 1 and "tiny-dinov2" in lines[0] and "a copy under another" in lines[0]
    assert keep_apart(asked, {"recipe": "tried"}) == (asked, [])
    with pytest.raises(Refusal, match=r'trained with .* add another, such as "ours"'):
        keep_apart(asked[1:], facts)


def test_lite0_judges_where_its_package_is(monkeypatch, pictures):
    from generate.pictures.eyes import opening
    from generate.pictures.eyes.lite0 import Lite0

    monkeypatch.setattr(opening, "find_lite0", lambda: None)
    with pytest.raises(Refusal, match=r"evaluate.extractors: lite0 needs .*pip install"):
        open_features("lite0", None)
    monkeypatch.setattr(
        "generate.evaluation.scoring.features.open_eyes",
        lambda asker: opening.Eyes("lite0", "digest", Lite0()),
    )
    features = open_features("lite0", None)
    assert features.extract(pictures[:2]).shape == (2, 1280)
    assert (features.name, features.digest) == ("lite0", "digest")

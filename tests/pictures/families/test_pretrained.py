"""Pipelines that others trained: three architectures, in the true format, with random weights."""

import shutil

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from generate.build import build_pictures
from generate.cards import read_card
from generate.errors import Refusal
from generate.files import read_json
from generate.pictures.compute.levels import to_levels
from generate.pictures.data.vocabulary import Vocabulary
from generate.pictures.families.base import PRINT
from generate.pictures.families.pretrained import Pretrained
from generate.pictures.families.settings import PretrainedSettings
from generate.pictures.model_folder import load_model, save_model
from generate.pictures.training.loop import make_optimisers, train_steps
from generate.pictures.training.pictures import TrainingPictures, seeded
from generate.pictures.training.plan import Plan
from generate.safety.hub_models import explain_failure
from generate.settings import read_settings
from tests.pictures.tiny_pipelines import save_tiny

ASKED = [{"text": "a striped snake", "tags": {}}, {"text": "an owl", "tags": {}}]


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """The folders of a tiny pipeline of each kind."""
    home = tmp_path_factory.mktemp("models")
    return {kind: save_tiny(kind, home / kind) for kind in ("sd", "xl", "dit")}


def open_family(model, size=16, **own):
    facts = {"recipe": "pretrained", "size": size, "source": "set", "model": str(model)}
    family = Pretrained.create(Vocabulary(), facts, PretrainedSettings(**own))
    family.begin(None, "set")
    return family


def draw(family, prompts, names, watch=None, guidance=3.0, steps=3):
    noise = family.noise([seeded(name) for name in names])
    return family.sample(family.encode(prompts), noise, steps, guidance, watch)


@pytest.mark.parametrize("kind", ["sd", "xl", "dit"])
def test_a_picture_depends_on_its_seed_and_words_alone(models, kind):
    """The schedulers of all three add noise at each step: it is seeded as well."""
    family, seen = open_family(models[kind]), []
    drawn = draw(family, ASKED, ["a", "b"], lambda step, state: seen.append((step, state)))
    assert drawn.pictures.shape == (2, 3, 16, 16) and float(drawn.pictures.abs().max()) <= 1
    torch.randn(7)  # what was drawn before has no part in it
    assert torch.equal(draw(family, ASKED[1:], ["b"]).pictures, drawn.pictures[1:])
    assert not torch.equal(draw(family, ASKED, ["c", "d"]).pictures, drawn.pictures)
    other = draw(family, ASKED[::-1], ["a", "b"]).pictures
    assert not torch.equal(other, drawn.pictures), "words matter"
    assert [step for step, _ in seen] == [0, 1, 2, 3]
    assert torch.equal(seen[-1][1], drawn.pictures)
    shown = family.develop(seen[1][1])
    assert shown.shape == (2, 3, 16, 16) and float(shown.abs().max()) <= 1
    assert not torch.equal(shown, family.develop(seen[2][1]))
    assert all(beside[PRINT].startswith(b"\x89PNG") for beside in drawn.beside)
    assert family.count_parameters() > 1000


def test_an_imagegpt_writes_its_pictures_pixel_by_pixel(tmp_path):
    family, seen = open_family(save_tiny("gpt", tmp_path / "gpt"), size=8), []
    drawn = draw(family, ASKED, ["a", "b"], lambda step, state: seen.append(state))
    assert torch.equal(draw(family, ASKED[1:], ["b"]).pictures, drawn.pictures[1:])
    assert not torch.equal(draw(family, ASKED, ["c", "d"]).pictures, drawn.pictures)
    assert not family.asks(family.encode(ASKED)).any(), "it reads no words"
    colours = (family.pipeline.colours + 1) * 127.5
    pixels = to_levels(drawn.pictures).transpose(0, 2, 3, 1).reshape(-1, 3)
    distances = np.abs(pixels[:, None] - colours.numpy()[None]).max(2).min(1)
    assert distances.max() <= 1, "no other colours than its own"
    half = family.develop(seen[2])
    assert torch.allclose(half[:, :, :5], drawn.pictures[:, :, :5], atol=0.02)
    assert not half[:, :, 6:].any()


def test_distilled_models_draw_without_guidance(models, tmp_path):
    turbo = shutil.copytree(models["xl"], tmp_path / "tiny-xl-turbo")
    family = open_family(turbo)
    assert family.pipeline.unet.dtype == torch.float32
    draw(family, ASKED[:1], ["a"])
    assert family.pipeline.guidance_scale == 0
    told = open_family(turbo, guidance=2.5)
    draw(told, ASKED[:1], ["a"])
    assert told.pipeline.guidance_scale == 2.5


def test_what_is_not_wanted_changes_the_picture(models):
    plain = draw(open_family(models["sd"]), ASKED[:1], ["a"]).pictures
    heeded = draw(open_family(models["sd"], negative="text"), ASKED[:1], ["a"]).pictures
    assert not torch.equal(plain, heeded)


def test_prompts_are_written_from_captions():
    family = Pretrained.encode
    holder = type("Holder", (), {"manner": type("M", (), {"prompt": "{caption}, gouache"})()})()
    from generate.pictures.pipelines.words import to_texts

    rows = family(
        holder,
        [
            {"text": "ein Löwe", "tags": {}},
            {"text": None, "tags": {"class": "owl", "hour": "night"}},
            {"weights": {"snake": 0.5, "owl": 1.0, "frog": 0.0}},
            {"text": None, "tags": {}},
        ],
    )
    wanted = ["ein Löwe, gouache", "owl, night, gouache", "owl, snake, gouache", ""]
    assert to_texts(rows) == wanted
    assert rows.any(1).tolist() == [True, True, True, False]
    long = to_texts(family(holder, [{"text": "ö" * 500, "tags": {}}]))[0]
    assert len(long.encode()) <= 400 and set(long) == {"ö"}


def break_index(folder):
    (folder / "model_index.json").unlink()


def leave_pickles(folder):
    """Weights as torch saves them, under the names by which the libraries find them."""
    for path in folder.rglob("*.safetensors"):
        named = {"diffusion_pytorch_model": "diffusion_pytorch_model", "model": "pytorch_model"}
        torch.save(load_file(path), path.with_name(f"{named[path.stem]}.bin"))
        path.unlink()


def bring_code(folder):
    path = folder / "model_index.json"
    path.write_text(path.read_text().replace("StableDiffusionPipeline", "MyOwnPipeline"))


@pytest.mark.parametrize(
    ("harm", "line"),
    [
        (break_index, "has no model_index.json"),
        (leave_pickles, "safetensors"),
        (bring_code, "is a MyOwnPipeline, which this version of diffusers does not have"),
    ],
)
def test_a_folder_that_cannot_be_used_is_refused_in_one_line(models, tmp_path, harm, line):
    folder = shutil.copytree(models["sd"], tmp_path / "model")
    harm(folder)
    with pytest.raises(Refusal, match=line) as refusal:
        open_family(folder)
    assert "\n" not in str(refusal.value)


def test_a_model_that_cannot_be_had_is_named_with_what_to_do(monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(Refusal, match="no such folder a/b/c"):
        open_family("a/b/c")

    class GatedRepoError(Exception):
        pass

    class RepositoryNotFoundError(Exception):
        pass

    secret = "hf_" + "x" * 20
    lines = {
        GatedRepoError(secret): "accept its terms at https://huggingface.co/owner/name",
        RepositoryNotFoundError(secret): "has no model 'owner/name'",
        ConnectionError(secret): "cannot be reached",
    }
    for error, line in lines.items():
        told = explain_failure("pictures.model", "owner/name", False, error)
        assert line in told and secret not in told and "\n" not in told


def test_three_cards_by_a_model_in_a_folder(jungle, models, tmp_path):
    shutil.copytree(models["sd"], tmp_path / "tiny")
    jungle('recipe = "pretrained"\nmodel = "tiny"', count=3)
    path = tmp_path / "content/jungle.toml"
    text = path.read_text().replace("minutes = 0.01\n", "").replace("steps = 4", "steps = 2")
    path.write_text(f"count = 3\n{text}")
    settings = read_settings(tmp_path)
    build_pictures(settings)
    for number in (1, 2, 3):
        card = read_card(settings.bundles / f"beast-{number:03d}")
        assert card["made"]["picture"]["recipe"] == "pretrained"
        assert card["made"]["caption"]["how"] == "asked"
    before = (settings.bundles / "beast-001/picture.png").stat().st_mtime_ns
    build_pictures(read_settings(tmp_path))
    assert (settings.bundles / "beast-001/picture.png").stat().st_mtime_ns == before
    save_tiny("sd", tmp_path / "tiny", seed=1)
    from generate.freshness.decide import digest_path

    digest_path.cache_clear()
    build_pictures(read_settings(tmp_path))
    assert (settings.bundles / "beast-001/picture.png").stat().st_mtime_ns != before


def test_the_settings_ask_for_a_model(write_settings):
    with pytest.raises(Refusal, match='model = "owner/name"'):
        write_settings('[pictures]\nrecipe = "pretrained"\n')


@pytest.mark.parametrize("kind", ["sd", "xl"])
def test_a_lora_learns_and_is_kept_as_diffusers_keeps_it(models, tmp_path, kind):
    pytest.importorskip("peft")
    plain = draw(open_family(models[kind]), ASKED, ["a", "b"]).pictures
    family = open_family(models[kind], rank=2, rate=0.02)
    assert torch.allclose(draw(family, ASKED, ["a", "b"]).pictures, plain, atol=1e-5)
    pictures = torch.full((8, 3, 16, 16), 200, dtype=torch.uint8)
    rows = [{"text": "a bright wall", "tags": {}}] * 8
    training = TrainingPictures(pictures, family.encode(rows))
    plan = Plan(steps=8, batch=4, micro=4, rate=0.02, ramp=1)
    average = {name: weight.detach().clone() for name, weight in family.network.named_parameters()}
    batch = training.take(8)
    chance = family.settled_chance(batch, seeded("held-out"))
    before = float(family.losses("lora", batch, chance).mean().detach())
    list(train_steps(family, training, plan, make_optimisers(family, plan), average))
    assert float(family.losses("lora", batch, chance).mean().detach()) < before
    save_model(family, tmp_path / "model", rows, "card")
    taught = draw(family, ASKED, ["a", "b"]).pictures
    assert not torch.allclose(taught, plain, atol=1e-3)
    found = load_model(tmp_path / "model")
    assert torch.allclose(draw(found, ASKED, ["a", "b"]).pictures, taught, atol=1e-5)
    assert not any(w.requires_grad for w in family.pipeline.vae.parameters())
    wider = save_tiny(kind, tmp_path / "wider", channels=48)
    facts = read_json(tmp_path / "model/jungle.json") | {"model": str(wider)}
    (tmp_path / "model/jungle.json").write_text(__import__("json").dumps(facts))
    with pytest.raises(Refusal, match="a LoRA of another shape"):
        load_model(tmp_path / "model")


def test_what_cannot_be_taught_says_so(models, monkeypatch):
    from generate.pictures.pipelines import lora

    monkeypatch.setattr(lora, "find_spec", lambda name: None)
    with pytest.raises(Refusal, match="needs the package peft"):
        open_family(models["sd"], rank=2)
    monkeypatch.setattr(lora, "find_spec", lambda name: True)
    with pytest.raises(Refusal, match="a DiTPipeline cannot be taught here"):
        open_family(models["dit"], rank=2)


def test_levels_of_the_print_are_those_of_the_picture(models):
    """The small picture is the print, made smaller."""
    import io

    from PIL import Image

    drawn = draw(open_family(models["sd"], size=32), ASKED[:1], ["a"])
    large = np.asarray(Image.open(io.BytesIO(drawn.beside[0][PRINT])))
    assert np.array_equal(large.transpose(2, 0, 1), to_levels(drawn.pictures)[0])

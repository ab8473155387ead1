"""Pretrained text-to-audio models through the real loading code; engines mixed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from generate.errors import Refusal
from generate.freshness.decide import decide_sound
from generate.plan import read_bundles
from generate.settings import Settings, read_settings
from generate.sounds.mastering.encoding import encode_mp3, read_sound
from generate.sounds.settings import read_numbers
from generate.sounds.stage import make_and_master
from tests.sounds.engines.recorded import bark
from tests.sounds.engines.tiny import save_tiny_pipeline

pytest.importorskip("torch")
pytest.importorskip("diffusers")
pytest.importorskip("transformers")
KINDS = ("stable", "audioldm2", "musicldm", "musicgen", "vits")
CLASSES = ("StableAudioPipeline", "AudioLDM2Pipeline", "MusicLDMPipeline", "musicgen", "vits")
BRIEF = {"slug": "beast-001", "number": 1, "seed": 5, "caption": "a huge mossy elephant"}
# The libraries' own deprecations are theirs to mend.
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a tiny model of each kind."""
    pytest.importorskip("torchsde")
    from tests.sounds.engines.tiny_singers import save_singer

    home = tmp_path_factory.mktemp("models")
    save_tiny_pipeline(home / "stable")
    for kind in KINDS[1:]:
        save_singer(kind, home / kind)
    return home


def settings_for(home: Path, sounds: str, top: str = "count = 4") -> Settings:
    (home / "content").mkdir(exist_ok=True)
    toml = home / "content/jungle.toml"
    toml.write_text(f"{top}\n[sounds]\n{sounds}\n", encoding="utf-8")
    return read_settings(home)


def ask(model: Path | str, home: Path, more: str = "") -> Settings:
    short = "seconds = 1.2\nsteps = 2\ncandidates = 2"
    return settings_for(home, f'engine = "pretrained"\nmodel = "{model}"\n{short}\n{more}')


@pytest.mark.parametrize(("kind", "name"), [*zip(KINDS, CLASSES, strict=True)])
def test_each_class_makes_a_mastered_call(
    kind: str, name: str, models: Path, tmp_path: Path
) -> None:
    settings = ask(models / kind, tmp_path)
    (made,) = make_and_master(settings, [BRIEF])
    samples, rate = read_sound(made.path)
    figures = encode_mp3(samples, rate)[1]
    assert figures.true_peak <= -1 and abs(figures.loudness + 16) < 0.3
    assert 0.1 < len(samples) / rate < 2
    assert made.facts["engine"] == "pretrained" and made.facts["class"] == name
    assert "elephant" in made.facts["prompt"] and made.facts["candidates"] == 2
    assert ("negative_prompt" in made.facts) == (kind in KINDS[:3])
    first = made.path.read_bytes()
    # The seed and the words decide, whatever was drawn before.
    import torch

    torch.rand(7)
    (again,) = make_and_master(settings, [BRIEF])
    assert again.path.read_bytes() == first
    (other,) = make_and_master(settings, [{**BRIEF, "seed": 6}])
    assert other.path.read_bytes() != first


@pytest.mark.parametrize("kind", KINDS)
def test_a_clip_depends_on_its_seed_alone(kind: str, models: Path) -> None:
    import torch

    from generate.sounds.engines.pretrained.opening import open_singer
    from generate.sounds.engines.pretrained.singer import Order

    singer, order = open_singer(str(models / kind)), Order("a frog", "music", 1.0, 2)
    one, two = singer.sing(order, 1), singer.sing(order, 2)
    state = torch.random.get_rng_state()
    again = singer.sing(order, 1)
    assert torch.equal(torch.random.get_rng_state(), state)
    assert np.array_equal(one, again) and one.dtype == np.float32 and one.ndim == 2
    assert one.shape != two.shape or not np.array_equal(one, two)
    if kind != "vits":
        assert len(one) == pytest.approx(singer.rate, rel=0.1)
        louder = singer.sing(Order("a frog", "music", 1.0, 2, guidance=15.0), 1)
        assert not np.array_equal(one[: len(louder)], louder[: len(one)])


def refuse(settings: Settings) -> str:
    with pytest.raises(Refusal) as refusal:
        list(make_and_master(settings, [BRIEF]))
    line = str(refusal.value)
    assert "\n" not in line and refusal.value.__cause__ is None
    return line


@pytest.mark.parametrize(("kind", "most"), [("audioldm2", "1.6"), ("musicgen", "4")])
def test_too_long(kind: str, most: str, models: Path, tmp_path: Path) -> None:
    settings = settings_for(
        tmp_path, f'engine = "pretrained"\nmodel = "{models / kind}"\nseconds = 9.0\n'
    )
    line = refuse(settings)
    assert "sounds.seconds = 9 is too long" in line and f"up to {most} seconds" in line


def test_another_class_of_diffusers(models: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(models / "stable", tmp_path / "other"))
    index = folder / "model_index.json"
    index.write_text(index.read_text().replace("StableAudioPipeline", "StableDiffusionPipeline"))
    line = refuse(ask("other", tmp_path))
    assert "is a StableDiffusionPipeline, which makes no sound" in line and "MusicLDM" in line


def test_another_kind_of_transformers(tmp_path: Path) -> None:
    from transformers import GPT2Config

    GPT2Config(n_layer=1).save_pretrained(tmp_path / "gpt")
    assert "is a gpt2 of transformers, which makes no sound" in refuse(ask("gpt", tmp_path))


def test_code_of_a_folder_is_not_run(models: Path, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(models / "vits", tmp_path / "own"))
    (folder / "mine.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    config = folder / "config.json"
    text = config.read_text().replace('"model_type": "vits"', '"model_type": "mine"')
    own = '"auto_map": {"AutoConfig": "mine.C", "AutoModelForTextToWaveform": "mine.M"},'
    config.write_text(text.replace("{", "{" + own, 1))
    refuse(ask("own", tmp_path))
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    ("kind", "part"),
    [("audioldm2", "vocoder/model"), ("musicgen", "model"), ("vits", "model")],
)
def test_weights_that_are_no_safetensors_are_not_opened(
    kind: str, part: str, models: Path, tmp_path: Path
) -> None:
    import torch
    from safetensors.torch import load_file

    folder = Path(shutil.copytree(models / kind, tmp_path / "pickled"))
    weights = folder / f"{part}.safetensors"
    torch.save(load_file(weights), weights.parent / "pytorch_model.bin")
    weights.unlink()
    line = refuse(ask("pickled", tmp_path))
    assert "cannot be loaded" in line and "safetensors" in line


def test_a_folder_of_nothing(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "has neither model_index.json nor config.json" in refuse(ask("empty", tmp_path))
    assert "no such folder nowhere" in refuse(ask("nowhere", tmp_path))


def test_offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from huggingface_hub import constants

    monkeypatch.setenv("HF_TOKEN", "hf_" + "s3cret" * 5)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    line = refuse(ask("owner/sounds", tmp_path))
    assert "cannot be reached" in line and os.environ["HF_TOKEN"] not in line


def test_gated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from generate.sounds.engines.pretrained import opening

    class GatedRepoError(Exception):
        pass

    def fetch(*_: Any) -> bool:
        raise GatedRepoError("hf_secret in the text")

    monkeypatch.setattr(opening, "fetch", fetch)
    line = refuse(ask("owner/gated", tmp_path))
    assert "accept its terms at https://huggingface.co/owner/gated" in line
    assert "hf_secret" not in line


def test_offload_is_for_diffusers(models: Path, tmp_path: Path) -> None:
    assert "offload" in refuse(ask(models / "vits", tmp_path, "offload = true"))


def test_no_memory(models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import torch

    from generate.sounds.engines.pretrained.tokens import Speaker

    def sing(*_: Any) -> Any:
        raise torch.OutOfMemoryError

    monkeypatch.setattr(Speaker, "sing", sing)
    assert "no memory for a clip of 1.2 seconds" in refuse(ask(models / "vits", tmp_path))


def test_it_is_light_until_it_opens_a_model() -> None:
    code = (
        "import sys, generate.sounds.engines.pretrained.engine, generate.sounds.settings\n"
        "sys.exit('torch' in sys.modules or 'diffusers' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_engines_mixed(models: Path, tmp_path: Path) -> None:
    import soundfile

    (tmp_path / "dogs").mkdir()
    soundfile.write(tmp_path / "dogs/one.wav", bark(), 44_100)
    settings = settings_for(
        tmp_path,
        f'engine = "mixed"\nfolder = "dogs"\nmodel = "{models / "vits"}"\ncandidates = 1\n'
        '[sounds.mixed]\nfolder = "1"\npretrained = "2-3"',
    )
    briefs = [
        {"slug": f"beast-{n:03d}", "number": n, "seed": n, "phrase": "moru sali"} for n in (1, 2, 4)
    ]
    briefs.append({"slug": "ant", "number": None, "seed": 9, "phrase": "moru"})
    engines = [made.facts["engine"] for made in make_and_master(settings, briefs)]
    assert engines == ["folder", "pretrained", "voice", "voice"]


def test_mixing_leaves_the_others_fresh(tmp_path: Path) -> None:
    def keys(sounds: str) -> list[str]:
        settings = settings_for(tmp_path, sounds)
        return [decide_sound(settings, bundle).key for bundle in read_bundles(settings)]

    voice = keys('engine = "voice"')
    model = keys('engine = "pretrained"\nmodel = "a/b"')
    mixed = 'engine = "mixed"\nmodel = "a/b"\nmixed = {pretrained = "2, 4"}'
    assert keys(mixed) == [voice[0], model[1], voice[2], model[3]]
    assert keys('engine = "voice"\ndtype = "float32"\nguidance = 2.0\noffload = true') == voice
    assert keys('engine = "pretrained"\nmodel = "a/b"\nguidance = 2.0') != model


@pytest.mark.parametrize(
    ("sounds", "says"),
    [
        ('engine = "mixed"', "which cards"),
        ('mixed = {folder = "1-3", voice = "3"}', "one engine for card 3"),
        ('mixed = {folder = "3-1"}', "the lower first"),
        ('mixed = {folder = "0"}', "from 1 on"),
        ('mixed = {folder = "one"}', "numbers of cards"),
        ('mixed = {folder = ""}', "numbers of cards"),
        ('mixed = {flute = "1"}', "'voice'"),
        ('engine = "flute"', "'pretrained'"),
        ('dtype = "int8"', "float32"),
    ],
)
def test_settings_that_will_not_do(sounds: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(Refusal) as refusal:
        settings_for(tmp_path, sounds)
    assert says in str(refusal.value) and "\n" not in str(refusal.value)


def test_numbers_of_cards() -> None:
    assert read_numbers("1-3, 7,9 - 9") == [1, 2, 3, 7, 9]

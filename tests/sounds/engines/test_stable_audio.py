"""Stable Audio through the real loading code with random weights; prompts; ranking."""

import os
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from generate.errors import Refusal
from generate.sounds.engines import packages
from generate.sounds.engines.candidates import choose_best, judge_clip
from generate.sounds.engines.prompts import choose_prompt, write_prompt
from generate.sounds.mastering.encoding import encode_mp3, read_sound
from generate.sounds.stage import make_and_master
from tests.sounds.engines.tiny import save_tiny_pipeline

RATE = 44_100


def settings_for(model: str, home: Path, **changes: object) -> SimpleNamespace:
    asked = {
        "engine": "stable-audio",
        "model": model,
        "prompts": [],
        "negative_prompt": "music",
        "seconds": 1.2,
        "steps": 2,
        "candidates": 4,
        "loudness": -16.0,
    }
    sounds = SimpleNamespace(**{**asked, **changes})
    return SimpleNamespace(home=home, work=home / "work", seed=7, sounds=sounds)


BRIEF = {"slug": "beast-001", "seed": 5, "caption": "a huge mossy elephant", "hour": "night"}


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("torch")
    pytest.importorskip("diffusers")
    pytest.importorskip("torchsde")
    home = tmp_path_factory.mktemp("model")
    save_tiny_pipeline(home / "tiny")
    return home


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_another_clip_is_kept_where_a_person_takes_it(tiny: Path) -> None:
    settings = settings_for("tiny", tiny, candidates=3)
    (best,) = make_and_master(settings, [BRIEF])
    folder = best.path.with_suffix("")
    chosen = best.facts["candidate"] + 1
    kept = {path.stem for path in folder.glob("*.flac")}
    assert str(chosen) not in kept and kept <= {"1", "2", "3"} and kept
    wanted = int(min(kept))
    other, rate = read_sound(folder / f"{wanted}.flac")
    (taken,) = make_and_master(settings, [{**BRIEF, "take": wanted}])
    assert taken.facts["candidate"] == wanted - 1
    # What was heard is what is kept, as long as its call and to the sound of it.
    (again,) = make_and_master(settings, [{**BRIEF, "take": wanted}])
    assert again.path.read_bytes() == taken.path.read_bytes()
    assert len(taken.facts["verdict"]["passed over"]) == 2
    assert abs(len(other) / rate - taken.facts["seconds"]) < 0.3


# The libraries' own deprecations are theirs to mend.
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
def test_call_from_the_real_pipeline(tiny: Path) -> None:
    settings = settings_for("tiny", tiny)
    (made,) = make_and_master(settings, [BRIEF])
    first = made.path.read_bytes()
    samples, rate = read_sound(made.path)
    _, figures = encode_mp3(samples, rate)
    assert figures.loudness == pytest.approx(-16, abs=0.3) and figures.true_peak <= -1
    assert "elephant" in made.facts["prompt"] and made.facts["candidates"] == 4
    assert made.times is None and "torch" in made.facts["versions"]
    (again,) = make_and_master(settings, [BRIEF])
    assert again.path.read_bytes() == first
    (own,) = make_and_master(settings_for("tiny", tiny, prompts=["dog", "cat"]), [BRIEF])
    assert own.facts["prompt"] == "dog" and own.path.read_bytes() != first


class Marker:
    """What leaves a file behind if it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.path),)


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")
@pytest.mark.parametrize(
    ("part", "name"),
    [
        ("transformer", "diffusion_pytorch_model.bin"),
        ("vae", "diffusion_pytorch_model.bin"),
        ("text_encoder", "pytorch_model.bin"),
    ],
)
def test_weights_that_are_no_safetensors_are_not_opened(
    tiny: Path, tmp_path: Path, part: str, name: str
) -> None:
    import shutil

    import torch
    from safetensors.torch import load_file

    folder = Path(shutil.copytree(tiny / "tiny", tmp_path / "pickled"))
    (weights,) = (folder / part).glob("*.safetensors")
    torch.save(load_file(weights), folder / part / name)
    weights.unlink()
    line = refuse("pickled", tmp_path)
    assert "cannot be loaded" in line and "safetensors" in line
    torch.save(Marker(tmp_path / "ran"), folder / part / name)
    refuse("pickled", tmp_path)
    assert not (tmp_path / "ran").exists()


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    pytest.importorskip("diffusers")
    monkeypatch.delenv("HF_TOKEN", raising=False)
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))


def refuse(model: str, home: Path) -> str:
    with pytest.raises(Refusal) as refusal:
        list(make_and_master(settings_for(model, home), [BRIEF]))
    line = str(refusal.value)
    assert "\n" not in line and refusal.value.__cause__ is None
    return line


def test_no_token(offline: None, tmp_path: Path) -> None:
    line = refuse("stabilityai/stable-audio-open-1.0", tmp_path)
    assert "HF_TOKEN" in line and "https://huggingface.co/stabilityai" in line


def test_no_network(offline: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_" + "s3cret" * 5)
    line = refuse("stabilityai/stable-audio-open-1.0", tmp_path)
    assert "cannot be reached" in line and os.environ["HF_TOKEN"] not in line


@pytest.mark.parametrize("model", ["./missing", "/no/such/folder", "a/b/c"])
def test_missing_folder(tmp_path: Path, model: str) -> None:
    assert "no such folder" in refuse(model, tmp_path)


def test_folder_of_something_else(offline: None, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "model_index.json").write_text('{"_class_name": "FluxPipeline"}')
    assert "StableAudioPipeline" in refuse("other", tmp_path)


def test_missing_torchsde(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:

    (tmp_path / "m").mkdir()
    find = packages.importlib.util.find_spec
    hide = {"torchsde"}
    monkeypatch.setattr(
        packages.importlib.util, "find_spec", lambda n: None if n in hide else find(n)
    )
    assert "torchsde" in refuse("m", tmp_path)


class Response:
    def __init__(self, status_code: int) -> None:
        self.status_code = status_code


@pytest.mark.parametrize(
    ("status", "says"), [(401, "accept its terms"), (403, "accept its terms"), (404, "no model")]
)
def test_what_the_hub_answers(status: int, says: str) -> None:
    from generate.safety.hub_models import explain_failure

    outer = OSError("hf_secret in the text")
    inner = RuntimeError("status")
    inner.response = Response(status)  # type: ignore[attr-defined]
    outer.__cause__ = inner
    line = explain_failure("sounds.model", "stabilityai/x", False, outer)
    assert says in line and "hf_secret" not in line


def test_the_room_is_light_without_this_engine() -> None:
    import subprocess

    code = (
        "import sys; import generate.sounds.stage, generate.sounds.report.table;"
        "import generate.sounds.ambience.beds, generate.sounds.engines.recordings;"
        "import generate.sounds.engines.stable_audio, generate.sounds.engines.prompts;"
        "sys.exit('torch' in sys.modules or 'diffusers' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_prompts_suit_the_beast() -> None:
    prompt = write_prompt(3, {"plan": "frog"}, "a tiny frog with scales", "dusk")
    assert prompt.startswith("tiny frog ") and "at dusk" in prompt and "single animal" in prompt
    assert write_prompt(3, {}, "x") == write_prompt(3, {}, "x")
    assert len({write_prompt(seed) for seed in range(30)}) > 20
    assert [choose_prompt(["a", "b"], n, "c") for n in (1, 2, 3)] == ["a", "b", "a"]
    assert choose_prompt([], 1, "c") == "c"


def growl(seconds: float = 1.0) -> np.ndarray:
    t = np.arange(int(seconds * RATE)) / RATE
    wave = np.sin(2 * np.pi * np.cumsum(200 + 150 * np.sin(3 * t)) / RATE)
    return wave * np.sin(np.pi * t / seconds) ** 2


def lay(*at: float, sound: np.ndarray, seconds: float = 4.0) -> np.ndarray:
    x = np.zeros(int(seconds * RATE))
    for start in at:
        begin = int(start * RATE)
        x[begin : begin + len(sound)] += sound[: len(x) - begin]
    return (0.5 * np.stack([x, x], axis=1)).astype(np.float32)


def test_one_animal_is_preferred_to_music_and_noise() -> None:
    t = np.arange(4 * RATE) / RATE
    notes = np.sin(2 * np.pi * 440 * 2 ** (np.floor(2 * t) % 5 / 12) * t) * np.exp(-3 * (2 * t % 1))
    clips = [
        np.stack([notes, notes], axis=1).astype(np.float32),
        lay(0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, sound=growl(0.15)),
        np.zeros((4 * RATE, 2), np.float32),
        np.full((4 * RATE, 2), np.nan, np.float32),
        lay(1.2, sound=growl()),
    ]
    best, verdict = choose_best(clips, RATE)
    assert best == 4 and verdict["events"] == 1
    assert judge_clip(clips[1], RATE).beat > 0.5 > judge_clip(clips[4], RATE).beat
    assert judge_clip(clips[0], RATE).held > 0.5 > judge_clip(clips[4], RATE).held
    assert not judge_clip(clips[2], RATE).heard and not judge_clip(clips[3], RATE).heard


def test_all_silent_is_refused() -> None:
    with pytest.raises(Refusal, match="silent or broken"):
        choose_best([np.zeros((RATE, 2), np.float32)] * 3, RATE)

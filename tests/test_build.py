"""A bundle's picture, stopped at every write: what then lies there is whole or remade."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from generate.build import adopt_picture, build_pictures
from generate.cards import FRAMES, NEAREST
from generate.freshness.judge import judge_picture
from generate.pictures.captioning.cards import caption_bundle
from generate.plan import read_bundles
from generate.recipe import digest_file
from generate.settings import Settings, read_settings

ROW = {"text": "A spotted owl at dusk.", "traits": {"plan": "bird"}, "hour": "dusk", "how": "asked"}


class Killed(BaseException):
    """Stands for SIGKILL between two writes."""


def make_home(home: Path) -> Settings:
    """A jungle of one card whose sampled picture waits in work/."""
    (home / "content").mkdir(parents=True)
    (home / "content/jungle.toml").write_text("count = 1\n")
    settings = read_settings(home)
    pictures = settings.work / "pictures"
    pictures.mkdir(parents=True)
    Image.effect_noise((8, 8), 90).convert("RGB").save(pictures / "beast-001.png")
    Image.new("RGB", (16, 8)).save(pictures / "beast-001.frames.webp")
    Image.new("RGB", (8, 8)).save(pictures / "beast-001.nearest.webp")
    return settings


def adopt(settings: Settings) -> None:
    bundle = read_bundles(settings)[0]
    row = ROW | {"file_name": "beast-001.png", "frames": "beast-001.frames.webp", "seed": 7}
    nearest = {"what": "drawing 3", "distance": 0.2, "ratio": 0.9}
    row |= {"nearest": nearest, "nearest_file": "beast-001.nearest.webp"}
    adopt_picture(settings, bundle, row)


@pytest.mark.parametrize("replacing", [False, True])
def test_a_picture_that_counts_as_fresh_has_its_caption_and_frames(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, replacing: bool
) -> None:
    stops, whole = 0, False
    while not whole:
        settings = make_home(tmp_path / str(stops))
        if replacing:
            adopt(settings)
            Image.effect_noise((8, 8), 90).convert("RGB").save(
                settings.work / "pictures/beast-001.png"
            )
        with monkeypatch.context() as patch:
            patch.setattr(os, "replace", stop_after(stops))
            try:
                adopt(settings)
                whole = True
            except Killed:
                pass
        bundle = read_bundles(settings)[0]
        if judge_picture(settings, bundle).state == "fresh":
            caption_bundle(settings, bundle)
            assert bundle.card["caption"] == ROW["text"] and bundle.card["hour"] == "dusk"
            assert (bundle.folder / FRAMES).is_file() and (bundle.folder / NEAREST).is_file()
            assert bundle.made("picture")["nearest"]["what"] == "drawing 3"
        else:
            assert not whole
        stops += 1
    assert stops > 3


def stop_after(writes: int) -> Callable[[str, str], None]:
    """os.replace that works ``writes`` times and then is killed."""
    rename, left = os.replace, [writes]

    def replace(source: str, target: str) -> None:
        if not left[0]:
            raise Killed
        left[0] -= 1
        rename(source, target)

    return replace


def test_a_picture_put_there_by_hand_has_no_nearest(tmp_path: Path) -> None:
    settings = make_home(tmp_path)
    adopt(settings)
    folder = settings.bundles / "beast-001"
    Image.new("RGB", (9, 9), "red").save(folder / "picture.png")
    bundle = read_bundles(settings)[0]
    caption_bundle(settings, bundle)
    assert "nearest" not in read_bundles(settings)[0].made("picture")
    assert not (folder / NEAREST).exists()


def test_each_picture_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = make_home(tmp_path)
    adopt(settings)
    seen: list[Path] = []

    def digest_and_tell(path: Path) -> str:
        seen.append(path)
        return digest_file(path)

    for module in ("cards", "build", "freshness.decide"):
        monkeypatch.setattr(f"generate.{module}.digest_file", digest_and_tell)
    bundles = build_pictures(settings)
    assert judge_picture(settings, bundles[0]).state == "fresh"
    assert [path.name for path in seen] == ["picture.png"]

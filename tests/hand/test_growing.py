"""A jungle that grows leaves what it has; what is to be drawn anew is said before anything is."""

from pathlib import Path

import pytest
from PIL import Image

from generate.build import build_pictures
from generate.recipe import digest_folder
from generate.settings import read_settings
from tests.keeping.sketches import make_all


def write(settings, slug, text):
    (settings.bundles / slug / "postcard.md").write_text(f"---\n{text}\n---\nHi\n")


def write_many(home: Path, text: str):
    (home / "content").mkdir(parents=True, exist_ok=True)
    (home / "content/jungle.toml").write_text(f"{text}\n[sounds]\nambience = false\n")
    return read_settings(home)


def test_a_jungle_that_grows_never_touches_what_it_has(tmp_path, sketched, capsys):
    settings = write_many(tmp_path, "count = 50")
    make_all(settings)
    fifty = sorted(settings.bundles.iterdir())
    before = {path: path.read_bytes() for folder in fifty for path in folder.iterdir()}
    assert len(fifty) == 50
    capsys.readouterr()
    make_all(write_many(tmp_path, "count = 60"))
    said = capsys.readouterr().out
    assert "drawn anew" not in said and "pictures  10 made, 50 fresh" in said
    assert {path: path.read_bytes() for path in before} == before
    assert sorted(p for folder in fifty for p in folder.iterdir()) == sorted(before)
    assert len(list(settings.bundles.iterdir())) == 60


def test_what_is_drawn_anew_is_said_before_anything_is(
    tmp_path,
    sketched,
    capsys,
    monkeypatch,
):
    settings = write_many(tmp_path, "count = 7")
    make_all(settings)
    write(settings, "beast-002", "keep: true")
    write(settings, "beast-003", "take: 2")
    Image.new("RGB", (9, 9)).save(settings.bundles / "beast-004/picture.png")
    capsys.readouterr()

    def stop(settings):
        raise KeyboardInterrupt

    monkeypatch.setattr("generate.pictures.training.stage.train_model", stop)
    before = digest_folder(settings.bundles)
    for force, text, told in (
        (
            False,
            "count = 8\nseed = 8",
            [
                "4 pictures that exist are drawn anew, for seed 7 → 8 "
                "(beast-001, beast-005, beast-006, beast-007)",
                "1 picture that exists is drawn anew, for seed 7 → 8, take unset → 2 (beast-003)",
            ],
        ),
        (
            True,
            "count = 8",
            [
                "1 picture that exists is drawn anew, for take unset → 2 (beast-003)",
                "1 picture that exists is drawn anew, for FORCE=1, which gives up your own "
                "(beast-004)",
            ],
        ),
    ):
        with pytest.raises(KeyboardInterrupt):
            build_pictures(write_many(tmp_path, text), force)
        said = [line for line in capsys.readouterr().out.splitlines() if "anew" in line]
        assert said == [f"pictures  {line}" for line in told]
    assert digest_folder(settings.bundles) == before

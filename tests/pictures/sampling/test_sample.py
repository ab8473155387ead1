"""The cards' pictures: each its own, honest, and the same whatever the company."""

import json
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from generate.pictures.captioning.measured import COLOURS, caption_picture, to_lab
from generate.pictures.choosing.neighbours import Neighbour
from generate.pictures.compute import processes
from generate.pictures.sampling.beast import draw_beast
from generate.pictures.sampling.candidates import Sampler, open_sampler
from generate.pictures.training.stage import train_model
from generate.recipe import derive_seed, digest_file
from tests.pictures.tiny import sample_pictures

ANIMALS = {"owl", "snake", "cat", "dog", "bird", "fish", "animal", "beast", "creature", "fox"}


def digests(settings, numbers):
    folder = settings.work / "pictures"
    return {n: digest_file(folder / f"beast-{n:03d}.png") for n in numbers}


def test_pictures_do_not_depend_on_count_order_or_company(jungle):
    settings = jungle()
    train_model(settings)
    rows = sample_pictures(settings, [1, 2, 3])
    few = digests(settings, [1, 2, 3])
    sample_pictures(settings, list(range(12, 0, -1)))
    many = digests(settings, range(1, 13))
    assert {n: many[n] for n in few} == few
    assert len(set(many.values())) == 12
    row = rows[2]
    assert row["file_name"] == "beast-002.png" and row["how"] == "asked"
    assert row["text"] in ("a bright", "a dark") and row["traits"]["class"] in row["text"]
    assert row["hour"] in ("dawn", "day", "dusk", "night")
    for name, size in ((row["file_name"], (64, 64)), (row["frames"], (16 * 5, 16))):
        with Image.open(settings.work / "pictures" / name) as picture:
            assert picture.size == size
    listed = (settings.work / "pictures/metadata.jsonl").read_text().splitlines()
    assert [json.loads(line)["file_name"] for line in listed][:2] == [
        "beast-001.png",
        "beast-002.png",
    ]
    assert (settings.work / "report/contact.png").is_file()


def test_pictures_come_from_weights_and_seed_with_no_field_guide_in_reach(jungle, tmp_path):
    settings = jungle()
    train_model(settings)
    sample_pictures(settings, [1, 5, 9])
    before = digests(settings, [1, 5, 9])
    for path in (settings.work / "pictures").glob("*"):
        path.unlink()
    code = (
        "import sys; sys.modules['generate.pictures.fieldguide'] = None\n"
        "import shutil, torch; torch.set_num_threads(1)\n"
        "from pathlib import Path; from generate.settings import read_settings\n"
        "from generate.pictures.sampling.stage import draw_cards\n"
        f"home = Path({str(tmp_path)!r}); shutil.rmtree(home / 'set')\n"
        "shutil.rmtree(home / 'work/dataset')\n"
        "list(draw_cards(read_settings(home), [1, 5, 9]))\n"
    )
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True, timeout=120)
    assert digests(settings, [1, 5, 9]) == before


def test_a_card_depends_on_no_later_one_and_on_no_memory(jungle, monkeypatch):
    """Card 9 is unlike cards 1 to 8, whether they are drawn, remembered, or worked out again."""
    settings = jungle()
    train_model(settings)
    rows = sample_pictures(settings, range(1, 10))
    before = digests(settings, range(1, 10))
    chosen = [row["chosen"] for row in rows.values()]
    assert {fact["of"] for fact in chosen} == {3}
    for number, row in rows.items():
        place = row["chosen"]["candidate"] - 1
        assert row["seed"] == derive_seed("beast", settings.seed, number, *[place] * (place > 0))
    drawn = []
    draw_round = Sampler.draw_round
    monkeypatch.setattr(
        Sampler,
        "draw_round",
        lambda self, members, place: drawn.append(members[0]) or draw_round(self, members, place),
    )
    assert sample_pictures(settings, [9])[9] == rows[9]
    assert set(drawn) == {9}, "cards 1 to 8 were remembered"
    (settings.work / "shown/0000.safetensors").write_bytes(b"damaged")
    assert sample_pictures(settings, [9])[9] == rows[9]
    assert set(drawn) == {1, 9}
    assert digests(settings, range(1, 10)) == before


def test_one_candidate_is_the_first_of_many(jungle):
    settings = jungle("candidates = 1")
    train_model(settings)
    rows = sample_pictures(settings, [1, 2, 9])
    assert [row["seed"] for row in rows.values()] == [
        derive_seed("beast", settings.seed, number) for number in (1, 2, 9)
    ]
    assert rows[9]["chosen"] == {"candidate": 1, "of": 1, "why": "the only one drawn"}


def test_what_was_laid_aside_is_taken_up_once(jungle):
    """As several processes do: each draws rounds, the first one chooses from them."""
    settings = jungle()
    train_model(settings)
    alone = sample_pictures(settings, [1, 2])
    sampler = open_sampler(settings, None)
    for place in range(3):
        sampler.write_round(0, place)
    paths = sorted((settings.work / "rounds").glob("*.safetensors"))
    assert len(paths) == 3
    assert sample_pictures(settings, [1, 2]) == alone
    assert not any(path.exists() for path in paths)


def test_two_processes_draw_each_round_once_and_the_first_alone_chooses(jungle, monkeypatch):
    settings = jungle("candidates = 2")
    train_model(settings)
    alone = sample_pictures(settings, [1, 9])
    drawn = []
    draw_round = Sampler.draw_round
    monkeypatch.setattr(
        Sampler,
        "draw_round",
        lambda self, members, place: (
            drawn.append((members[0], place)) or draw_round(self, members, place)
        ),
    )
    monkeypatch.setattr(processes, "wait", lambda: None)
    for rank in ("1", "0"):
        monkeypatch.setenv("RANK", rank)
        monkeypatch.setenv("WORLD_SIZE", "2")
        rows = sample_pictures(settings, [1, 9])
        assert rows == ({} if rank == "1" else alone)
    assert sorted(drawn) == [(1, 0), (1, 1), (9, 0), (9, 1)]


def test_a_copy_is_passed_over_and_the_nearest_is_shown(jungle):
    settings = jungle()
    train_model(settings)
    first = sample_pictures(settings, [1])[1]

    class Copies:
        """Says that every first candidate is a copy."""

        key = "copies"
        calls = 0

        def find_copies(self, pictures):
            self.calls += 1
            return np.full(len(pictures), self.calls == 1)

        def find_neighbour(self, picture):
            return Neighbour("cat.jpg", 0.25, 0.5, picture)

    row = sample_pictures(settings, [1], Copies())[1]
    assert row["chosen"]["candidate"] > 1 and row["chosen"]["copies"] == 1
    assert row["nearest"] == {"what": "cat.jpg", "distance": 0.25, "ratio": 0.5}
    with Image.open(settings.work / "pictures" / row["nearest_file"]) as nearest:
        assert nearest.size == (16, 16) and nearest.format == "WEBP"
    assert (settings.work / "report/nearest.png").is_file()
    assert sample_pictures(settings, [1])[1] == first


def test_a_prompt_is_drawn_and_its_strange_words_named(jungle, capsys):
    settings = jungle()
    path = draw_beast(settings, "a bright glowing thing + dark")
    with Image.open(path) as sheet:
        assert sheet.width > 4 * 64
    assert "glowing" in capsys.readouterr().out


def test_the_zip_holds_the_picture_of_every_card(jungle, tmp_path):
    import zipfile

    settings = jungle()
    train_model(settings)
    sample_pictures(settings, [1, 2])
    (settings.work / "pictures/.beast-003.99999999.jungle-part.png").write_bytes(b"half")
    sample_pictures(settings, [3])
    path = settings.work / "pictures.zip"
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        pictures = ["beast-001.png", "beast-002.png", "beast-003.png"]
        assert archive.namelist() == [*pictures, "metadata.jsonl"]
        rows = [json.loads(line) for line in archive.read("metadata.jsonl").splitlines()]
        assert [row["file_name"] for row in rows] == pictures
    fewer = settings.model_copy(update={"count": 2})
    sample_pictures(fewer, [1])
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == [*pictures[:2], "metadata.jsonl"]


def figure(coat, ground, box=(22, 20, 42, 46)):
    image = Image.new("RGB", (64, 64), ground)
    image.paste(coat, box)
    return image


@pytest.mark.parametrize(
    ("coat", "ground", "colour", "hour"),
    [
        ((220, 40, 40), (150, 200, 240), "red", "day"),
        ((250, 220, 60), (12, 14, 40), "yellow", "night"),
        ((40, 60, 200), (250, 200, 170), "blue", "dawn"),
    ],
)
def test_captions_say_what_is_measured(coat, ground, colour, hour):
    image = figure(coat, ground)
    measured = caption_picture(image)
    assert measured.traits["colour"] == colour or colour in measured.text
    assert measured.traits["hour"] == hour
    assert not ANIMALS & set(measured.text.lower().replace(",", "").split())
    assert caption_picture(image) == measured


@pytest.mark.parametrize(("box", "shape"), [((28, 8, 36, 56), "tall"), ((8, 28, 56, 36), "long")])
def test_captions_see_shapes(box, shape):
    assert caption_picture(figure("white", "navy", box)).traits["shape"] == shape


def test_lab_is_that_of_the_standard():
    red = to_lab(np.array([1.0, 0, 0]))
    assert np.allclose(red, [53.24, 80.09, 67.20], atol=0.05)
    assert np.allclose(to_lab(np.ones(3)), [100, 0, 0], atol=0.02)
    assert len(set(COLOURS.values())) == len(COLOURS)


@pytest.mark.parametrize("mode", ["L", "RGBA", "P", "CMYK"])
def test_any_picture_can_be_captioned(mode):
    assert caption_picture(Image.new("RGB", (9, 300), "teal").convert(mode)).text

"""Training sets from folders, zips and the hub: what is taken, turned, left out and refused."""

import json
import zipfile

import numpy as np
import pytest
from PIL import Image

from generate.errors import Refusal
from generate.pictures.data import hub
from generate.pictures.data.classes import find_classes
from generate.pictures.data.dataset import (
    build_dataset,
    fit,
    looks_like_hub,
    open_source,
    read_dataset,
)
from generate.pictures.data.naming import Namer


def paint(path, seed, size=(48, 40), mode="RGB"):
    """A picture of coarse coloured noise: no two alike."""
    path.parent.mkdir(parents=True, exist_ok=True)
    levels = np.random.default_rng(seed).integers(0, 256, (6, 6, 3), np.uint8)
    Image.fromarray(levels).resize(size, Image.Resampling.BICUBIC).convert(mode).save(path)


def settle(write_settings, source, size=32):
    return write_settings(f'[pictures]\nsource = "{source}"\nsize = {size}\n')


def test_class_folders_with_faulty_files(tmp_path, write_settings):
    for number in range(6):
        paint(tmp_path / "pets/train" / ("cat", "dog")[number % 2] / f"{number}.jpg", number)
    whole = (tmp_path / "pets/train/cat/0.jpg").read_bytes()
    (tmp_path / "pets/train/cat/cut.jpg").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "pets/train/cat/text.jpg").write_text("this is no picture")
    (tmp_path / "pets/train/dog/copy.jpg").write_bytes(whole)
    (tmp_path / "pets/train/dog/.hidden.jpg").write_bytes(whole)
    paint(tmp_path / "pets/train/dog/dot.png", 9, (1, 1))
    folder = build_dataset(settle(write_settings, "pets"))
    dataset = read_dataset(folder)
    recipe = json.loads((folder / "recipe.json").read_text())
    assert dataset.images.shape == (6, 3, 32, 32)
    assert dataset.images.dtype == np.uint8
    assert recipe["skipped"] == {"broken": 2, "duplicate": 1, "tiny": 1}
    assert dataset.vocabulary.tokens == ("cat", "dog")
    assert {row["text"] for row in dataset.rows} == {"a cat", "a dog"}
    assert len(dataset.places("held-out")) == 1


def test_the_saved_pixels_are_those_of_the_pictures(tmp_path, write_settings):
    for number in range(4):
        paint(tmp_path / f"pets/{number}.png", number, (32, 32))
    dataset = read_dataset(build_dataset(settle(write_settings, "pets")))
    for row, pixels in zip(dataset.rows, dataset.images, strict=True):
        with Image.open(tmp_path / "pets" / row["file_name"]) as picture:
            assert np.array_equal(pixels.transpose(1, 2, 0), np.asarray(picture))


def test_captions_in_a_zip_are_those_of_the_folder(tmp_path, write_settings):
    with zipfile.ZipFile(tmp_path / "set.zip", "w") as archive:
        for number in range(4):
            paint(tmp_path / "set" / f"{number}.png", number)
            archive.write(tmp_path / f"set/{number}.png", f"set/{number}.png")
        lines = [{"file_name": f"{n}.png", "text": f"a  red beast {n}"} for n in range(4)]
        text = "\n".join(json.dumps(line) for line in lines)
        archive.writestr("set/metadata.jsonl", text)
        archive.writestr("__MACOSX/set/._0.png", b"junk")
        archive.writestr("../../escape.png", (tmp_path / "set/0.png").read_bytes())
    (tmp_path / "set/metadata.jsonl").write_text(text)
    zipped = read_dataset(build_dataset(settle(write_settings, "set.zip")))
    captions = {row["file_name"]: row["text"] for row in zipped.rows}
    assert captions["set/2.png"] == "a red beast 2"
    assert not list(tmp_path.parent.glob("escape.png"))
    plain = read_dataset(build_dataset(settle(write_settings, "set")))
    assert {r["text"] for r in plain.rows} <= set(captions.values())
    by_text = {r["text"]: plain.images[i] for i, r in enumerate(plain.rows)}
    row = next(i for i, r in enumerate(zipped.rows) if r["text"] == "a red beast 3")
    assert np.array_equal(by_text["a red beast 3"], zipped.images[row])


def test_turns_flattens_and_crops_the_middle():
    wide = Image.new("RGB", (90, 30), "red")
    wide.paste("blue", (30, 0, 60, 30))
    assert np.asarray(fit(wide, 30)).reshape(-1, 3).tolist() == [[0, 0, 255]] * 900
    top = Image.new("RGB", (40, 40), "black")
    top.paste("white", (0, 0, 40, 20))
    top.getexif()[0x0112] = 6  # to be turned a quarter clockwise: the top comes to the right
    turned = np.asarray(fit(top, 40))
    assert turned[20, 35].tolist() == [255] * 3
    assert turned[20, 4].tolist() == [0] * 3
    clear = Image.new("RGBA", (40, 40), (255, 0, 0, 0))
    assert np.asarray(fit(clear, 40)).min() == 255
    deep = Image.fromarray(np.full((40, 40), 40_000, np.uint16))
    assert abs(int(np.asarray(fit(deep, 40))[0, 0, 0]) - 156) <= 1
    assert fit(Image.new("L", (1, 1)), 64) is None


def test_a_fresh_dataset_is_not_made_again(tmp_path, write_settings):
    for number in range(3):
        paint(tmp_path / f"set/{number}.png", number)
    settings = settle(write_settings, "set")
    folder = build_dataset(settings)
    stamp = (folder / "pictures.safetensors").stat().st_mtime_ns
    assert build_dataset(settings) == folder
    assert (folder / "pictures.safetensors").stat().st_mtime_ns == stamp
    paint(tmp_path / "set/another.png", 7)
    build_dataset(settings)
    assert len(read_dataset(folder).rows) == 4


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("nowhere", "no such folder"),
        ("empty", "holds no pictures"),
        ("one", "1 usable picture"),
        ("dots", r"0 usable pictures \(3 tiny\)"),
        ("notes.txt", "no zip"),
        ("bad", "line 1 is not"),
    ],
)
def test_refuses_in_one_line(tmp_path, write_settings, source, line):
    (tmp_path / "empty").mkdir()
    paint(tmp_path / "one/1.png", 1)
    for number in range(3):
        paint(tmp_path / f"dots/{number}.png", number, (1, 1))
    (tmp_path / "notes.txt").write_text("words")
    paint(tmp_path / "bad/1.png", 1)
    (tmp_path / "bad/metadata.jsonl").write_text("{file_name: 1.png}\n")
    with pytest.raises(Refusal, match=line) as refusal:
        build_dataset(settle(write_settings, source))
    assert "\n" not in str(refusal.value)
    assert not (tmp_path / "work/dataset/recipe.json").exists()


def test_names_of_hub_datasets_and_classes():
    assert looks_like_hub("Rapidata/Other-Animals-10")
    assert not any(map(looks_like_hub, ("pets", "../pets", "a/b/c", "animals/set.zip", "./x")))
    found = find_classes(["animals10/train/sea_lion/3.jpg", "animals10/test/owl/3.jpg"])
    assert list(map(Namer().name, found)) == ["sea lion", "owl"]
    assert find_classes(["3.jpg"]) == [""]


def test_an_unreachable_hub_is_one_clear_line(write_settings, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    assert "go online" in hub.explain(ConnectionError("Couldn't reach the Hub"))
    assert "HF_TOKEN" in hub.explain(ValueError("401 Client Error"))
    assert "hf_secret" not in hub.explain(ValueError("bad token hf_secret"))


def test_rows_of_the_hub_keep_captions_labels_and_holes():
    class Names:
        def int2str(self, number):
            return ("sea_lion", "owl")[number]

    picture = Image.new("RGB", (8, 8), "teal")
    rows = [
        {"image": picture, "label": 0},
        {"image": None, "label": 1},
        {"image": picture, "text": "an owl", "label": 1},
        {"image": picture, "label": 1},
    ]
    found = list(hub.read_rows("a/b", iter(rows), "image", {"label": Names()}, 3))
    assert [(e.text, e.tags) for e in found] == [
        ("a sea lion", {"class": "sea lion"}),
        ("an owl", {"class": "owl"}),
        ("an owl", {}),
    ]
    with pytest.raises(ValueError, match="no picture"):
        found[1].open()


def test_the_field_guide_is_drawn_by_the_seed(write_settings):
    settings = write_settings("[pictures]\nexamples = 3\nsize = 32\n")
    entries = list(open_source(settings).entries)
    again = list(open_source(settings).entries)
    assert [e.name for e in entries] == [e.name for e in again]
    assert len({e.name for e in entries}) == 3
    assert all(e.text and e.tags["plan"] for e in entries)

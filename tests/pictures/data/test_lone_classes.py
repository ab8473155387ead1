"""Sets of one class folder, and folders as kohya's scripts for training want them."""

import io

import numpy as np
import pytest

from generate.pictures.data.folders import open_folder
from tests.pictures.data.sets import lay, texts_of

IMG = [f"img/10_ohwx dog/{n}.png" for n in range(1, 5)]
REG = [f"reg/1_dog/{n:03}.png" for n in range(1, 5)]


def kohya(captions):
    """What lies beside the pictures: captions, latents, logs and what was trained."""
    latents = io.BytesIO()
    np.savez(latents, latents=np.zeros((4, 8, 8), np.float32))
    files = {f"{name[:-4]}_0064x0064_sd.npz": latents.getvalue() for name in IMG}
    files |= {
        "log/20260301/network_train/events.out.tfevents.1": "x",
        "model/last.safetensors": b"{}",
    }
    return files | (
        {f"{name[:-4]}.txt": f"ohwx dog, {n}" for n, name in enumerate(IMG)} if captions else {}
    )


def test_captions_of_one_folder_leave_the_class_of_the_other(tmp_path):
    right = {name: f"ohwx dog, {n}" for n, name in enumerate(IMG)} | dict.fromkeys(REG, "a dog")
    assert texts_of(lay(tmp_path / "set", IMG + REG, kohya(captions=True))) == right


def test_without_captions_both_are_classes(tmp_path):
    right = dict.fromkeys(IMG, "an ohwx dog") | dict.fromkeys(REG, "a dog")
    assert texts_of(lay(tmp_path / "set", IMG + REG, kohya(captions=False))) == right


@pytest.mark.parametrize(
    ("folder", "text"),
    [("10_cat", "a cat"), ("reg/1_dog", "a dog"), ("img/4_sea_lion", "a sea lion")],
)
def test_a_folder_with_its_repeats_is_a_class_even_alone(tmp_path, folder, text):
    names = [f"{folder}/{n}.png" for n in range(3)]
    assert texts_of(lay(tmp_path / "set", names)) == dict.fromkeys(names, text)


@pytest.mark.parametrize("folder", ["1", "2023_05", "100_PANA", "10_photos", "VG_100K"])
def test_folders_that_only_look_like_it_are_none(tmp_path, folder):
    names = [f"{folder}/{n}.png" for n in range(3)]
    assert set(texts_of(lay(tmp_path / "set", names)).values()) == {None}


def test_a_caption_wins_per_picture(tmp_path):
    names = [f"{kind}/{n}.jpg" for kind in ("cats", "dogs") for n in range(3)]
    right = {name: "a cat" if name[0] == "c" else "a dog" for name in names}
    for told in (["cats/0.jpg"], names[:3], names[:2] + names[3:]):
        files = {f"{name[:-4]}.txt": f"somebody at {name}" for name in told}
        root = lay(tmp_path / str(len(told)), names, files)
        assert texts_of(root) == right | {name: f"somebody at {name}" for name in told}


@pytest.mark.parametrize("folder", ["cats", "photos/cats", "Snow Leopards"])
def test_a_lone_class_folder_is_said_and_can_be_named(tmp_path, folder):
    names = [f"{folder}/{n}.jpg" for n in range(3)]
    root, raw = lay(tmp_path / "set", names), folder.rpartition("/")[2]
    source = open_folder(root)
    told = f"one folder, {raw}: taken as no class; name it under [pictures.names]"
    assert told in source.notes
    assert {entry.text for entry in source.entries} == {None}
    source = open_folder(root, {raw: "cat"})
    assert {entry.text for entry in source.entries} == {"a cat"}
    assert not any("taken as no class" in note for note in source.notes)


def test_one_label_for_all_is_said(tmp_path):
    names = [f"{n}.jpg" for n in range(3)]
    rows = "file_name,label\n" + "".join(f"{name},owl\n" for name in names)
    source = open_folder(lay(tmp_path / "set", names, {"labels.csv": rows}))
    assert "one label, owl: taken as no class; name it under [pictures.names]" in source.notes


def test_the_folder_around_captions_is_not_said(tmp_path):
    names = [f"jpg/{n}.jpg" for n in range(3)]
    files = {f"{name[:-4]}.txt": f"an owl, {name}" for name in names[:2]}
    notes = "\n".join(open_folder(lay(tmp_path / "set", names, files)).notes)
    assert "taken as no class" not in notes

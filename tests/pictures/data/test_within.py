"""Prompts that pictures carry themselves, as programs that draw write them."""

import io

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from generate.pictures.data.folders import open_folder

TOLD = """{prompt}
Negative prompt: blurry, extra legs
Steps: 25, Sampler: Euler a, CFG scale: 7, Seed: 1183740, Size: 512x512"""
PROMPTS = ["a red fox in the snow", "an old heron <lora:ink:0.8>", "two hares on a hill"]
WANTED = ["a red fox in the snow", "an old heron", "two hares on a hill"]


def draw(number):
    return Image.new("RGB", (32, 32), (40 * number, 90, 160))


def write_png(path, number, text):
    info = PngInfo()
    info.add_text("parameters", text)
    draw(number).save(path.with_suffix(".png"), pnginfo=info)


def write_exif(path, number, text, kind, order):
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9286] = b"UNICODE\0" + text.encode(order)
    data = io.BytesIO()
    draw(number).save(data, kind, exif=exif)
    path.with_suffix(f".{kind.lower()}").write_bytes(data.getvalue())


WAYS = {
    "png": write_png,
    "jpeg": lambda *rest: write_exif(*rest, "JPEG", "utf-16-be"),
    "jpeg, the other order": lambda *rest: write_exif(*rest, "JPEG", "utf-16-le"),
    "webp": lambda *rest: write_exif(*rest, "WEBP", "utf-16-be"),
}


def read(folder):
    source = open_folder(folder)
    return [entry.text for entry in source.entries]


@pytest.mark.parametrize("way", WAYS)
def test_a_prompt_within_a_picture_is_its_caption(tmp_path, way):
    folder = tmp_path / "2024-05-01"
    folder.mkdir()
    for number, prompt in enumerate(PROMPTS):
        WAYS[way](folder / f"{number:05d}-1183740", number, TOLD.format(prompt=prompt))
    assert read(tmp_path) == WANTED


def test_a_text_beside_a_picture_counts_more(tmp_path):
    write_png(tmp_path / "1", 1, TOLD.format(prompt=PROMPTS[0]))
    (tmp_path / "1.txt").write_text("my fox Minka")
    assert read(tmp_path) == ["my fox Minka"]


def test_what_is_no_prompt_within_a_picture_is_none(tmp_path):
    for name in ("cat", "dog"):
        (tmp_path / name).mkdir()
        write_png(tmp_path / name / "1", 1, "OLYMPUS DIGITAL CAMERA")
    assert read(tmp_path) == ["a cat", "a dog"]


def test_an_address_and_a_licence_are_no_caption(tmp_path):
    for name in ("ox", "okapi"):
        (tmp_path / "JPEGImages" / name).mkdir(parents=True)
        (tmp_path / "licenses" / name).mkdir(parents=True)
        draw(1).save(tmp_path / "JPEGImages" / name / "1.jpg")
        told = "https://www.flickr.com/photos/1/2, CC BY 2.0"
        (tmp_path / "licenses" / name / "1.txt").write_text(told)
    assert read(tmp_path) == ["an okapi", "an ox"]

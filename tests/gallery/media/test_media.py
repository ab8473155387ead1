"""Encoded media: right sizes, formats and pixels, nothing enlarged, no metadata, nothing stale."""

import base64
import io
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from PIL import Image

from generate.bundles.merged import merge_card
from generate.cards import Card
from generate.gallery.incremental.ledger import Ledger
from generate.gallery.media import jobs
from generate.gallery.media.audio import BrokenSound, encode_sound, measure_peaks
from generate.gallery.media.card_media import Picture, prepare_media, stem_of
from generate.gallery.media.encode import (
    Options,
    choose_widths,
    encode_frames,
    encode_nearest,
    encode_picture,
)
from tests.bundles import draw_picture, make_bundle, write_tone


def save(path: Path, size: tuple[int, int], mode: str = "RGB", **options: Any) -> Path:
    """A picture of smooth noise."""
    noise = draw_picture(np.random.default_rng(size[0]), 64)
    noise.resize(size, Image.Resampling.BICUBIC).convert(mode).save(path, **options)
    return path


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((1024, 1024), [1024, 512, 240]),
        ((4000, 3000), [1024, 512, 240]),
        ((512, 512), [512, 240]),
        ((360, 360), [360, 240]),
        ((200, 150), [200]),
        ((64, 64), [64]),
        ((1, 1), [1]),
        ((1000, 8000), [256]),
    ],
)
def test_widths_never_enlarge(size: tuple[int, int], expected: list[int]) -> None:
    assert choose_widths(size, Options()) == expected


def test_pictures_are_what_they_say(tmp_path: Path) -> None:
    source = save(tmp_path / "p.png", (512, 384))
    made = encode_picture(source, tmp_path / "out", "a", Options())
    assert list(made["sources"]) == ["image/avif", "image/webp"]
    for mime, files in made["sources"].items():
        assert [width for _, width in files] == [240, 512]
        for name, width in files:
            with Image.open(tmp_path / "out" / name) as image:
                assert Image.MIME[image.format or ""] == mime
                assert image.size == (width, round(384 * width / 512))
                original = Image.open(source).resize(image.size, Image.Resampling.LANCZOS)
                error = np.asarray(image.convert("RGB"), float) - np.asarray(original, float)
                assert np.sqrt((error**2).mean()) < 8
    assert made["fallback"] == "a.512.jpg"
    assert (made["width"], made["height"]) == (512, 384)
    assert {file["name"] for file in made["files"]} == set(os.listdir(tmp_path / "out"))


def test_small_pictures_lose_nothing(tmp_path: Path) -> None:
    source = save(tmp_path / "p.png", (64, 64))
    made = encode_picture(source, tmp_path, "a", Options())
    assert made["pixelated"] and list(made["sources"]) == ["image/webp"]
    for name in ("a.64.webp", made["fallback"]):
        assert np.array_equal(np.asarray(Image.open(tmp_path / name)), Image.open(source))


def test_alpha_is_kept_and_flattened_onto_paper(tmp_path: Path) -> None:
    image = Image.new("RGBA", (300, 300), (200, 0, 0, 255))
    image.paste((0, 0, 0, 0), (0, 0, 150, 300))
    image.save(tmp_path / "p.png")
    made = encode_picture(tmp_path / "p.png", tmp_path, "a", Options())
    assert made["fallback"].endswith(".png")
    names = [name for files in made["sources"].values() for name, _ in files]
    for name in [*names, made["fallback"]]:
        with Image.open(tmp_path / name) as found:
            assert found.mode == "RGBA"
            assert found.getpixel((40, 100))[3] <= 2 and found.getpixel((230, 100))[3] >= 253
    placeholder = base64.b64decode(made["placeholder"].split(",")[1])
    dot = Image.open(io.BytesIO(placeholder)).convert("RGB").getpixel((2, 8))
    assert np.abs(np.array(dot) - Options().paper).max() < 30


@pytest.mark.parametrize("suffix", ["jpg", "png", "webp", "avif"])
def test_no_metadata_is_published(tmp_path: Path, suffix: str) -> None:
    exif = Image.Exif()
    exif[0x010F] = "SECRET CAMERA"
    exif.get_ifd(0x8825)[1] = "N"
    source = save(tmp_path / f"p.{suffix}", (200, 200), exif=exif, xmp=b"<x>SECRET XMP</x>")
    made = encode_picture(source, tmp_path / "out", "a", Options())
    for file in made["files"]:
        data = (tmp_path / "out" / file["name"]).read_bytes()
        assert b"SECRET" not in data
        with Image.open(io.BytesIO(data)) as image:
            assert not image.getexif() and "icc_profile" not in image.info


def test_tint_is_the_mean_colour(tmp_path: Path) -> None:
    Image.new("RGB", (150, 150), (16, 128, 240)).save(tmp_path / "p.png")
    assert encode_picture(tmp_path / "p.png", tmp_path, "a", Options())["tint"] == "#1080f0"


def test_frames_are_counted_and_taken_as_they_are(tmp_path: Path) -> None:
    bundle = make_bundle(tmp_path / "b", 1, frames=7)
    made = encode_frames(bundle / "frames.webp", tmp_path, "f", Options())
    assert (made["count"], made["width"], made["height"]) == (7, 64, 64)
    assert (tmp_path / made["path"]).read_bytes() == (bundle / "frames.webp").read_bytes()
    strip = Image.open(bundle / "frames.webp")
    exif = Image.Exif()
    exif[0x010F] = "SECRET"
    strip.save(tmp_path / "tagged.webp", exif=exif)
    made = encode_frames(tmp_path / "tagged.webp", tmp_path, "g", Options())
    assert b"SECRET" not in (tmp_path / made["path"]).read_bytes()


def test_the_nearest_training_picture_is_taken_as_it_is(tmp_path: Path) -> None:
    bundle = make_bundle(tmp_path / "b", 1)
    source = bundle / "nearest.webp"
    made = encode_nearest(source, tmp_path, "n", Options())
    assert (tmp_path / made["path"]).read_bytes() == source.read_bytes()
    exif = Image.Exif()
    exif[0x010F] = "SECRET"
    with Image.open(source) as image:
        pixels = np.asarray(image.convert("RGB"))
        image.save(tmp_path / "tagged.webp", exif=exif, lossless=True)
    made = encode_nearest(tmp_path / "tagged.webp", tmp_path, "m", Options())
    assert b"SECRET" not in (tmp_path / made["path"]).read_bytes()
    with Image.open(tmp_path / made["path"]) as image:
        assert np.array_equal(np.asarray(image), pixels)


def test_a_card_has_the_nearest_training_picture(tmp_path: Path) -> None:
    make_bundle(tmp_path / "été", 1)
    make_bundle(tmp_path / "gnu", 2)
    (tmp_path / "gnu" / "nearest.webp").unlink()
    cards = [merge_card(tmp_path / "été"), merge_card(tmp_path / "gnu")]
    media, broken = prepare_media(cards, tmp_path / "site", workers=1)
    address = media["été"].nearest
    assert address is not None and address.startswith("media/ete.nearest.") and not broken
    assert (tmp_path / "site" / address).is_file() and media["gnu"].nearest is None
    (tmp_path / "été" / "nearest.webp").write_bytes(b"RIFF")
    _, broken = prepare_media(cards, tmp_path / "site", workers=1)
    assert [fault.path.name for fault in broken] == ["nearest.webp"]


@pytest.mark.parametrize("suffix", ["flac", "wav", "ogg", "mp3"])
def test_sounds_become_mp3(tmp_path: Path, suffix: str) -> None:
    write_tone(tmp_path / "tone.flac", 440.0, 1.0)
    samples, rate = soundfile.read(tmp_path / "tone.flac")
    soundfile.write(tmp_path / f"s.{suffix}", samples, rate)
    made = encode_sound(tmp_path / f"s.{suffix}", tmp_path, "s-out")
    decoded, rate = soundfile.read(tmp_path / made["path"])
    assert rate == 44_100 and abs(len(decoded) / rate - made["seconds"]) < 0.06
    assert abs(made["seconds"] - 1.0) < 0.06
    spectrum = np.abs(np.fft.rfft(decoded, rate))
    assert abs(int(spectrum.argmax()) - 440) <= 1
    assert made["bytes"] == (tmp_path / made["path"]).stat().st_size
    assert max(made["peaks"]) == 1.0 and len(made["peaks"]) == 96


def test_peaks_follow_the_loudness() -> None:
    samples = np.concatenate([np.full((960, 2), 0.1), np.full((960, 2), -0.4)])
    assert measure_peaks(samples, 4) == [0.25, 0.25, 1.0, 1.0]
    assert measure_peaks(np.zeros((50, 1)), 4) == [0.0] * 4
    assert len(measure_peaks(np.ones((3, 1)), 96)) == 3


def test_broken_sounds(tmp_path: Path) -> None:
    write_tone(tmp_path / "s.flac", 440.0, 1.0)
    data = (tmp_path / "s.flac").read_bytes()
    for name, content in {"cut.flac": data[: len(data) // 2], "text.flac": b"words"}.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(BrokenSound):
            encode_sound(tmp_path / name, tmp_path, "s-out")
    soundfile.write(tmp_path / "empty.wav", np.zeros(0), 44_100)
    with pytest.raises(BrokenSound, match="no sound"):
        encode_sound(tmp_path / "empty.wav", tmp_path, "s-out")


def read_all(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def make_cards(home: Path, count: int = 3, size: int = 96) -> list[Card]:
    return [merge_card(make_bundle(home / f"b-{n}", n, size)) for n in range(1, count + 1)]


def test_processes_make_the_same_bytes(tmp_path: Path) -> None:
    cards = make_cards(tmp_path, 4, size=160)
    prepare_media(cards, tmp_path / "one", workers=1)
    prepare_media(cards, tmp_path / "two", workers=2)
    alone, pooled = read_all(tmp_path / "one" / "media"), read_all(tmp_path / "two" / "media")
    assert alone == pooled and len(alone) == 4 * (3 + 1 + 1 + 2)


def test_a_second_run_makes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cards = make_cards(tmp_path)
    ledger = Ledger(tmp_path)
    first = prepare_media(cards, tmp_path / "site", ledger)
    monkeypatch.setattr(jobs, "run_job", None)
    again = prepare_media(cards, tmp_path / "site", Ledger(tmp_path))
    assert again == first


def test_a_damaged_product_is_made_again(tmp_path: Path) -> None:
    cards = make_cards(tmp_path, 1)
    ledger = Ledger(tmp_path)
    media, _ = prepare_media(cards, tmp_path / "site", ledger)
    before = read_all(tmp_path / "site" / "media")
    assert media["b-1"].picture
    for name in (media["b-1"].picture.fallback, media["b-1"].picture.sources[0][1].split()[0]):
        path = tmp_path / "site" / name
        damaged = bytes([255 - path.read_bytes()[0]]) + path.read_bytes()[1:]
        path.write_bytes(damaged)
        prepare_media(cards, tmp_path / "site", Ledger(tmp_path))
        assert read_all(tmp_path / "site" / "media") == before


def test_broken_files_are_named_and_the_rest_made(tmp_path: Path) -> None:
    cards = make_cards(tmp_path, 3)
    (tmp_path / "b-2" / "picture.png").write_bytes(b"not a picture")
    (tmp_path / "b-3" / "sound.flac").write_bytes(b"not a sound")
    media, broken = prepare_media(cards, tmp_path / "site")
    assert [(fault.slug, fault.path.name) for fault in broken] == [
        ("b-2", "picture.png"),
        ("b-3", "sound.flac"),
    ]
    assert "b-2/picture.png is not a picture" in str(broken[0])
    assert media["b-1"].picture and media["b-1"].sound and media["b-2"].picture is None


def test_another_option_is_another_name(tmp_path: Path) -> None:
    cards = make_cards(tmp_path, 1)
    one, _ = prepare_media(cards, tmp_path / "site")
    two, _ = prepare_media(cards, tmp_path / "site", options=Options(webp_quality=50))
    assert one["b-1"].picture and two["b-1"].picture
    assert one["b-1"].picture.fallback != two["b-1"].picture.fallback


@pytest.mark.parametrize(
    ("slug", "stem"),
    [
        ("beast-001", "beast-001"),
        ("été en forêt", "ete-en-foret"),
        ("50 % # & co?", "50-co"),
        ("老虎", "card"),
        ("../..", "card"),
        ("x" * 90, "x" * 40),
    ],
)
def test_stems_need_no_encoding(slug: str, stem: str) -> None:
    assert stem_of(slug) == stem


def test_srcset_names_files_that_exist(tmp_path: Path) -> None:
    media, _ = prepare_media([merge_card(make_bundle(tmp_path / "à, b #1", 1, 400))], tmp_path)
    picture = media["à, b #1"].picture
    assert isinstance(picture, Picture)
    for _, srcset in picture.sources:
        for candidate in srcset.split(", "):
            path, width = candidate.split()
            with Image.open(tmp_path / path) as image:
                assert f"{image.width}w" == width

"""What would teach little is told and shown before training, and left out only if asked."""

import io

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFilter

from generate.__main__ import main
from generate.pictures.data.cleaning.alike import BITS, Gallery, hash_gradients
from generate.pictures.data.cleaning.faults import Page, is_text, list_faults, measure_sharpness
from generate.pictures.data.dataset import read_dataset
from tests.pictures.data.sets import lay


def draw(seed, side=256):
    """A picture with shapes of sharp edges, as photographs and drawings have them."""
    rng = np.random.default_rng(seed)
    picture = Image.new("RGB", (side, side), tuple(rng.integers(0, 256, 3).tolist()))
    pen = ImageDraw.Draw(picture)
    for _ in range(14):
        x, y, w, h = rng.integers(0, side, 4).tolist()
        colour = tuple(rng.integers(0, 256, 3).tolist())
        pen.ellipse((x, y, x + w // 3 + 4, y + h // 3 + 4), fill=colour)
    return picture


def write_page(side=256):
    """Black lines of text on white."""
    picture = Image.new("RGB", (side, side), "white")
    pen = ImageDraw.Draw(picture)
    for line in range(side // 16):
        pen.text((6, 16 * line + 2), "All animals of this jungle are asleep by noon.", "black")
    return picture


def save(picture, kind="PNG", **options):
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def faults_of(picture, side=64):
    small = picture.resize((side, side), Image.Resampling.LANCZOS)
    return list(list_faults(np.asarray(small).transpose(2, 0, 1), Page(picture, picture.size)))


def test_sound_pictures_have_no_fault():
    assert all(faults_of(draw(seed)) == [] for seed in range(20))


def test_each_fault_is_found():
    blurred = [draw(seed).filter(ImageFilter.GaussianBlur(14)) for seed in range(10)]
    assert all(faults_of(picture) == ["blurred"] for picture in blurred)
    assert faults_of(Image.new("RGB", (256, 256), (90, 120, 80))) == ["almost one colour"]
    assert faults_of(draw(1, 24)) == ["tiny"]
    assert "text" in faults_of(write_page())


def test_stripes_and_night_are_no_text():
    stripes = Image.fromarray(
        np.repeat(np.arange(256) // 8 % 2 * 255, 256).astype(np.uint8).reshape(256, 256)
    )
    assert not is_text(stripes.convert("RGB"))
    assert not any(is_text(draw(seed).convert("L").convert("RGB")) for seed in range(20))


def test_sharpness_falls_with_every_blur():
    found = []
    for radius in (0, 2, 5, 9, 14):
        small = draw(3).filter(ImageFilter.GaussianBlur(radius)).resize((64, 64))
        found.append(measure_sharpness(np.asarray(small).transpose(2, 0, 1)))
    assert found == sorted(found, reverse=True)


def test_a_copy_that_was_saved_anew_is_found_and_others_are_not():
    gallery = Gallery()
    for seed in range(40):
        assert gallery.find(draw(seed)) is None
        gallery.add(f"{seed}", draw(seed))
    for seed in range(40):
        again = Image.open(io.BytesIO(save(draw(seed).resize((180, 180)), "JPEG", quality=70)))
        assert gallery.find(again) == str(seed)


def test_whatever_bits_differ_a_near_hash_shares_a_part():
    from generate.pictures.data.cleaning.alike import cut_hash

    rng = np.random.default_rng(0)
    mark = hash_gradients(draw(5))
    for _ in range(300):
        other = mark
        for bit in rng.choice(64, BITS, replace=False).tolist():
            other ^= 1 << bit
        assert set(cut_hash(mark)) & set(cut_hash(other))
        assert sum(part << place * 10 for place, part in cut_hash(other)) == other


@pytest.fixture
def home(tmp_path):
    """Twelve sound pictures with words, and one of each fault."""
    pictures = {f"{n:02d}.png": save(draw(n)) for n in range(12)}
    pictures["blur.png"] = save(draw(50).filter(ImageFilter.GaussianBlur(14)))
    pictures["flat.png"] = save(Image.new("RGB", (256, 256), (90, 120, 80)))
    pictures["mute.png"] = save(draw(51))
    pictures["page.png"] = save(write_page())
    pictures["twin.jpg"] = save(draw(3), "JPEG", quality=60)
    pictures["very.png"] = save(draw(52, 20))
    files = {
        f"{name[:-4]}.txt": f"a thing called {name}" for name in pictures if name != "mute.png"
    }
    lay(tmp_path / "set", pictures, files)
    write(tmp_path, "")
    return tmp_path


def write(home, extra):
    (home / "content").mkdir(exist_ok=True)
    (home / "content/jungle.toml").write_text(f'[pictures]\nsource = "set"\nsize = 64\n{extra}')


def show(home, capsys):
    assert main(["--home", str(home), "dataset"]) == 0
    return capsys.readouterr().out


FAULTY = {"blur.png", "flat.png", "mute.png", "page.png", "twin.jpg", "very.png"}
TOLD = [
    "1 blurred",
    "1 almost one colour",
    "1 without words",
    "1 text",
    "1 nearly the same as another",
    "1 tiny",
]


def test_it_is_told_and_shown_and_nothing_is_left_out(home, capsys):
    said = show(home, capsys)
    line = next(line for line in said.split("\n") if "to look at" in line)
    assert all(told in line for told in TOLD) and "clean = true" in line
    rows = read_dataset(home / "work/dataset").rows
    assert {row["file_name"] for row in rows} >= FAULTY
    listed = (home / "work/report/cleaning.txt").read_text()
    assert "nearly the same as another\ttwin.jpg = 03.png\n" in listed and listed.count("\n") == 6
    with Image.open(home / "work/report/cleaning.png") as sheet:
        assert sheet.height > 5 * 64
    assert show(home, capsys) == said


def test_it_is_left_out_if_asked_and_the_sheet_shows_it(home, capsys):
    write(home, "clean = true\n")
    said = show(home, capsys)
    rows = read_dataset(home / "work/dataset").rows
    assert not {row["file_name"] for row in rows} & FAULTY and len(rows) == 12
    assert "12 pictures; left out: " in said and "(left out):" in said
    assert all(told in said for told in TOLD)
    assert (home / "work/report/cleaning.txt").read_text().count("\n") == 6


def test_a_set_without_words_lacks_none(tmp_path, capsys):
    lay(tmp_path / "set", {f"{n}.png": save(draw(n)) for n in range(4)})
    write(tmp_path, "clean = true\n")
    assert "to look at" not in show(tmp_path, capsys)
    assert not (tmp_path / "work/report").exists()

"""What `python -m generate dataset` says of a set, and what a build says once."""

import importlib.util
import io
import json

import pytest
from PIL import Image

from generate.__main__ import main
from generate.freshness.decide import decide_dataset, decide_picture
from generate.pictures.data import endings
from generate.pictures.data.dataset import build_dataset, read_dataset
from generate.pictures.data.report import explain
from generate.pictures.data.vocabulary import texts_of, tokens_of_each
from generate.settings import read_settings
from tests.pictures.data.sets import lay, paint

CLASSES = {"cane": "dog", "elefante": "elephant", "gatto": "cat"}


@pytest.fixture
def home(tmp_path):
    """A jungle of twelve pictures of three animals, one of them broken, with much beside them."""
    pictures = [f"raw-img/{name}/{n}.jpeg" for name in CLASSES for n in range(4)]
    files = {"translate.py": f"translate = {CLASSES}", "readme.md": "x", "a/Thumbs.db": "y"}
    lay(tmp_path / "a10", pictures, files)
    (tmp_path / "a10/raw-img/gatto/3.jpeg").write_bytes(b"broken")
    (tmp_path / "a10/raw-img/gatto/4.heic").write_bytes(b"ftypheic")
    write(tmp_path, "")
    return tmp_path


def write(home, extra):
    (home / "content").mkdir(exist_ok=True)
    text = f'[pictures]\nsource = "a10"\nsize = 32\n{extra}'
    (home / "content/jungle.toml").write_text(text)


def show(home, capsys, *arguments):
    assert main(["--home", str(home), "dataset", *arguments]) == 0
    return capsys.readouterr().out


def test_the_stage_says_all_before_anything_is_trained(home, capsys, monkeypatch):
    monkeypatch.setattr(endings, "can_open_heif", lambda: False)
    assert show(home, capsys).split("\n") == [
        "dataset   3 classes by class folders, named by translate.py",
        "dataset   not pictures: 1 db, 1 md",
        "dataset   classes: dog 4, elephant 4, cat 3",
        "dataset   11 pictures; left out: 1 broken, 1 heic (pip install pillow-heif)",
        "",
    ]
    assert {path.name for path in (home / "work").iterdir()} == {"dataset"}


def test_asked_again_it_says_the_same_and_a_build_says_nothing_more(home, capsys):
    first = show(home, capsys)
    stamp = (home / "work/dataset/pictures.safetensors").stat().st_mtime_ns
    assert show(home, capsys) == first
    assert (home / "work/dataset/pictures.safetensors").stat().st_mtime_ns == stamp
    build_dataset(read_settings(home))
    assert capsys.readouterr().out == ""


def test_a_build_says_it_once(home, capsys):
    build_dataset(read_settings(home))
    said = capsys.readouterr().out
    assert show(home, capsys) == said


def test_a_name_in_the_settings_makes_the_set_anew(home, capsys):
    assert "dog 4" in show(home, capsys)
    before = read_settings(home)
    write(home, '[pictures.names]\ndog = "hound"\nelefante = "Tusker"\n')
    assert "classes: hound 4, tusker 4, cat 3" in show(home, capsys)
    after = read_settings(home)
    assert {row["text"] for row in read_dataset(home / "work/dataset").rows} == {
        "a hound",
        "a tusker",
        "a cat",
    }
    assert decide_dataset(before).key != decide_dataset(after).key
    assert decide_picture(before, 1).key != decide_picture(after, 1).key


def test_the_field_guides_key_is_as_it_was(tmp_path, monkeypatch):
    """A new way of reading people's sets neither draws nor trains the field guide anew."""
    (tmp_path / "content").mkdir()
    (tmp_path / "content/jungle.toml").write_text("")
    settings = read_settings(tmp_path)
    recipe = decide_dataset(settings)
    assert not {"reading", "names", "heif"} & set(recipe.settings)
    assert "names" not in settings.pictures.model_dump(exclude_none=True)


def test_what_the_settings_rename_must_be_words(home, capsys):
    write(home, "[pictures.names]\ncane = 3\n")
    assert main(["--home", str(home), "dataset"]) == 1
    assert "pictures.names.cane = 3 will not do" in capsys.readouterr().err


def test_many_classes_are_all_named_in_lines_of_a_terminal(tmp_path, capsys):
    folders = [f"{a}{b} bird" for a in "abcdefghij" for b in "klmnopqrst"]
    lay(tmp_path / "a10", [f"{folder}/1.png" for folder in folders])
    write(tmp_path, "")
    said = show(tmp_path, capsys)
    assert all(f"{folder} 1" in " ".join(said.replace("dataset", "").split()) for folder in folders)
    assert max(map(len, said.split("\n"))) <= 100


def test_captions_are_all_kept_for_training(home, capsys):
    rows = [{"file_name": "raw-img/cane/0.jpeg", "text": ["a red dog", "a dog asleep"]}]
    rows += [{"file_name": "raw-img/cane/1.jpeg", "text": "a red dog asleep"}]
    text = "\n".join(map(json.dumps, rows))
    (home / "a10/metadata.jsonl").write_text(text)
    assert "captions: 2 pictures, 3 captions (metadata.jsonl)" in show(home, capsys)
    dataset = read_dataset(home / "work/dataset")
    row = next(row for row in dataset.rows if row["file_name"].endswith("cane/0.jpeg"))
    assert texts_of(row) == ["a red dog", "a dog asleep"]
    assert tokens_of_each(dataset.vocabulary, row) == [["red", "dog"], ["dog", "asleep"]]
    plain = next(row for row in dataset.rows if "elefante" in row["file_name"])
    assert tokens_of_each(dataset.vocabulary, plain) == [["elephant"]]
    assert "texts" not in plain


def test_too_large_a_picture_is_said_with_the_limit_and_the_remedy(home, capsys, monkeypatch):
    (home / "a10/raw-img/cane/wide.png").write_bytes(paint(99, (100, 50)))
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 2000)
    said = show(home, capsys)
    assert "1 too large (more than 0.004 megapixels; make them smaller, or cut them)" in said
    monkeypatch.undo()
    assert "more than 50 megapixels" in explain("too large")


@pytest.mark.skipif(not importlib.util.find_spec("pillow_heif"), reason="pillow-heif is not there")
def test_heic_is_read_where_it_can_be(home, capsys):
    import pillow_heif

    pillow_heif.register_heif_opener()
    file = io.BytesIO()
    Image.open(io.BytesIO(paint(7, (64, 64)))).save(file, "HEIF")
    (home / "a10/raw-img/gatto/4.heic").write_bytes(file.getvalue())
    assert "cat 4" in show(home, capsys)


def test_once_heic_can_be_read_the_set_is_read_anew(home, monkeypatch):
    def count_keys():
        keys = set()
        for able in (False, True):
            place = "generate.pictures.data.folders.can_open_heif"
            monkeypatch.setattr(place, lambda able=able: able)
            keys.add(decide_dataset(read_settings(home)).key)
        return len(keys)

    assert count_keys() == 2
    (home / "a10/raw-img/gatto/4.heic").unlink()
    assert count_keys() == 1

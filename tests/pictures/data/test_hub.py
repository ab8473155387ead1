"""Hub datasets through the real library, from local files: nothing is fetched."""

import io

import numpy as np
import pytest
from PIL import Image

from generate.errors import Refusal
from generate.pictures.data import hub
from generate.pictures.data.dataset import gather
from generate.pictures.data.hub_paths import is_of_set

datasets = pytest.importorskip("datasets")


def png(seed):
    file = io.BytesIO()
    levels = np.random.default_rng(seed).integers(0, 256, (32, 32, 3), np.uint8)
    Image.fromarray(levels).save(file, "PNG")
    return file.getvalue()


@pytest.fixture
def stored(tmp_path, monkeypatch):
    """Parquet of four pictures (the second no picture, the third missing), as the hub keeps it."""
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    kinds = {"image": datasets.Image(), "thumb": datasets.Image(), "text": datasets.Value("string")}
    cells = [{"bytes": data, "path": None} for data in (png(0), b"junk", png(3))]
    cells.insert(2, None)
    rows = {"image": cells, "thumb": [cells[1]] * 4, "text": list("abcd")}
    (tmp_path / "stored").mkdir()
    whole = datasets.Dataset.from_dict(rows, features=datasets.Features(kinds))
    whole.to_parquet(tmp_path / "stored/train.parquet")
    return str(tmp_path / "stored")


@pytest.fixture
def foldered(tmp_path):
    """Class folders with three owls, the first of them no picture."""
    for kind, number in [("cat", 1), ("owl", 2), ("owl", 3), ("owl", 4)]:
        path = tmp_path / f"foldered/train/{kind}/{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"junk" if number == 2 else png(number))
    return str(tmp_path / "foldered")


def test_one_picture_that_cannot_be_decoded_costs_no_other(stored, write_settings, monkeypatch):
    monkeypatch.setattr(
        "generate.pictures.data.dataset.open_source", lambda _: hub.open_hub(stored, 9)
    )
    images, rows, skipped, _ = gather(write_settings("[pictures]\nsize = 32\n"))
    assert [row["text"] for row in rows] == ["a", "d"]
    assert skipped == {"broken": 2}
    for seed, pixels in zip((0, 3), images, strict=True):
        expected = np.asarray(Image.open(io.BytesIO(png(seed)))).transpose(2, 0, 1)
        assert np.array_equal(pixels, expected)


def test_pictures_that_are_named_and_not_sent_along_are_fetched(foldered, monkeypatch):
    entries = list(hub.open_hub(foldered, 9).entries)
    assert [entry.text for entry in entries] == ["a cat", "a owl", "a owl", "a owl"]
    with pytest.raises(OSError, match="cannot identify"):
        entries[1].open()
    assert np.array_equal(entries[3].open(), Image.open(io.BytesIO(png(4))))

    def fail(*_, **__):
        raise ConnectionError("Couldn't reach the Hub")

    monkeypatch.setattr(datasets.utils.file_utils, "xopen", fail)
    with pytest.raises(Refusal, match="go online"):
        entries[0].open()


@pytest.fixture
def pointing(tmp_path, monkeypatch):
    """A stored set whose rows name a private file beside it, in six ways, and one of its own."""
    parquet = pytest.importorskip("pyarrow.parquet")
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    (tmp_path / "private.png").write_bytes(png(7))
    folder = tmp_path / "pointing"
    folder.mkdir()
    (folder / "own.png").write_bytes(png(8))
    (folder / "link.png").symlink_to(tmp_path / "private.png")
    private = str(tmp_path / "private.png")
    paths = [private, f"file://{private}", f"{folder}/../private.png", str(folder / "link.png")]
    paths += [f"zip://a::file://{private}", f"simplecache::{private}", str(folder / "own.png")]
    cells = [{"bytes": None, "path": path} for path in paths]
    whole = datasets.Dataset.from_dict(
        {"image": cells}, features=datasets.Features({"image": datasets.Image()})
    )
    # The library itself would look at the files before it writes their names.
    parquet.write_table(whole.data.table, folder / "train.parquet")
    return str(folder)


def test_rows_open_files_of_their_own_set_alone(pointing, write_settings, monkeypatch):
    entries = list(hub.open_hub(pointing, 9).entries)
    assert len(entries) == 7
    for entry in entries[:-1]:
        with pytest.raises(ValueError, match="outside of its set"):
            entry.open()
    assert np.array_equal(entries[-1].open(), Image.open(io.BytesIO(png(8))))
    monkeypatch.setattr(
        "generate.pictures.data.dataset.open_source", lambda _: hub.open_hub(pointing, 9)
    )
    with pytest.raises(Refusal, match=r"1 usable picture \(6 broken\)"):
        gather(write_settings("[pictures]\nsize = 32\n"))


REVISION = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    ("path", "own"),
    [
        (f"hf://datasets/ada/owls@{REVISION}/train/1.png", True),
        ("hf://datasets/Ada/Owls/train/1.png", True),
        (f"zip://train/1.png::hf://datasets/ada/owls@{REVISION}/owls.zip", True),
        (f"gzip://1.png::hf://datasets/ada/owls@{REVISION}/1.png.gz", True),
        (f"hf://datasets/ada/owls-private@{REVISION}/1.png", False),
        (f"hf://datasets/bob/owls@{REVISION}/1.png", False),
        (f"hf://datasets/ada/owls@{REVISION}/../../bob/1.png", False),
        ("hf://buckets/ada/owls/1.png", False),
        ("https://evil.example/1.png", False),
        ("http://169.254.169.254/latest", False),
        ("file:///etc/passwd", False),
        ("/etc/passwd", False),
        ("1.png", False),
        ("", False),
        (f"file:///etc/passwd::hf://datasets/ada/owls@{REVISION}/a", False),
        (f"https://evil.example::hf://datasets/ada/owls@{REVISION}/a", False),
        ("zip://1.png::https://evil.example/owls.zip", False),
    ],
)
def test_a_path_of_the_hub_is_of_the_set_or_is_not(path, own):
    assert is_of_set("ada/owls", path) is own


def test_without_a_column_of_pictures_the_columns_are_named(tmp_path):
    (tmp_path / "words").mkdir()
    (tmp_path / "words/train.jsonl").write_text('{"b": 1, "a": 2}\n')
    with pytest.raises(Refusal, match=r"no column holds pictures \(it has a, b\)"):
        hub.open_hub(str(tmp_path / "words"), 9)


def test_a_row_of_no_known_class_has_no_caption():
    names = datasets.ClassLabel(names=["owl", "cat"])
    rows = [{"image": None, "label": 1}, {"image": None, "label": -1}]
    found = list(hub.read_rows("a/b", iter(rows), "image", {"label": names}, 2))
    assert [(entry.text, entry.tags) for entry in found] == [
        ("a cat", {"class": "cat"}),
        (None, {}),
    ]

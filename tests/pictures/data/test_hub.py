"""Hub datasets through the real library, from local files: nothing is fetched."""

import gc
import io
import json
import tarfile

import numpy as np
import pytest
from PIL import Image

from generate.errors import Refusal
from generate.pictures.data import hub
from generate.pictures.data.dataset import gather
from generate.pictures.data.hub_paths import is_of_set
from generate.pictures.data.vocabulary import texts_of, tokens_of, tokens_of_each

datasets = pytest.importorskip("datasets")
# It leaves the metadata files open that it reads itself.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


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
    assert [entry.text for entry in entries] == ["a cat", "an owl", "an owl", "an owl"]
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


def keep(root, columns, kinds=None, split="train"):
    """A set of two or more rows as the hub keeps it; pictures are given by their bytes."""
    root.mkdir(exist_ok=True)
    cells, features = {}, {}
    for key, values in columns.items():
        pictures = all(isinstance(value, bytes) for value in values)
        cells[key] = [{"bytes": v, "path": None} for v in values] if pictures else values
        if pictures:
            features[key] = datasets.Image()
    whole = datasets.Dataset.from_dict(cells)
    for key, kind in {**features, **(kinds or {})}.items():
        whole = whole.cast_column(key, kind)
    whole.to_parquet(root / f"{split}.parquet")
    return str(root)


@pytest.fixture
def cached(tmp_path, monkeypatch):
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    yield
    gc.collect()


def told(name, names=None):
    """Captions and tags of a set's rows."""
    source = hub.open_hub(name, 9, names)
    return [(entry.text, entry.tags) for entry in source.entries]


ANIMALS = ["n01443537", "sea-lion", "Polar_Bear"]
NAMED = datasets.ClassLabel(names=ANIMALS)
SEA_LION = ("a sea lion", {"class": "sea lion"})
GOLDFISH = ("a goldfish", {"class": "goldfish"})
LABELS = {
    "label": ([1, 0], NAMED),
    "fine_label": ([1, 0], NAMED),
    "labels": ([[1], [0]], datasets.List(NAMED)),
    "species": (["sea-lion", "goldfish"], None),
    "animal": (["sea_lion", "Goldfish, Carassius auratus"], None),
    "dog_breed": (["SeaLion", "001.goldfish"], None),
}


@pytest.mark.parametrize("key", LABELS)
def test_labels_of_every_name(tmp_path, cached, key):
    values, kind = LABELS[key]
    columns = {"image": [png(0), png(1)], key: values, "coarse_label": [0, 1]}
    name = keep(tmp_path / "kept", columns, {key: kind} if kind else {})
    assert told(name) == [SEA_LION, GOLDFISH]


def test_a_name_beside_a_number_is_the_label(tmp_path, cached):
    columns = {"image": [png(0), png(1)], "label": [3, 4], "label_name": ["sea-lion", "goldfish"]}
    assert told(keep(tmp_path / "kept", columns)) == [SEA_LION, GOLDFISH]


@pytest.mark.parametrize("values", [[3, 4], [True, False], [-1, -1], [1.5, 2.5], [None, None]])
def test_numbers_and_truths_name_nothing(tmp_path, cached, values):
    name = keep(tmp_path / "kept", {"image": [png(0), png(1)], "label": values})
    assert told(name) == [(None, {})] * 2


def test_the_settings_name_numbers_and_classes(tmp_path, cached):
    name = keep(tmp_path / "kept", {"image": [png(0), png(1)], "label": [3, 4]})
    assert told(name, {"3": "sea lion", "4": "goldfish"}) == [SEA_LION, GOLDFISH]
    name = keep(tmp_path / "two", {"image": [png(0), png(1)], "species": ["cane", "gatto"]})
    assert told(name, {"cane": "dog", "gatto": "cat"})[0] == ("a dog", {"class": "dog"})


def test_several_labels_of_one_picture(tmp_path, cached):
    columns = {"image": [png(0), png(1)], "labels": [[0, 1], [1]]}
    name = keep(tmp_path / "kept", columns, {"labels": datasets.List(NAMED)})
    assert told(name) == [
        ("a goldfish and a sea lion", {"class": "goldfish", "class 2": "sea lion"}),
        SEA_LION,
    ]


SEVERAL = ["a red cat", "a cat that sleeps"]
CAPTIONED = {
    "texts": {"text": [SEVERAL, ["a dog"]]},
    "captions": {"captions": [SEVERAL, ["a dog"]]},
    "sentences": {
        "sentences": [[{"raw": s, "id": 1} for s in SEVERAL], [{"raw": "a dog", "id": 2}]]
    },
    "sentences of one row": {"sentences": [{"raw": SEVERAL}, {"raw": ["a dog"]}]},
    "by language": {"caption": [{"en": SEVERAL, "de": ["x"]}, {"en": ["a dog"], "de": ["y"]}]},
    "numbered": {"caption_0": [SEVERAL[0], "a dog"], "caption_1": [SEVERAL[1], " "]},
    "prompt": {"Prompt": [SEVERAL, ["a dog"]]},
    "empty first": {"text": ["", "a dog"], "caption": [SEVERAL, ["x"]]},
}


@pytest.mark.parametrize("form", CAPTIONED)
def test_every_caption_of_a_row_is_kept(tmp_path, cached, form, write_settings, monkeypatch):
    name = keep(tmp_path / "kept", {"image": [png(0), png(1)], **CAPTIONED[form], "label": [1, 2]})
    source = hub.open_hub(name, 9)
    assert [entry.texts for entry in source.entries] == [tuple(SEVERAL), ("a dog",)]
    monkeypatch.setattr(
        "generate.pictures.data.dataset.open_source", lambda _: hub.open_hub(name, 9)
    )
    _, rows, _, vocabulary = gather(write_settings("[pictures]\nsize = 32\n"))
    assert rows[0]["text"] == SEVERAL[0] and rows[0]["texts"] == SEVERAL
    assert "texts" not in rows[1]
    assert tokens_of_each(vocabulary, rows[0]) == [
        tokens_of(vocabulary, text, {}) for text in SEVERAL
    ]


@pytest.mark.parametrize(
    ("columns", "chosen"),
    [
        (["mask", "photo"], "photo"),
        (["conditioning_image", "image"], "image"),
        (["a_depth", "zebra"], "zebra"),
        (["jpg", "aaa"], "jpg"),
        (["thumbnail", "view"], "view"),
        (["Image", "annotated"], "Image"),
    ],
)
def test_the_column_of_pictures_by_its_name(tmp_path, cached, columns, chosen):
    name = keep(tmp_path / "kept", {key: [png(n), png(n + 9)] for n, key in enumerate(columns)})
    source = hub.open_hub(name, 9)
    expected = Image.open(io.BytesIO(png(columns.index(chosen))))
    assert np.array_equal(next(source.entries).open(), expected)
    other = columns[1 - columns.index(chosen)]
    assert source.notes == (f"pictures from the column {chosen!r}; not used: {other}",)


def test_of_columns_without_a_telling_name_the_fullest_is_taken(tmp_path, cached):
    flat = io.BytesIO()
    Image.new("RGB", (32, 32)).save(flat, "PNG")
    name = keep(tmp_path / "kept", {"aa": [flat.getvalue()] * 2, "bb": [png(1), png(2)]})
    assert np.array_equal(
        next(hub.open_hub(name, 9).entries).open(), Image.open(io.BytesIO(png(1)))
    )


def test_pictures_kept_as_bytes_are_pictures(tmp_path, cached):
    (tmp_path / "kept").mkdir()
    whole = datasets.Dataset.from_dict({"jpg": [png(1), png(2)], "text": ["a cat", "a dog"]})
    whole.to_parquet(tmp_path / "kept/train.parquet")
    source = hub.open_hub(str(tmp_path / "kept"), 9)
    entry = next(source.entries)
    assert entry.text == "a cat"
    assert np.array_equal(entry.open(), Image.open(io.BytesIO(png(1))))


@pytest.mark.parametrize("split", ["test", "validation", "extra"])
def test_the_split_that_there_is_is_taken_and_said(tmp_path, cached, split):
    name = keep(tmp_path / "kept", {"image": [png(0), png(1)], "text": ["a", "b"]}, split=split)
    if split == "extra":
        lines = "- config_name: default\n  data_files:\n  - split: extra\n    path: '*.parquet'"
        (tmp_path / "kept/README.md").write_text(f"---\nconfigs:\n{lines}\n---\n")
    source = hub.open_hub(name, 9)
    assert [entry.text for entry in source.entries] == ["a", "b"]
    assert source.notes == (f"it has no split 'train'; its split {split!r} is taken",)


def test_of_several_splits_the_one_for_training_is_taken(tmp_path, cached):
    keep(tmp_path / "kept", {"image": [png(0), png(1)], "text": ["x", "y"]}, split="test")
    name = keep(tmp_path / "kept", {"image": [png(0), png(1)], "text": ["a", "b"]})
    source = hub.open_hub(name, 9)
    assert [entry.text for entry in source.entries] == ["a", "b"] and not source.notes


def test_of_several_configurations_the_first_is_taken_and_said(tmp_path, cached):
    for config in ("birds", "cats"):
        (tmp_path / "kept" / config).mkdir(parents=True)
        keep(tmp_path / "kept" / config, {"image": [png(0), png(1)], "text": [config, "b"]})
    lines = "".join(f"- config_name: {c}\n  data_files: {c}/*.parquet\n" for c in ("birds", "cats"))
    (tmp_path / "kept/README.md").write_text(f"---\nconfigs:\n{lines}---\n")
    source = hub.open_hub(str(tmp_path / "kept"), 9)
    assert next(source.entries).text == "birds"
    assert source.notes == ("configuration 'birds'; not used: cats",)


def test_of_several_pictures_in_a_cell_the_first_is_taken(tmp_path, cached):
    (tmp_path / "kept").mkdir()
    cells = [[{"bytes": png(n), "path": None}, {"bytes": png(9), "path": None}] for n in (1, 2)]
    whole = datasets.Dataset.from_dict({"images": [*cells, []], "text": ["a", "b", "c"]})
    whole = whole.cast_column("images", datasets.List(datasets.Image()))
    whole.to_parquet(tmp_path / "kept/train.parquet")
    entries = list(hub.open_hub(str(tmp_path / "kept"), 9).entries)
    assert np.array_equal(entries[1].open(), Image.open(io.BytesIO(png(2))))
    with pytest.raises(ValueError, match="no picture"):
        entries[2].open()


def test_a_set_with_a_script_is_read_from_the_hubs_copy(tmp_path, cached, monkeypatch):
    name = keep(tmp_path / "kept", {"image": [png(0), png(1)], "text": ["a", "b"]})
    load, asked = datasets.load_dataset_builder, []

    def refuse(path, *arguments, revision=None, **options):
        asked.append(revision)
        if revision is None:
            raise RuntimeError("Dataset scripts are no longer supported, but found kept.py")
        return load(path, *arguments, **options)

    monkeypatch.setattr(datasets, "load_dataset_builder", refuse)
    source = hub.open_hub(name, 9)
    assert [entry.text for entry in source.entries] == ["a", "b"]
    assert asked == [None, "refs/convert/parquet"]
    assert "script" in source.notes[0]


@pytest.mark.parametrize("word", ["None", "NA", "null", "007", "nan", "a cat"])
def test_words_of_a_hubs_csv_are_as_they_are_written(tmp_path, cached, word):
    (tmp_path / "kept/train").mkdir(parents=True)
    for number in (0, 1):
        (tmp_path / f"kept/train/{number}.png").write_bytes(png(number))
    text = f"file_name,text\n0.png,{word}\n1.png,\n"
    (tmp_path / "kept/train/metadata.csv").write_text(text)
    entries = list(hub.open_hub(str(tmp_path / "kept"), 9).entries)
    assert [entry.text for entry in entries] == [word, None]
    assert np.array_equal(entries[0].open(), Image.open(io.BytesIO(png(0))))


def test_several_lines_for_one_picture_of_the_hub_are_all_kept(tmp_path, cached):
    (tmp_path / "kept/train").mkdir(parents=True)
    for number in (0, 1):
        (tmp_path / f"kept/train/{number}.png").write_bytes(png(number))
    texts = (*SEVERAL, SEVERAL[0])
    lines = [json.dumps({"file_name": "0.png", "text": text}) for text in texts]
    lines.append('{"file_name": "1.png", "text": "a dog"}')
    (tmp_path / "kept/train/metadata.jsonl").write_text("\n".join(lines))
    found = {entry.texts for entry in hub.open_hub(str(tmp_path / "kept"), 9).entries}
    assert found == {tuple(SEVERAL), ("a dog",)}


def test_a_row_for_each_caption_of_a_picture_is_one_picture(
    tmp_path, cached, write_settings, monkeypatch
):
    columns = {"image": [png(0), png(1), png(0)], "text": [SEVERAL[0], "a dog", SEVERAL[1]]}
    name = keep(tmp_path / "kept", columns)
    monkeypatch.setattr(
        "generate.pictures.data.dataset.open_source", lambda _: hub.open_hub(name, 9)
    )
    _, rows, skipped, _ = gather(write_settings("[pictures]\nsize = 32\n"))
    assert [texts_of(row) for row in rows] == [SEVERAL, ["a dog"]]
    assert skipped == {"duplicate": 1}


def settings_of(write_settings, source):
    return write_settings(f'[pictures]\nsize = 32\nsource = "{source}"\n')


def test_a_folder_of_parquet_is_read_as_the_hub_keeps_it(tmp_path, monkeypatch, write_settings):
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    kinds = {"image": datasets.Image(), "label": datasets.ClassLabel(names=["cat", "owl"])}
    rows = {"image": [{"bytes": png(n), "path": f"{n}.png"} for n in range(4)], "label": [0, 1] * 2}
    folder = tmp_path / "set"
    (folder / "data").mkdir(parents=True)
    (folder / "README.md").write_text("---\nlicense: mit\n---\n# A set\n")
    whole = datasets.Dataset.from_dict(rows, features=datasets.Features(kinds))
    whole.to_parquet(folder / "data/train-00000-of-00001.parquet")
    _, rows, skipped, _ = gather(settings_of(write_settings, folder))
    assert [row["text"] for row in rows] == ["a cat", "an owl"] * 2 and not skipped


def test_a_folder_of_tar_shards_is_read(tmp_path, monkeypatch, write_settings):
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    (tmp_path / "set").mkdir()
    for shard in range(2):
        with tarfile.open(tmp_path / f"set/train-{shard:05d}.tar", "w") as archive:
            for n in range(shard * 2, shard * 2 + 2):
                for ending, data in (("png", png(n)), ("txt", f"owl number {n}".encode())):
                    info = tarfile.TarInfo(f"{n:06d}.{ending}")
                    info.size = len(data)
                    archive.addfile(info, io.BytesIO(data))
    _, rows, _, _ = gather(settings_of(write_settings, tmp_path / "set"))
    assert [row["text"] for row in rows] == [f"owl number {n}" for n in range(4)]


def test_a_folder_of_tables_without_pictures_says_so(tmp_path, monkeypatch, write_settings):
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    (tmp_path / "set").mkdir()
    datasets.Dataset.from_dict({"a": [1]}).to_parquet(tmp_path / "set/train.parquet")
    with pytest.raises(Refusal) as refusal:
        gather(settings_of(write_settings, tmp_path / "set"))
    assert str(refusal.value) == f"{tmp_path / 'set'}: no column holds pictures (it has a)"
    (tmp_path / "set/train.parquet").write_bytes(b"PAR1 no")
    with pytest.raises(Refusal, match=f"{tmp_path / 'set'}: "):
        gather(settings_of(write_settings, tmp_path / "set"))


def test_metadata_in_parquet_beside_the_pictures(tmp_path, write_settings):
    for n in range(3):
        (tmp_path / f"set/pics/{n}.png").parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / f"set/pics/{n}.png").write_bytes(png(n))
    rows = {
        "file_name": ["pics/0.png", "pics/1.png"],
        "captions": [["an owl", "a bird"], ["a fox"]],
    }
    datasets.Dataset.from_dict(rows).to_parquet(tmp_path / "set/metadata.parquet")
    _, found, _, _ = gather(settings_of(write_settings, tmp_path / "set"))
    assert [texts_of(row) for row in found] == [["an owl", "a bird"], ["a fox"], []]

"""Files of Quick, Draw!: both formats, and files that are none or would run code."""

import json
import os
import zipfile

import numpy as np
import pytest

from generate.errors import Refusal
from generate.pictures.data.dataset import build_dataset, read_dataset
from generate.pictures.strokes.lines import from_lists
from generate.pictures.strokes.quickdraw import open_quickdraw, read_drawings

HOUSE = [[[0, 255, 255, 0, 0], [255, 255, 0, 0, 255]], [[100, 150], [100, 120]]]


def write_ndjson(path, count=6, word="house"):
    rows = []
    for number in range(count):
        moved = [[[x // (1 + number % 3) for x in xs], ys] for xs, ys in HOUSE]
        rows.append({"word": word, "recognized": number != 1, "drawing": moved})
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


def write_npz(path, drawings=6):
    steps = [[100, 0, 0], [0, 100, 0], [-100, 0, 1], [30, -40, 0], [20, 10, 1]]
    each = np.empty(drawings, object)
    for number in range(drawings):
        each[number] = np.array(steps, np.int16) * (1 + number)
    np.savez_compressed(path, train=each, valid=each[:1], test=each[:1])


def test_drawings_of_a_line_each(tmp_path):
    write_ndjson(tmp_path / "house.ndjson")
    found = list(read_drawings(tmp_path / "house.ndjson"))
    assert len(found) == 5, "one was not recognised"
    word, strokes = found[0]
    assert word == "house" and len(strokes) == 2
    points = np.concatenate(strokes)
    assert points.min() == pytest.approx(0.06) and points.max() == pytest.approx(0.94)


def test_drawings_of_sketch_rnn(tmp_path):
    write_npz(tmp_path / "sketchrnn_flying saucer.npz")
    found = list(read_drawings(tmp_path / "sketchrnn_flying saucer.npz"))
    assert len(found) == 8
    word, strokes = found[0]
    assert word == "flying saucer"
    assert [len(stroke) for stroke in strokes] == [3, 2]
    sides = np.diff(strokes[0], axis=0)
    assert sides[0, 1] > 0 > sides[1, 0] and sides[0, 1] == pytest.approx(-sides[1, 0])
    assert sides[0, 0] == sides[1, 1] == pytest.approx(0)


def test_a_file_that_would_run_code_runs_none(tmp_path):
    class Harm:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "harmed"),)

    each = np.empty(1, object)
    each[0] = Harm()
    np.savez(tmp_path / "harm.npz", train=each)
    with pytest.raises(Refusal, match=r"harm.npz: is no file of .* \(\w+.mkdir is no array"):
        list(read_drawings(tmp_path / "harm.npz"))
    assert not (tmp_path / "harmed").exists()


@pytest.mark.parametrize(
    "line",
    [
        "junk",
        "[]",
        "{}",
        '{"word": "a", "drawing": [1]}',
        '{"word": "a", "drawing": [[["x"], [1]]]}',
    ],
)
def test_a_line_that_is_no_drawing_is_named(tmp_path, line):
    write_ndjson(tmp_path / "a.ndjson", 1)
    with (tmp_path / "a.ndjson").open("a") as file:
        file.write(line + "\n")
    with pytest.raises(Refusal, match=r"a.ndjson: line 2 is no drawing"):
        list(read_drawings(tmp_path / "a.ndjson"))


def test_an_archive_of_other_things_is_named(tmp_path):
    (tmp_path / "a.npz").write_bytes(b"junk")
    with pytest.raises(Refusal, match="is no file of sketch-RNN"):
        list(read_drawings(tmp_path / "a.npz"))
    with zipfile.ZipFile(tmp_path / "b.npz", "w") as archive:
        archive.writestr("x.npy", b"junk")
    with pytest.raises(Refusal, match="no drawings"):
        list(read_drawings(tmp_path / "b.npz"))
    np.savez(tmp_path / "c.npz", train=np.zeros((2, 3, 4), np.int16))
    with pytest.raises(Refusal, match="another shape"):
        list(read_drawings(tmp_path / "c.npz"))


def test_a_folder_of_files_is_a_training_set(tmp_path, write_settings):
    (tmp_path / "set").mkdir()
    write_ndjson(tmp_path / "set/house.ndjson", 8)
    write_npz(tmp_path / "set/ant.npz", 8)
    (tmp_path / "set/licence.txt").write_text("CC BY 4.0")
    entries = list(open_quickdraw(tmp_path / "set", 6).entries)
    assert [entry.text for entry in entries] == ["an ant"] * 3 + ["a house"] * 3
    settings = write_settings(
        '[pictures]\nsource = "set"\nsize = 16\nrecipe = "sketch"\nexamples = 12\n'
    )
    dataset = read_dataset(build_dataset(settings))
    assert {row["tags"]["class"] for row in dataset.rows} == {"ant", "house"}
    assert all(from_lists(row["strokes"]) for row in dataset.rows)

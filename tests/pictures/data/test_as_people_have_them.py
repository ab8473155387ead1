"""Sets as people have them, each with what a person would understand of it.

They were written down with their right outcome before they were tried, and came out wrong then.
"""

import tomllib
import unicodedata
from pathlib import Path

import pytest

from generate.pictures.data.folders import open_folder
from generate.pictures.data.report import tell_rows
from tests.pictures.data.sets import lay, read_both

SETS = {
    found["name"]: found
    for found in tomllib.loads(
        (Path(__file__).parents[2] / "fixtures/sets_as_people_have_them.toml").read_text("utf-8")
    )["sets"]
}


def read(root):
    """What is known of each picture, and all that is said of the set."""
    entries, notes, source = read_both(root)
    found = {n: e.texts if len(e.texts) > 1 else e.text for n, e in entries.items()}
    rows = [{"file_name": n, "text": e.text, "tags": e.tags} for n, e in entries.items()]
    return found, "\n".join([notes, *tell_rows(rows, source.left_out)])


@pytest.mark.parametrize("name", SETS)
def test_it_is_understood_as_a_person_would(tmp_path, name):
    told = SETS[name]
    encoded = told.get("encoded", {})
    files = {n: text.encode(encoded.get(n, "utf-8")) for n, text in told.get("files", {}).items()}
    found, notes = read(lay(tmp_path / "set", told["pictures"], files))
    known = {name: None for name in told["pictures"]} | told.get("known", {})
    known = {n: tuple(t) if isinstance(t, list) else t or None for n, t in known.items()}
    assert found == known or ("known" not in told and told.get("said"))
    assert told.get("said", "") in notes


# What says nothing of the pictures, and must not come to say something.
SILENT = {
    "what a camera was": {"exif.csv": "filename,make\na.jpg,Canon\nb.jpg,Nikon\n"},
    "sums": {"md5.csv": "filename,md5\na.jpg,0cc175b9c0f1\nb.jpg,92eb5ffee6ae\n"},
    "who took them": {"credits.csv": "file,credit\na.jpg,Photo by Ada L\nb.jpg,Photo by Bo M\n"},
    "where": {"where.csv": "file,address\na.jpg,1 Long Street Ulm\nb.jpg,2 Long Street Ulm\n"},
    "one text for all": {"c.csv": "file,about\na.jpg,My trip to Ulm\nb.jpg,My trip to Ulm\n"},
    "how good they are": {"q.csv": "file,quality\na.jpg,good\nb.jpg,bad\n"},
    "scores": {"scores.txt": "a.jpg 63\nb.jpg 42\n"},
    "addresses": {"c.csv": "file,link\na.jpg,http://x.org/a b c\nb.jpg,http://x.org/b c d\n"},
    "other writing in single bytes": {"a.txt": "сова в лесу".encode("cp1251")},
    "settings": {"conf.json": '{"version": "1.0", "author": "Ada", "names": 3}'},
    "a readme": {"README.md": "# a.jpg and b.jpg are owls"},
}


@pytest.mark.parametrize("name", SILENT)
def test_what_says_nothing_of_pictures_stays_silent(tmp_path, name):
    found, notes = read(lay(tmp_path / "set", ["a.jpg", "b.jpg"], SILENT[name]))
    assert found == {"a.jpg": None, "b.jpg": None}
    assert "neither captions nor classes: all pictures are learnt from without words" in notes


def test_accents_and_case_of_two_pictures_are_kept_apart(tmp_path):
    names = ["gel\u00e9.jpg", unicodedata.normalize("NFD", "gel\u00e9.jpg"), "A.jpg", "a.jpg"]
    files = {f"{name[:-4]}.txt": f"owl {at}" for at, name in enumerate(names)}
    found = {e.name: e.text for e in open_folder(lay(tmp_path / "set", names, files)).entries}
    assert found == {name: f"owl {at}" for at, name in enumerate(names)}

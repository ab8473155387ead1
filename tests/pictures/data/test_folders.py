"""Names and captions as they come: strange separators, broken text, captions of nothing."""

import json
import os

import numpy as np
import pytest
from PIL import Image

from generate.errors import Refusal
from generate.files import read_json_lines
from generate.pictures.data import hub
from generate.pictures.data.dataset import build_dataset, read_dataset
from generate.pictures.data.naming import tidy
from generate.pictures.model_folder import PROMPTS, read_prompts
from generate.pictures.sampling.prints import read_rows

# What str.splitlines() takes for the end of a line, and JSON does not.
SEPARATORS = "\u2028\u2029\u0085\x1c\x0b\x0c"


def paint(path, seed):
    path.parent.mkdir(parents=True, exist_ok=True)
    levels = np.random.default_rng(seed).integers(0, 256, (6, 6, 3), np.uint8)
    Image.fromarray(levels).resize((32, 32)).save(path)


@pytest.fixture
def pets(tmp_path, write_settings):
    """Settings for ``tmp_path``/pets, which holds 0.png, 1.png and 2.png."""
    for number in range(3):
        paint(tmp_path / f"pets/{number}.png", number)
    return write_settings('[pictures]\nsource = "pets"\nsize = 32\n')


def caption(settings, *rows):
    lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    (settings.home / "pets/metadata.jsonl").write_text("\n".join(lines), encoding="utf-8")


def texts(settings):
    rows = read_dataset(build_dataset(settings)).rows
    return {row["file_name"]: row["text"] for row in rows}


@pytest.mark.parametrize("mark", ["\u2028", "\u2029", "\u0085"])
def test_a_name_or_caption_may_hold_any_separator(pets, mark):
    paint(pets.home / f"pets/a{mark}b.png", 9)
    caption(pets, {"file_name": "0.png", "text": f"a cat{mark}sits"})
    found = texts(pets)
    assert set(found) == {"0.png", "1.png", "2.png", f"a{mark}b.png"}
    assert found["0.png"] == "a cat sits"


def test_lines_end_where_json_lines_end(tmp_path):
    rows = [{"file_name": "a.png", "text": f"a cat{m}sits", "tags": {}} for m in SEPARATORS[:3]]
    path = tmp_path / PROMPTS
    path.write_bytes("\r\n".join(json.dumps(r, ensure_ascii=False) for r in rows).encode())
    assert read_json_lines(path) == rows
    assert read_prompts(tmp_path) == rows
    assert list(read_rows(path)) == rows


def test_captions_of_the_hub_are_one_line():
    picture = Image.new("RGB", (8, 8))
    rows = [
        {"image": picture, "text": f" a cat{SEPARATORS}sits\n", "label": "cat"},
        {"image": picture, "text": " \u2028", "caption": "an owl"},
        {"image": picture, "label": "sea\u2028lion"},
    ]
    found = list(hub.read_rows("a/b", iter(rows), "image", {}, 3))
    assert [entry.text for entry in found] == ["a cat sits", "an owl", "a sea lion"]


def test_text_that_utf8_cannot_hold_is_made_to_fit(pets):
    whole = (pets.home / "pets/2.png").read_bytes()
    (pets.home / "pets/2.png").unlink()
    name = os.fsencode(pets.home / "pets") + b"/caf\xe9.png"
    try:
        with open(name, "wb") as file:
            file.write(whole)
    except OSError:
        pytest.skip("this file system takes no such names")
    caption(pets, '{"file_name": "0.png", "text": "a cat \\ud83d"}')
    assert texts(pets) == {"0.png": "a cat", "1.png": None, "caf\\udce9.png": None}
    assert tidy("\ud83d") == ""
    assert tidy("a \U0001f600 cat") == "a \U0001f600 cat"


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (b'{"file_name": "0.png", "id": ' + b"1" * 5000 + b"}", "line 1 is not"),
        (b'{"file_name": "0.png"}\n' + b"[" * 200_000, "line 2 is not"),
        ('{"file_name": "0.png", "text": "café"}'.encode("latin-1"), "save it as UTF-8"),
        ('{"file_name": "0.png", "text": "café"}'.encode("utf-16"), "save it as UTF-8"),
    ],
    ids=["digits", "nesting", "latin-1", "utf-16"],
)
def test_captions_that_cannot_be_read_are_one_clear_line(pets, data, line):
    path = pets.home / "pets/metadata.jsonl"
    path.write_bytes(data)
    with pytest.raises(Refusal, match=line) as refusal:
        build_dataset(pets)
    assert str(refusal.value).startswith(f"{path}: ") and "\n" not in str(refusal.value)


def test_captions_of_no_picture_are_counted(pets, capsys):
    listed = [{"file_name": f"{name}.png", "text": "a cat"} for name in ("0", "x1", "x2")]
    caption(pets, *listed)
    assert texts(pets) == {"0.png": "a cat", "1.png": None, "2.png": None}
    said = [line for line in capsys.readouterr().out.split("\n") if "no picture for" in line]
    assert len(said) == 1 and "2 captions" in said[0] and "x1.png" in said[0]
    caption(pets, *listed[:1])
    texts(pets)
    assert "no picture for" not in capsys.readouterr().out

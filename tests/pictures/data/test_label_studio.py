"""Label Studio's exports in their three forms, with tags called as people call them."""

import csv
import io
import json

import pytest

from tests.pictures.data.sets import lay, read_both, texts_of

SIX = [f"photos/cat{n}.jpg" for n in range(1, 7)]
KINDS = ["Polar bear", "Ostrich", "Polar bear", "Ostrich", "Ostrich", "Polar bear"]
SAID = dict(
    zip(SIX, ["a polar bear", "an ostrich"] * 2 + ["an ostrich", "a polar bear"], strict=True)
)
TIMES = {"created_at": "2026-03-01T10:00:00.000000Z", "updated_at": "2026-03-01T10:00:09.000000Z"}
BOX = {"x": 10, "y": 10, "width": 50, "height": 60, "rotation": 0, "original_width": 140}


def as_full(values):
    """The full JSON of ``values``, by tag, of each picture: (type, value) each."""
    rows = []
    for n, (name, tags) in enumerate(zip(SIX, values, strict=True), 1):
        result = [
            {"value": value, "id": "a", "from_name": tag, "to_name": "image", "type": kind}
            for tag, (kind, value) in tags.items()
        ]
        work = {"id": n, "completed_by": 1, "result": result, "was_cancelled": False} | TIMES
        data = {"image": f"/data/upload/3/1a2b3c{n}d-{name.rpartition('/')[2]}"}
        rows.append({"id": n, "annotations": [work], "drafts": [], "data": data, "project": 3})
    return {"project-3.json": json.dumps(rows)}


def as_short(values):
    """JSON-MIN: a column for each tag."""
    rows = [
        {
            "image": f"/data/local-files/?d={name.replace('/', '%2F')}",
            "id": n,
            **tags,
            "annotator": 1,
            "annotation_id": n,
            "lead_time": 8.7,
            **TIMES,
        }
        for n, (name, tags) in enumerate(zip(SIX, values, strict=True), 1)
    ]
    return {"project-3-at-2026-03-01.json": json.dumps(rows, indent=2)}


def as_table(values):
    """CSV: what is no text is written as JSON."""
    (text,) = as_short(values).values()
    rows, file = json.loads(text), io.StringIO()
    keys = sorted({key for row in rows for key in row})
    table = csv.DictWriter(file, keys)
    table.writeheader()
    for row in rows:
        cells = {k: v if isinstance(v, str | int) else json.dumps(v) for k, v in row.items()}
        table.writerow(cells)
    return {"project-3.csv": file.getvalue()}


@pytest.mark.parametrize("tag", ["choice", "Tier", "what is it?", "label"])
@pytest.mark.parametrize("write", [as_short, as_table])
def test_a_choice_of_one_under_any_name(tmp_path, write, tag):
    root = lay(tmp_path / "set", SIX, write([{tag: kind} for kind in KINDS]))
    assert texts_of(root) == SAID


@pytest.mark.parametrize("tag", ["choice", "Tier"])
@pytest.mark.parametrize("write", [as_short, as_table])
def test_choices_of_several_beside_those_of_one(tmp_path, write, tag):
    values = [{tag: kind} for kind in KINDS[:4]] + [{tag: {"choices": ["Dog", "Cat"]}}] * 2
    found = texts_of(lay(tmp_path / "set", SIX, write(values)))
    assert found == {**SAID, SIX[4]: "a dog and a cat", SIX[5]: "a dog and a cat"}


@pytest.mark.parametrize("write", [as_short, as_table])
@pytest.mark.parametrize("tag", ["label", "bbox", "wo"])
@pytest.mark.parametrize("kind", ["rectanglelabels", "polygonlabels", "brushlabels"])
def test_what_was_drawn_around(tmp_path, write, tag, kind):
    values = [{tag: [BOX | {kind: [told]}, BOX | {kind: [told]}]} for told in KINDS]
    assert texts_of(lay(tmp_path / "set", SIX, write(values))) == SAID


@pytest.mark.parametrize("tag", ["caption", "Beschreibung", "answer"])
def test_a_textarea_beside_choices_is_a_caption(tmp_path, tag):
    told = ["A big bear beside sledge number 1", "Ostriches, running away from us"]
    full = [{"what": ("choices", {"choices": [kind]})} for kind in KINDS]
    short = [{"what": kind} for kind in KINDS]
    for at, text in enumerate(told):
        full[at][tag] = ("textarea", {"text": [text]})
        short[at][tag] = text
    right = {**SAID, SIX[0]: told[0], SIX[1]: told[1]}
    for number, files in enumerate((as_full(full), as_short(short), as_table(short))):
        assert texts_of(lay(tmp_path / f"{number}", SIX, files)) == right


def test_several_texts_are_several_captions(tmp_path):
    values = [{"caption": {"text": ["a bear asleep", "a white bear"]}}] + [{}] * 5
    for write in (as_short, as_table):
        entries, _, _ = read_both(lay(tmp_path / write.__name__, SIX, write(values)))
        assert entries[SIX[0]].texts == ("a bear asleep", "a white bear")


def test_one_label_beside_captions_is_a_class(tmp_path):
    values = [{"choice": "Polar bear"} for _ in SIX]
    values[0]["caption"] = "A bear beside a sledge"
    found = texts_of(lay(tmp_path / "set", SIX, as_short(values)))
    assert found == {name: "a polar bear" for name in SIX} | {SIX[0]: "A bear beside a sledge"}


def test_what_was_cancelled_is_passed_over_and_the_trusted_counts(tmp_path):
    (text,) = as_full([{"k": ("choices", {"choices": [kind]})} for kind in KINDS]).values()
    rows = json.loads(text)
    wrong = {"value": {"choices": ["Frog"]}, "from_name": "k", "type": "choices"}
    rows[0]["annotations"].insert(0, {"result": [wrong], "was_cancelled": True})
    rows[1]["annotations"][0]["ground_truth"] = True
    rows[1]["annotations"].insert(0, {"result": [wrong], "was_cancelled": False})
    assert texts_of(lay(tmp_path / "set", SIX, {"p.json": json.dumps(rows)})) == SAID


def test_a_taxonomy_names_its_last_step(tmp_path):
    values = [{"tree": ("taxonomy", {"taxonomy": [["Animals", "Large", k]]})} for k in KINDS]
    assert texts_of(lay(tmp_path / "set", SIX, as_full(values))) == SAID


@pytest.mark.parametrize("values", [["good", "bad"], ["Yes", "No"], ["blurred", "sharp"]])
def test_how_good_a_picture_is_is_no_class(tmp_path, values):
    rows = [{"quality": values[n % 2], "animal": kind} for n, kind in enumerate(KINDS)]
    assert texts_of(lay(tmp_path / "both", SIX, as_short(rows))) == SAID
    rows = [{"quality": values[n % 2]} for n in range(6)]
    assert set(texts_of(lay(tmp_path / "one", SIX, as_short(rows))).values()) == {None}


def test_who_when_and_how_long_say_nothing(tmp_path):
    root = lay(tmp_path / "set", SIX, as_short([{}] * 6))
    assert set(texts_of(root).values()) == {None}


def test_columns_of_words_beside_captions_that_are_not_read_are_said(tmp_path):
    rows = [
        {"file_name": name, "caption": f"a bear, {n}", "viech": kind, "url": f"https://x.org/{n}"}
        for n, (name, kind) in enumerate(zip(SIX, KINDS, strict=True))
    ]
    _, notes, _ = read_both(lay(tmp_path / "set", SIX, {"all.json": json.dumps(rows)}))
    assert "all.json: columns not read: viech" in notes
    values = [{"caption": f"a bear, {n}", "pose": ("asleep", "awake")[n % 2]} for n in range(6)]
    values = [row | {"animal": kind} for row, kind in zip(values, KINDS, strict=True)]
    _, notes, _ = read_both(lay(tmp_path / "two", SIX, as_short(values)))
    assert "columns not read: pose\n" in f"{notes}\n"

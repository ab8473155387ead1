"""`make caption`: metadata.jsonl beside one's own pictures; and words for a set without any."""

import json

import pytest
from PIL import Image

from generate.errors import Refusal
from generate.freshness.decide import decide_dataset, decide_model, decide_picture
from generate.pictures.captioning import telling, wordless
from generate.pictures.captioning.folder import caption_folder
from generate.pictures.captioning.measured import caption_picture
from generate.pictures.captioning.weights import OWN
from generate.pictures.data.dataset import build_dataset, read_dataset
from generate.pictures.data.folders import open_folder
from tests.pictures.captioning.kinds import CAPTIONS, KINDS, draw_kind
from tests.pictures.tiny_readers import save_tiny_reader


@pytest.fixture
def pictures(tmp_path):
    """A folder of one's own pictures, one of them in a folder of its own, one broken."""
    folder = tmp_path / "mine"
    (folder / "more").mkdir(parents=True)
    for place, kind in enumerate(KINDS):
        draw_kind(kind, 80).save(folder / ("more" if place else ".") / f"{place}.png")
    (folder / "broken.jpg").write_bytes(b"no picture" * 40)
    (folder / "notes.txt").write_text("not a caption")
    return folder


def use(settings, captioner):
    path = settings.work / OWN
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(captioner.read_bytes())


def test_a_folder_is_captioned_and_read_back(write_settings, pictures, captioner, capsys):
    settings = write_settings("[captioner]\nconfidence = 0.6\n")
    use(settings, captioner)
    path = caption_folder(settings, pictures)
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    assert [row["file_name"] for row in rows] == ["0.png", "more/1.png", "more/2.png"]
    for row, kind in zip(rows, KINDS, strict=True):
        assert row["text"] in CAPTIONS[kind]
    told = capsys.readouterr().out
    assert "left out" in told and "broken.jpg" in told and "3 by the captioner" in told
    found = {entry.name: entry.text for entry in open_folder(pictures).entries}
    assert {row["file_name"]: row["text"] for row in rows}.items() <= found.items()


@pytest.mark.parametrize("name", ["metadata.jsonl", "metadata.csv"])
def test_what_a_person_wrote_is_never_written_over(write_settings, pictures, name):
    (pictures / name).write_text("mine\n")
    with pytest.raises(Refusal, match=f"{name}: is there already and stays"):
        caption_folder(write_settings(), pictures)
    assert (pictures / name).read_text() == "mine\n"
    assert not {"metadata.jsonl"} - {name} or not (pictures / "metadata.jsonl").exists()


def test_what_cannot_be_captioned_is_said_in_one_line(write_settings, tmp_path):
    settings = write_settings()
    (tmp_path / "empty").mkdir()
    with pytest.raises(Refusal, match="no such folder"):
        caption_folder(settings, tmp_path / "gone")
    with pytest.raises(Refusal, match="holds no pictures"):
        caption_folder(settings, tmp_path / "empty")
    (tmp_path / "empty/a.png").write_bytes(b"x" * 300)
    with pytest.raises(Refusal, match="none of its 1 pictures"):
        caption_folder(settings, tmp_path / "empty")
    assert not (tmp_path / "empty/metadata.jsonl").exists()


def test_by_a_model_that_the_settings_name(write_settings, pictures, tmp_path):
    save_tiny_reader("git", tmp_path / "reader")
    path = caption_folder(write_settings('[pictures]\ncaptions = "reader"\n'), pictures)
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    assert len(rows) == 3 and all(row["text"][0].isupper() for row in rows)


def make_set(tmp_path, named):
    for place, kind in enumerate([*KINDS] * 3):
        folder = tmp_path / "set"
        folder.mkdir(exist_ok=True)
        draw_kind(kind, 64, place // 3).save(folder / f"{place}.png")
    noise = Image.effect_noise((64, 64), 90).convert("RGB")
    noise.save(tmp_path / "set/9.png")
    (tmp_path / "set/0.txt").write_text("My own words.")
    return f'[pictures]\nsource = "set"\n{named}[captioner]\nconfidence = 0.6\n'


def test_a_set_without_words_is_given_some(
    write_settings, tmp_path, captioner, monkeypatch, capsys
):
    monkeypatch.setattr(telling, "SHIPPED", captioner)
    mute = build_dataset(write_settings(make_set(tmp_path, "")))
    assert [row["text"] for row in read_dataset(mute).rows][1:] == [None] * 9
    settings = write_settings(make_set(tmp_path, 'captions = "learned"\n'))
    dataset = read_dataset(build_dataset(settings))
    texts = {row["file_name"]: row["text"] for row in dataset.rows}
    assert texts["0.png"] == "My own words."
    kinds = [*KINDS] * 3
    assert all(texts[f"{n}.png"] in CAPTIONS[kinds[n]] for n in range(1, 9))
    noise = Image.open(tmp_path / "set/9.png")
    known = {text for said in CAPTIONS.values() for text in said}
    assert texts["9.png"] in {caption_picture(noise.convert("RGB")).text, *known}
    assert {"bird", "frog"} & {*dataset.vocabulary.tokens}
    assert "9 pictures without words" in capsys.readouterr().out


def test_it_is_never_the_one_that_learnt_from_the_same_pictures(
    write_settings, tmp_path, captioner, monkeypatch
):
    """A jungle's own captioner has seen its training set: the shipped one tells that."""
    monkeypatch.setattr(telling, "SHIPPED", tmp_path / "none")
    settings = write_settings(make_set(tmp_path, 'captions = "learned"\n'))
    use(settings, captioner)
    rows = read_dataset(build_dataset(settings)).rows
    known = {text for said in CAPTIONS.values() for text in said}
    assert not known & {row["text"] for row in rows}
    assert all(row["text"] for row in rows)


def test_no_key_of_before_changes_and_the_new_setting_counts(write_settings, tmp_path):
    keys = []
    for named in ("", 'captions = "learned"\n', 'captions = "reader"\n'):
        settings = write_settings(make_set(tmp_path, named))
        keys.append(
            [decide(settings).key for decide in (decide_dataset, decide_model)]
            + [decide_picture(settings, 1).key]
        )
    assert len({key for some in keys for key in some}) == 9
    assert "captions" not in json.dumps(decide_dataset(write_settings()).settings)


def test_rows_with_words_or_classes_keep_them(write_settings, captioner, monkeypatch):
    monkeypatch.setattr(telling, "SHIPPED", captioner)
    settings = write_settings('[pictures]\ncaptions = "learned"\n')
    rows = [{"text": "Mine.", "tags": {}}, {"text": None, "tags": {"class": "owl"}}]
    assert wordless.give_words(settings, [], rows) == []
    assert rows[0]["text"] == "Mine." and rows[1]["text"] is None

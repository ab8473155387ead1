"""Training as one watches: started, stopped and gone on with, as the page asks for it."""

import json
import time

import pytest

from generate.pictures.verdict.diary import FILE, POINTS, DiaryWriter, read_diary, thin


def set_exposures(home, before, after):
    path = home / "content/jungle.toml"
    text = path.read_text()
    assert f"exposures = {before}\n" in text
    path.write_text(text.replace(f"exposures = {before}\n", f"exposures = {after}\n"))


def test_a_run_is_watched_stopped_and_gone_on_with(apart):
    studio = apart
    now = studio.state()["training"]
    assert now["state"] == "fresh" and now["fault"] == ""
    set_exposures(studio.home, 64, 400_000)
    studio.wait(lambda: studio.state()["training"]["state"] == "stale")
    assert studio.post("train", {"go": True})[0] == 200
    assert studio.state()["training"]["state"] in ("starting", "training")
    seen = 0
    for _ in range(2):
        studio.wait(lambda: read_now(studio)["seen"] > seen, 240)  # noqa: B023
        now = studio.state()["training"]
        assert now["state"] == "training" and now["diary"]["total"] == 400_000
        assert now["diary"]["memory"] > 50 and now["diary"]["left"] > 0
        # Cards are not written to meanwhile, and the answer says why.
        status, _, _ = studio.post("back", {"slug": "beast-001", "seen": None})
        assert status == 400
        assert studio.post("train", {"go": False})[0] == 200
        studio.wait(lambda: studio.state()["training"]["state"] == "stopped", 60)
        assert studio.state()["training"]["fault"] == ""
        # What was learnt is not lost: the next part begins where this one ended.
        before, seen = seen, read_now(studio)["seen"]
        assert seen > before
        assert list((studio.home / "work/training").glob("*/*.safetensors"))
        assert studio.post("train", {"go": True})[0] == 200
    studio.wait(lambda: read_now(studio)["seen"] > seen, 240)
    studio.post("train", {"go": False})
    studio.wait(lambda: studio.state()["training"]["state"] == "stopped", 60)
    set_exposures(studio.home, 400_000, 64)
    studio.wait(lambda: studio.state()["training"]["state"] == "fresh")


def read_now(studio):
    return studio.state()["training"]["diary"] or {"seen": 0}


def test_what_stands_in_the_way_is_said(apart):
    studio = apart
    for said in ({"go": True, "fast": 1}, {"more": 0}, {"more": "ten"}, {"more": 1e9}):
        assert studio.post("train", said)[0] == 400
    path = studio.home / "content/jungle.toml"
    text = path.read_text()
    path.write_text(text.replace('source = "content/set"', 'source = "content/nowhere"'))
    status, answer, _ = studio.post("train", {"more": 1})
    assert status == 400 and "not trained to its end" in answer["fault"]
    assert studio.post("train", {"go": True})[0] == 200
    studio.wait(lambda: "nowhere" in studio.state()["training"]["fault"], 60)
    path.write_text(text)
    studio.wait(lambda: studio.state()["training"]["state"] == "fresh")
    assert studio.get("report/grids/00000001.png")[0] == 400
    assert studio.get("report/grids/..%2F..%2Frecipe.png")[0] == 404


class Curves:
    def __init__(self):
        self.losses = [(step, 1 / step) for step in range(1, 1000)]
        self.held_out = [(500, 0.5)]


def test_a_diary_says_how_a_run_goes(tmp_path):
    assert read_diary(tmp_path) is None
    diary = DiaryWriter(tmp_path, 8000)
    diary.note(999, 8, 20.04, 0.26, Curves())
    found = read_diary(tmp_path)
    assert (found["seen"], found["total"], found["seconds"], found["left"]) == (
        7992,
        8000,
        20.0,
        0.3,
    )
    assert found["losses"][0] == [8, 1.0] and found["losses"][-1] == [7992, 1 / 999]
    assert len(found["losses"]) <= POINTS + 1 and found["held_out"] == [[4000, 0.5]]
    diary.note(1000, 8, 21, 0, Curves())
    assert read_diary(tmp_path)["seen"] == 7992, "once a second is enough"
    diary.write("ended")
    assert read_diary(tmp_path)["state"] == "ended"


def test_a_run_that_was_killed_is_a_stopped_one(tmp_path, monkeypatch):
    DiaryWriter(tmp_path, 8).write("training")
    assert read_diary(tmp_path)["state"] == "training"
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 100)
    assert read_diary(tmp_path)["state"] == "stopped"


@pytest.mark.parametrize("text", ["", "[]", '{"state": "training"}', "\udcff"])
def test_what_is_no_diary_is_none(tmp_path, text):
    (tmp_path / FILE).parent.mkdir()
    (tmp_path / FILE).write_bytes(text.encode(errors="surrogateescape"))
    assert read_diary(tmp_path) is None


@pytest.mark.parametrize("count", [0, 1, 2, POINTS, POINTS + 1, 1000, 1501])
def test_a_curve_keeps_its_ends(count):
    rows = [(step, 0.0) for step in range(count)]
    kept = thin(rows)
    assert len(kept) <= POINTS + 1 and kept[:1] == rows[:1] and kept[-1:] == rows[-1:]
    assert json.loads(json.dumps(kept)) == [list(row) for row in kept]

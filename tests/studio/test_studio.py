"""The studio's requests: whom it answers, what it draws, and that nothing is lost with it."""

import os
import shutil
import subprocess
from contextlib import suppress

import numpy as np
import pytest
from PIL import Image

from generate.build import build_pictures
from generate.cards import read_message
from generate.errors import Refusal
from generate.keeping.lock import locked
from generate.settings import read_settings
from generate.studio.server import PAGE, find_port
from tests.gallery.conftest import HOSTILE
from tests.studio.conftest import Studio

ASKED = {"prompt": "bright", "take": 1, "count": 2, "guidance": 3}


def test_only_its_own_page_is_answered(studio):
    before = studio.state()["sheets"]
    assert studio.get("state")[0] == 200
    assert studio.get("state", Sec_Fetch_Site="same-origin")[0] == 200
    for headers in (
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": f"http://localhost:{studio.port}"},  # another origin than the host that is asked
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Host": "evil.example"},
        {"Host": f"evil.example:{studio.port}"},
        {"Host": "127.0.0.1"},
        {"Host": "127.0.0.1:1"},
    ):
        for status, _, said in (
            studio.get("state", **headers),
            studio.post("draw", ASKED, **headers),
        ):
            assert status == 403, headers
            assert "Access-Control-Allow-Origin" not in said
    assert studio.post("draw", ASKED, Origin=None)[0] == 403
    assert studio.post("draw", ASKED, Content_Type="text/plain")[0] == 415
    assert studio.ask("OPTIONS", f"/{studio.token}/draw", Origin="http://evil.example")[0] == 403
    assert studio.state()["sheets"] == before


def test_a_link_without_the_token_leads_nowhere(studio):
    for path in ("/", "/state", "/studio.js", f"/{'x' * 43}/state", "/x/draw"):
        assert studio.ask("GET", path)[0] == 404
        assert studio.ask("POST", path, ASKED)[0] == 404
    for path in ("nothing", "../guard.py", "guard.py", "%2e%2e/guard.py", "cards/%2e%2e/picture"):
        assert studio.get(path)[0] in (400, 404), path


def test_it_listens_on_this_machine_alone_and_takes_the_next_port():
    first = find_port(6200)
    second = find_port(first.getsockname()[1])
    assert first.getsockname()[0] == second.getsockname()[0] == "127.0.0.1"
    assert second.getsockname()[1] > first.getsockname()[1]
    first.close()
    second.close()
    with pytest.raises(Refusal, match="no port from 70000"):
        find_port(70000)


def test_the_page_asks_nobody_else():
    for path in PAGE.iterdir():
        text = path.read_text()
        assert "//" not in text.replace("// ", "") or "http" not in text, path
        assert "innerHTML" not in text and "eval" not in text
        assert len(text.splitlines()) <= 300


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"prompt": "  "}, "prompt: holds no words"),
        ({"prompt": "x" * 501}, "prompt: has more than 500 letters"),
        ({"prompt": "zebra"}, "knows none of its words"),
        ({"prompt": None}, "ask by words, or by parents"),
        ({"parents": ["beast-001", "beast-002"]}, "ask by words, or by parents"),
        ({"take": 0}, "take: "),
        ({"take": "1"}, "take: "),
        ({"take": 100_001}, "take: "),
        ({"count": 0}, "count: "),
        ({"count": 17}, "count: "),
        ({"guidance": 0.5}, "guidance: "),
        ({"guidance": "NaN"}, "guidance: "),
        ({"more": 1}, "more: "),
    ],
)
def test_what_cannot_be_drawn_is_said(studio, wrong, told):
    status, answer, _ = studio.post("draw", ASKED | wrong)
    assert status == 400 and told in answer["fault"] and "\n" not in answer["fault"]


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"[" * 60_000])
def test_what_is_no_request_is_refused(studio, body):
    assert studio.post("draw", body)[0] == 400
    with suppress(ConnectionError):  # it need not be read to its end
        assert studio.post("draw", b"x" * 70_000)[0] == 400
    assert studio.get("state")[0] == 200


def test_a_card_of_a_picture_shows_the_very_same(studio):
    """Nine are drawn together; the card draws its own with seven others, in another group."""
    sheet = studio.draw(prompt=f"bright {HOSTILE[:60]}", take=7)
    assert sheet["state"] == "drawn" and sheet["same"] and "understood: bright" in sheet["told"]
    status, answer, _ = studio.post("card", {"sheet": sheet["name"], "take": 12})
    assert status == 200
    settings = read_settings(studio.home)
    folder = settings.bundles / answer["slug"]
    assert read_message(folder)[0]["take"] == 12
    assert studio.post("card", {"sheet": sheet["name"], "take": 12})[1] == answer  # not twice
    build_pictures(settings)
    status, seen, _ = studio.get(f"sheets/{sheet['name']}/12")
    (studio.home / "seen.png").write_bytes(seen)
    with Image.open(studio.home / "seen.png") as one, Image.open(folder / "picture.png") as other:
        assert one.size == other.size == (64, 64)
        assert np.array_equal(np.asarray(one), np.asarray(other))
    assert studio.get(f"cards/{answer['slug']}/picture")[1] == (folder / "picture.png").read_bytes()


def test_pictures_of_other_guidance_make_no_card(studio):
    sheet = studio.draw(guidance=5)
    assert not sheet["same"]
    status, answer, _ = studio.post("card", {"sheet": sheet["name"], "take": 1})
    assert status == 400 and "with other guidance" in answer["fault"]
    for wrong in ({"take": 99}, {"take": None}, {"sheet": "../../x"}, {"sheet": "0" * 12}, {}):
        asked = {"sheet": sheet["name"], **wrong} if wrong else {}
        assert studio.post("card", asked)[0] == 400


def test_a_build_beside_it_is_not_disturbed(studio):
    sheet = studio.draw()
    with locked(studio.home, "build"):
        status, answer, _ = studio.post("card", {"sheet": sheet["name"], "take": 2})
        assert status == 400 and "has been at work in this jungle since" in answer["fault"]
        again = studio.draw(take=20)  # the model is loaded already, so it draws on
        assert again["state"] == "drawn"
    assert studio.post("card", {"sheet": sheet["name"], "take": 2})[0] == 200


def test_what_is_edited_by_hand_is_shown(studio):
    path = studio.home / "content/postcards/mine/postcard.md"
    path.parent.mkdir(parents=True)
    path.write_text("---\ntitle: By hand\nprompt: dark\n---\n")
    assert "By hand" in [card["title"] for card in studio.state()["cards"]]
    path.write_text("---\ntake: two\n---\n")
    assert any("mine" in fault for fault in studio.state()["faults"])
    shutil.rmtree(path.parent)


def test_killed_while_it_draws_it_loses_nothing(grown, tmp_path):
    home = tmp_path / "home"
    shutil.copytree(grown, home)
    toml = home / "content/jungle.toml"
    toml.write_text(toml.read_text().replace("steps = 4", "steps = 1000"))
    first = Studio(home)
    try:
        name = first.post("draw", ASKED)[1]["sheet"]
        first.wait(lambda: first.sheet(name)["state"] == "drawing")
        first.wait(lambda: children_of(first.process.pid))
        drawers = children_of(first.process.pid)
    finally:
        first.kill()
    toml.write_text(toml.read_text().replace("steps = 1000", "steps = 4"))
    second = Studio(home)
    try:
        assert second.sheet(name)["state"] == "stopped"
        second.wait(lambda: not any(map(is_alive, drawers)))  # who drew has noticed
        assert second.draw(**ASKED)["name"] == name and second.sheet(name)["state"] == "drawn"
    finally:
        second.stop()


def test_a_sheet_can_be_given_up(grown, tmp_path):
    home = tmp_path / "home"
    shutil.copytree(grown, home)
    toml = home / "content/jungle.toml"
    toml.write_text(toml.read_text().replace("steps = 4", "steps = 1000"))
    studio = Studio(home)
    try:
        one = studio.post("draw", ASKED)[1]["sheet"]
        two = studio.post("draw", ASKED | {"take": 5})[1]["sheet"]
        assert studio.sheet(two)["state"] == "waiting"
        studio.post("cancel", {"sheet": two})
        assert studio.sheet(two)["state"] == "stopped"
        studio.post("cancel", {"sheet": one})
        studio.wait(lambda: studio.sheet(one)["state"] == "stopped")
        toml.write_text(toml.read_text().replace("steps = 1000", "steps = 4"))
        assert studio.draw(**ASKED)["state"] == "drawn"  # by the same process
        assert studio.post("cancel", {"sheet": "nothing"})[0] == 200
    finally:
        studio.stop()


def children_of(pid: int) -> list[int]:
    listed = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(pid)], capture_output=True, text=True, check=False
    )
    return [int(word) for word in listed.stdout.split()]


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True

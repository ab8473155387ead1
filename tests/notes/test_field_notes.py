"""notes.md in the cards' folders: written, followed, kept, shown, taken away."""

import html
import json
import re
import shutil
from pathlib import Path

import pytest

from generate.cards import is_edited
from generate.gallery.site.render import render_site
from generate.keeping.trash import list_trash
from generate.notes.stage import build_notes
from generate.plan import read_bundles
from generate.settings import Settings, read_settings
from tests.bundles import make_jungle
from tests.jungles import ROOT
from tests.six_cards import run

TOML = "count = 3\n[phrases]\nnotes = true\n"


@pytest.fixture
def jungle(tmp_path: Path) -> Settings:
    return make_jungle(tmp_path, 3, toml=TOML, size=48, frames=0, seconds=0.1)


def build(settings: Settings) -> dict[str, str]:
    """Write the notes; what lies there then, by card."""
    build_notes(settings, read_bundles(settings))
    return read_all(settings)


def read_all(settings: Settings) -> dict[str, str]:
    return {p.parent.name: p.read_text() for p in sorted(settings.bundles.glob("*/notes.md"))}


def change(settings: Settings, **values: object) -> Settings:
    """The settings with other values under [phrases]."""
    phrases = settings.phrases.model_copy(update=values)
    return settings.model_copy(update={"phrases": phrases})


def edit_front(settings: Settings, slug: str, line: str) -> None:
    (settings.bundles / slug / "postcard.md").write_text(f"---\n{line}\n---\nHello.\n")


def test_every_card_gets_one_and_a_second_build_writes_none(
    jungle: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    notes = build(jungle)
    assert len(notes) == 3 and len({*notes.values()}) == 3
    assert "3 written, 0 fresh" in capsys.readouterr().out
    before = {p: p.stat().st_mtime_ns for p in jungle.bundles.rglob("*")}
    assert build(jungle) == notes and "0 written, 3 fresh" in capsys.readouterr().out
    assert {p: p.stat().st_mtime_ns for p in jungle.bundles.rglob("*")} == before
    for slug in notes:
        card = json.loads((jungle.bundles / slug / "card.json").read_text())
        assert not is_edited(card) and card["made"]["notes"]["writer"] == "offline"
        assert card["name"]["form"] in notes[slug]


def test_an_edited_note_stays_whatever_comes(
    jungle: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    build(jungle)
    mine, empty = jungle.bundles / "beast-001/notes.md", jungle.bundles / "beast-002/notes.md"
    mine.write_text("It is *mine*.\n")
    empty.write_text("")
    edit_front(jungle, "beast-001", "caption: a blue snail in a cave")
    build_notes(jungle, read_bundles(jungle, force=True))
    assert mine.read_text() == "It is *mine*.\n" and empty.read_text() == ""
    assert "kept 2 written by hand" in capsys.readouterr().out
    assert "beast-001" in build(change(jungle, notes=False))
    assert mine.read_text() == "It is *mine*.\n" and empty.read_text() == ""


def test_a_note_follows_what_its_card_shows(jungle: Settings) -> None:
    first = build(jungle)
    edit_front(jungle, "beast-002", "caption: a grey snail in a cave\nname: {form: Toravo}")
    second = build(jungle)
    assert "Toravo" in second["beast-002"] and second["beast-002"] != first["beast-002"]
    assert {s: n for s, n in second.items() if s != "beast-002"} == {
        s: n for s, n in first.items() if s != "beast-002"
    }
    assert any(entry.path.endswith("beast-002/notes.md") for entry in list_trash(jungle.home))


def test_a_kept_card_is_left_alone(jungle: Settings) -> None:
    edit_front(jungle, "beast-003", "keep: true")
    before = (jungle.bundles / "beast-003/card.json").read_bytes()
    assert set(build(jungle)) == {"beast-001", "beast-002"}
    assert (jungle.bundles / "beast-003/card.json").read_bytes() == before


def test_without_the_setting_nothing_is_written_and_ours_go_to_the_trash(jungle: Settings) -> None:
    bare = {p: p.read_bytes() for p in jungle.bundles.rglob("*") if p.is_file()}
    quiet = change(jungle, notes=False)
    assert build(quiet) == {}
    assert {p: p.read_bytes() for p in jungle.bundles.rglob("*") if p.is_file()} == bare
    build(jungle)
    assert build(quiet) == {} and len(list_trash(jungle.home)) == 3
    assert {p.name for p in jungle.bundles.rglob("*") if p.is_file()} == {p.name for p in bare}
    for path in jungle.bundles.glob("*/card.json"):
        card = json.loads(path.read_text())
        assert "notes" not in card["made"] and not is_edited(card)


def test_notes_decide_nothing_else(jungle: Settings) -> None:
    from generate.freshness.decide import decide_phrase, decide_picture, decide_sound

    quiet = change(jungle, notes=False)
    for bundle in read_bundles(jungle):
        assert decide_phrase(jungle, bundle, "x").key == decide_phrase(quiet, bundle, "x").key
        picture = decide_picture(jungle, bundle.number)
        assert picture.key == decide_picture(quiet, bundle.number).key
        assert decide_sound(jungle, bundle).key == decide_sound(quiet, bundle).key


def test_a_stopped_build_goes_on_to_the_same_notes(
    jungle: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = build(jungle)
    for path in jungle.bundles.glob("*/notes.md"):
        path.unlink()
    place, made = build_notes.__globals__["place_file"], []

    def stop(bundle: object, *rest: object, **facts: object) -> None:
        if made:
            raise KeyboardInterrupt
        made.append(bundle)
        place(bundle, *rest, **facts)

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setitem(build_notes.__globals__, "place_file", stop)
        build(jungle)
    assert len(read_all(jungle)) == 1
    assert build(jungle) == whole


def test_page_and_feeds_show_it_as_safe_html(jungle: Settings) -> None:
    build(jungle)
    hostile = (
        "A *shy* one. <script>alert(1)</script><img src=x onerror=alert(2)> "
        "[a](javascript:b) [b](../index.html)"
    )
    (jungle.bundles / "beast-001/notes.md").write_text(hostile)
    (jungle.bundles / "beast-002/notes.md").write_text("")
    render_site(jungle)
    site = jungle.home / "site"
    page = (site / "cards/beast-001.html").read_text()
    section = re.search(r'<section class="notes".*?</section>', page, re.S)
    assert section and "A <em>shy</em> one." in section[0] and "Field notes" in section[0]
    assert not re.search(r"<script|onerror|javascript:|<img", section[0])
    assert 'class="notes"' not in (site / "cards/beast-002.html").read_text()
    atom = html.unescape((site / "feed.xml").read_text())
    feed = json.loads((site / "feed.json").read_text())
    told = next(item["content_html"] for item in feed["items"] if "beast-001" in item["url"])
    assert 'href="../index.html"' in section[0] and 'href="index.html"' in told
    for text in (atom, told):
        assert "A <em>shy</em> one." in text and "<script" not in text and "onerror" not in text
    (jungle.bundles / "beast-001/notes.md").write_text("Another.")
    render_site(jungle)
    assert "Another." in (site / "cards/beast-001.html").read_text()


def test_a_note_that_cannot_be_read_is_named(jungle: Settings) -> None:
    build(jungle)
    (jungle.bundles / "beast-001/notes.md").write_bytes(b"\xff\xfe")
    status, said = run(jungle.home, "site")
    assert status == 1 and "beast-001/notes.md: is not UTF-8" in said and "Traceback" not in said


def test_the_commands_write_and_tell_of_them(tmp_path: Path) -> None:
    content = tmp_path / "content"
    shutil.copytree(ROOT / "tests/fixtures/jungle-0.1.0", content)
    bare = {path: path.read_bytes() for path in content.rglob("*") if path.is_file()}
    assert "notes" not in run(tmp_path, "why", "beast-002")[1]
    toml = content / "jungle.toml"
    toml.write_text(toml.read_text() + "\n[phrases]\nnotes = true\n")
    status, said = run(tmp_path, "phrases")
    assert status == 0 and "3 written, 0 fresh" in said
    assert re.search(r"^notes +fresh", run(tmp_path, "why", "beast-002")[1], re.M)
    # A jungle of an older version has notes added, and all else byte for byte as it was.
    for path, data in bare.items():
        assert path == toml or path.name == "card.json" or path.read_bytes() == data, path


def test_new_jungles_have_them_and_older_ones_do_not() -> None:
    assert read_settings(ROOT).phrases.notes is True
    assert Settings().phrases.notes is False

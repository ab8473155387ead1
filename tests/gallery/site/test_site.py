"""The site equals its inputs: an incremental build leaves the bytes of a clean one."""

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as profile
from hypothesis import strategies as st
from PIL import Image

from generate.errors import Refusal
from generate.gallery.catalogue import entries as catalogue
from generate.gallery.incremental.inputs import Snapshot
from generate.gallery.incremental.outputs import SiteReport, is_unchanged
from generate.gallery.site.render import Session, open_session, render_site
from generate.phrases.language.file import write_language
from generate.phrases.language.language import make_language
from generate.settings import Settings, read_settings
from generate.shipped import TEMPLATES
from tests.bundles import draw_picture, make_bundle, make_jungle, write_tone


def read_site(home: Path) -> dict[str, bytes]:
    """Everything below site/, by path."""
    site = home / "site"
    return {p.relative_to(site).as_posix(): p.read_bytes() for p in site.rglob("*") if p.is_file()}


def build(home: Path, keep_going: bool = False) -> SiteReport:
    """A build as a new process would do it."""
    return render_site(read_settings(home), keep_going)


def build_clean(home: Path) -> dict[str, bytes]:
    """What a build from nothing leaves, without touching the site of ``home``."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        shutil.copytree(home / "content", copy / "content")
        for name in ("templates", "work/ambience"):
            if (home / name).is_dir():
                shutil.copytree(home / name, copy / name)
        (copy / "site").mkdir()
        shutil.copy(home / "site" / ".gitignore", copy / "site")
        build(copy, keep_going=True)
        return read_site(copy)


Step = Callable[[Path, random.Random], None]


def bundles_of(home: Path) -> list[Path]:
    return sorted((home / "content" / "postcards").iterdir())


def draw(path: Path, seed: int, size: int = 24) -> None:
    """A picture whose file is as long as any other of its size."""
    draw_picture(np.random.default_rng(seed), size).save(path, compress_level=0)


def add_bundle(home: Path, chance: random.Random) -> None:
    slug = chance.choice(["zebu", "été #1", "50% & co", "beast-004"])
    number = 4 if slug == "beast-004" else None
    make_bundle(home / "content" / "postcards" / slug, number, 24, 3, 0.1)


def edit_picture(home: Path, chance: random.Random) -> None:
    draw(chance.choice(bundles_of(home)) / "picture.png", chance.randrange(1000))


def edit_picture_twice(home: Path, chance: random.Random) -> None:
    folder = chance.choice(bundles_of(home))
    for seed in range(2):
        draw(folder / "picture.png", chance.randrange(1000) + seed)
        build(home, keep_going=True)


def edit_with_older_time(home: Path, chance: random.Random) -> None:
    path = chance.choice(bundles_of(home)) / "picture.png"
    draw(path, 1)
    build(home, keep_going=True)
    status = path.stat()
    draw(path, 2)
    assert path.stat().st_size == status.st_size
    older = status.st_mtime_ns - chance.choice([0, 10**9, 10**15])
    os.utime(path, ns=(older, older))


def swap_pictures(home: Path, chance: random.Random) -> None:
    one, *_, other = [folder / "picture.png" for folder in bundles_of(home)]
    one.rename(home / "held.png")
    other.rename(one)
    (home / "held.png").rename(other)


def delete_bundle(home: Path, chance: random.Random) -> None:
    if len(bundles_of(home)) > 2:
        shutil.rmtree(chance.choice(bundles_of(home)))


def rename_bundle(home: Path, chance: random.Random) -> None:
    folder = chance.choice(bundles_of(home))
    target = folder.with_name(chance.choice(["aye-aye", "zorilla", "naïve gnu"]))
    if not target.exists():
        folder.rename(target)


def change_setting(home: Path, chance: random.Random) -> None:
    text = chance.choice(
        [
            'title = "Renamed <b>"\ncount = 4\n',
            "count = 2\n",
            'count = 4\n[site]\ntheme = "midnight"\n',
            'count = 4\n[site]\nper_page = 2\nbase_url = "https://example.org/jungle"\n',
        ]
    )
    (home / "content" / "jungle.toml").write_text(text)


def edit_message(home: Path, chance: random.Random) -> None:
    text = chance.choice(
        [
            "A new message.",
            "---\ntitle: Другой\nhidden: false\n---\nHello",
            "---\nhidden: true\n---\n",
            "---\nphrase: 'mela <script>'\n---\n*x*",
        ]
    )
    (chance.choice(bundles_of(home)) / "postcard.md").write_text(text)


def edit_sound(home: Path, chance: random.Random) -> None:
    folder = chance.choice(bundles_of(home))
    write_tone(folder / "sound.flac", chance.randrange(200, 900), 0.1)


def drop_frames(home: Path, chance: random.Random) -> None:
    (chance.choice(bundles_of(home)) / "frames.webp").unlink(missing_ok=True)


def edit_nearest(home: Path, chance: random.Random) -> None:
    path = chance.choice(bundles_of(home)) / "nearest.webp"
    if chance.random() < 0.5:
        path.unlink(missing_ok=True)
    else:
        draw_picture(np.random.default_rng(chance.randrange(99)), 64).save(path)


def break_picture(home: Path, chance: random.Random) -> None:
    (chance.choice(bundles_of(home)) / "picture.png").write_bytes(b"not a picture")


def edit_page(home: Path, chance: random.Random) -> None:
    name = chance.choice(["about.md", "more.md"])
    (home / "content" / "pages" / name).write_text(f"# Page {chance.randrange(9)}\n\nText.\n")


def drop_page(home: Path, chance: random.Random) -> None:
    (home / "content" / "pages" / "more.md").unlink(missing_ok=True)


def own_template(home: Path, chance: random.Random) -> None:
    folder = home / "templates" / "assets"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "own.css").write_text(f"p {{ margin: {chance.randrange(9)}px }}")


def static_file(home: Path, chance: random.Random) -> None:
    path = home / "content" / "static" / "deep" / "CNAME"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{chance.randrange(9)}.example.org")


def spoil_site(home: Path, chance: random.Random) -> None:
    site = home / "site"
    files = sorted(p for p in site.rglob("*") if p.is_file() and p.name != ".gitignore")
    kind = chance.choice(["delete", "alter", "stray", "part"])
    if files and kind == "delete":
        chance.choice(files).unlink()
    elif files and kind == "alter":
        path = chance.choice(files)
        path.write_bytes(b"X" + path.read_bytes()[1:])
    elif kind == "stray":
        (site / "cards").mkdir(exist_ok=True)
        (site / "cards" / "stray.html").write_text("stray")
    elif kind == "part":
        (site / ".index.99999999.jungle-part.html").write_text("half")


def lose_ledger(home: Path, chance: random.Random) -> None:
    shutil.rmtree(home / "work", ignore_errors=True)


STEPS: list[Step] = [
    add_bundle,
    edit_picture,
    edit_picture_twice,
    edit_with_older_time,
    swap_pictures,
    delete_bundle,
    rename_bundle,
    change_setting,
    edit_message,
    edit_sound,
    drop_frames,
    edit_nearest,
    break_picture,
    edit_page,
    drop_page,
    own_template,
    static_file,
    spoil_site,
    lose_ledger,
]


def open_lasting(home: Path) -> Session:
    """A session that knows what it left and what it sees, as in the preview."""
    session = open_session(read_settings(home))
    session.lasting, session.snapshot = True, Snapshot()
    return session


def build_lasting(home: Path, session: Session) -> SiteReport:
    """A build as the preview does it: look, render, and put right what was spoilt in site/."""
    assert session.snapshot is not None
    folders = (home / "content", home / "templates", TEMPLATES)
    session.snapshot.refresh(str(folder) for folder in folders)
    report = render_site(read_settings(home), True, session)
    if not is_unchanged(home / "site", session.ledger):
        session.trusts_site = False
        report = render_site(read_settings(home), True, session)
    return report


def check_steps(steps: list[Step], seed: int, how: str = "process") -> None:
    """Take the steps, building after each; the site must be as if built from nothing.

    Each build is a process of its own, or one of a session, or of one as in the preview.
    """
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        make_jungle(home, 3, size=24, frames=3, seconds=0.1)
        build(home)
        session = open_session(read_settings(home)) if how == "session" else None
        lasting = open_lasting(home) if how == "preview" else None
        chance = random.Random(seed)
        for step in steps:
            step(home, chance)
            if lasting:
                build_lasting(home, lasting)
            else:
                render_site(read_settings(home), True, session)
        found, expected = read_site(home), build_clean(home)
        assert sorted(found) == sorted(expected)
        assert [name for name in found if found[name] != expected[name]] == []


@pytest.mark.parametrize("how", ["process", "preview"])
@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.__name__)
def test_one_change_leaves_the_bytes_of_a_clean_build(step: Step, how: str) -> None:
    # A preview knows what it left only after a first build of its own.
    check_steps([step] if how == "process" else [edit_message, step], 5, how)


@given(
    st.lists(st.sampled_from(STEPS), min_size=2, max_size=6),
    st.integers(0, 99),
    st.sampled_from(["process", "session", "preview"]),
)
@profile(
    max_examples=9,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
def test_any_changes_leave_the_bytes_of_a_clean_build(
    steps: list[Step], seed: int, how: str
) -> None:
    check_steps(steps, seed, how)


@pytest.fixture
def jungle(tmp_path: Path) -> Settings:
    return make_jungle(tmp_path, 3, size=24, frames=3, seconds=0.1)


def test_second_build_does_nothing(jungle: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    first = build(jungle.home)
    assert first.cards == 3 and not first.fresh and first.written
    before = {p: p.stat().st_mtime_ns for p in (jungle.home / "site").rglob("*")}
    monkeypatch.setattr("generate.gallery.site.composition.compose_site", None)
    again = build(jungle.home)
    assert again.fresh and again.files == first.files and again.bytes == first.bytes
    assert before == {p: p.stat().st_mtime_ns for p in (jungle.home / "site").rglob("*")}


def test_a_process_of_its_own_leaves_the_bytes_of_a_clean_build(jungle: Settings) -> None:
    command = [sys.executable, "-m", "generate", "--home", str(jungle.home), "site"]
    build(jungle.home)
    for step in (edit_picture, edit_message):
        step(jungle.home, random.Random(1))
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        assert " written, " in said
    assert read_site(jungle.home) == build_clean(jungle.home)
    assert "nothing to do" in subprocess.run(command, capture_output=True, text=True).stdout


def test_an_edit_during_a_build_is_not_mistaken(
    jungle: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = jungle.bundles / "beast-001" / "picture.png"
    draw(path, 1)
    before = path.read_bytes()
    prepare = catalogue.prepare_media

    def edit_meanwhile(*args: Any, **options: Any) -> Any:
        draw(path, 2)
        return prepare(*args, **options)

    monkeypatch.setattr(catalogue, "prepare_media", edit_meanwhile)
    build(jungle.home)
    monkeypatch.undo()
    path.write_bytes(before)
    build(jungle.home)
    assert read_site(jungle.home) == build_clean(jungle.home)


def test_a_message_leaves_the_dictionary_alone(jungle: Settings) -> None:
    language = make_language(7, "Mossish", "soft")
    write_language(language, jungle.content / "language.toml")
    form = language.spell(next(iter(language.concepts)))
    make_bundle(jungle.bundles / "beast-001", 1, 24, 3, 0.1, phrase=form, words=[{"form": form}])
    build(jungle.home)
    (jungle.bundles / "beast-001" / "postcard.md").write_text("Rain again.")
    written = build(jungle.home).written
    assert "cards/beast-001.html" in written and "dictionary.html" not in written
    (jungle.bundles / "beast-001" / "postcard.md").write_text("---\ntitle: Rain\n---\n")
    session = open_session(jungle)
    assert "dictionary.html" in render_site(jungle, session=session).written
    (jungle.bundles / "beast-001" / "postcard.md").write_text("---\nphrase: soru\n---\n")
    render_site(jungle, session=session)
    assert read_site(jungle.home) == build_clean(jungle.home)


def test_a_touched_file_changes_nothing(jungle: Settings) -> None:
    build(jungle.home)
    for path in (jungle.home / "content").rglob("*"):
        os.utime(path)
    assert build(jungle.home).fresh


def test_a_title_changes_pages_only(jungle: Settings) -> None:
    build(jungle.home)
    (jungle.home / "content" / "jungle.toml").write_text('title = "Other"\ncount = 3\n')
    report = build(jungle.home)
    assert "index.html" in report.written
    assert not [name for name in report.written if name.startswith("media/")]


def test_list_of_postcards(jungle: Settings) -> None:
    folder = make_bundle(jungle.bundles / "à la #1 %", None, 24, 3, 0.1)
    build(jungle.home)
    site = jungle.home / "site"
    rows = json.loads((site / "postcards.json").read_text())
    assert [row["slug"] for row in rows] == ["beast-001", "beast-002", "beast-003", "à la #1 %"]
    for row in rows:
        assert list(row) == [
            "slug",
            "title",
            "url",
            "picture",
            "sound",
            "phrase",
            "translation",
            "alt",
            "seed",
        ]
        for key in ("picture", "sound"):
            assert (site / row[key]).is_file()
        assert (site / unquote(row["url"])).is_file()
    card = json.loads((folder / "card.json").read_text())
    assert rows[3]["seed"] == card["seed"] and rows[3]["alt"] == card["caption"]
    assert len({row["picture"] for row in rows}) == len({row["sound"] for row in rows}) == 4


def test_broken_files_are_refused_by_name(jungle: Settings) -> None:
    build(jungle.home)
    before = read_site(jungle.home)
    (jungle.bundles / "beast-001" / "picture.png").write_bytes(b"not a picture")
    (jungle.bundles / "beast-002" / "card.json").write_bytes(b"{")
    with pytest.raises(Refusal) as refusal:
        build(jungle.home)
    for text in ("beast-001/picture.png is not a picture", "beast-002", "KEEP_GOING=1"):
        assert text in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert read_site(jungle.home) == before
    report = build(jungle.home, keep_going=True)
    assert report.cards == 1 and len(report.broken) == 2 and "beast-001" in str(report)
    assert (jungle.home / "site" / "cards" / "beast-003.html").is_file()
    assert not (jungle.home / "site" / "cards" / "beast-001.html").exists()


def test_links_in_a_circle_pipes_and_folders_are_no_files(jungle: Settings) -> None:
    bundle = jungle.bundles / "beast-001"
    for name in ("stray", "postcard.md", "picture.png"):
        (bundle / name).unlink(missing_ok=True)
        (bundle / name).symlink_to(name)
    (jungle.content / "pages" / "folder.md").mkdir()
    (jungle.content / "static").mkdir()
    os.mkfifo(jungle.content / "static" / "pipe")
    with pytest.raises(Refusal, match="beast-001 has no picture"):
        build(jungle.home)
    (bundle / "picture.png").unlink()
    os.mkfifo(bundle / "picture.png")
    report = build(jungle.home, keep_going=True)
    assert report.cards == 2 and not (jungle.home / "site" / "pipe").exists()


def test_a_card_without_picture_is_refused(jungle: Settings) -> None:
    (jungle.bundles / "beast-001" / "picture.png").unlink()
    with pytest.raises(Refusal, match="beast-001 has no picture"):
        build(jungle.home)


def test_a_folder_that_no_build_fills_is_not_said_to_be_filled(jungle: Settings) -> None:
    picture = jungle.bundles / "walk/one/picture.png"
    picture.parent.mkdir(parents=True)
    shutil.copyfile(jungle.bundles / "beast-001/picture.png", picture)
    with pytest.raises(Refusal, match="walk has no picture") as refusal:
        build(jungle.home)
    assert "(add one, or remove the folder)" in str(refusal.value)
    (jungle.bundles / "walk/postcard.md").write_text("---\nprompt: a striped snake\n---\n")
    with pytest.raises(Refusal, match="make build makes what is missing"):
        build(jungle.home)


def test_a_bed_is_published_or_refused_by_name(jungle: Settings) -> None:
    bed = jungle.work / "ambience" / "day.flac"
    bed.parent.mkdir(parents=True)
    write_tone(bed, 200.0, 1.0)
    build(jungle.home)
    scripts = list((jungle.home / "site" / "media").glob("ambience-day.*.js"))
    assert len(scripts) == 1 and scripts[0].read_text().startswith('jungleBed("day", "')
    bed.write_bytes(b"not a sound")
    with pytest.raises(Refusal, match=r"day\.flac cannot be read as sound"):
        build(jungle.home)


def test_hidden_files_of_the_site_are_kept(jungle: Settings) -> None:
    git = jungle.home / "site" / ".git" / "refs"
    git.mkdir(parents=True)
    (jungle.home / "site" / "stray").mkdir()
    build(jungle.home)
    assert git.is_dir() and (jungle.home / "site" / ".gitignore").is_file()
    assert not (jungle.home / "site" / "stray").exists()


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("index.html", "file"),
        ("sw.js", "file"),
        ("media/x.jpg", "file"),
        ("index.html/a", "file"),
        ("cards", "folder"),
        ("media", "folder"),
        ("assets", "folder"),
    ],
)
def test_static_files_do_not_replace_pages(jungle: Settings, name: str, what: str) -> None:
    path = jungle.content / "static" / name
    path.parent.mkdir(parents=True)
    path.write_text("mine")
    with pytest.raises(Refusal, match=f"static/{name}: the site makes a {what} of this name"):
        build(jungle.home)


def test_lone_surrogates_are_replaced(jungle: Settings) -> None:
    path = jungle.bundles / "beast-001" / "card.json"
    card = json.loads(path.read_text())
    card["made"]["picture"]["prompt"] = "half \ud800 pair"
    path.write_text(json.dumps(card))
    build(jungle.home)
    assert "half ? pair" in (jungle.home / "site" / "cards" / "beast-001.html").read_text()


def test_an_empty_jungle_has_a_site(tmp_path: Path) -> None:
    jungle = make_jungle(tmp_path, 0, 'title = "Empty"\ncount = 1\n')
    assert build(jungle.home).cards == 0
    assert (tmp_path / "site" / "index.html").is_file()
    with Image.open(tmp_path / "site" / "favicon.ico") as icon:
        assert icon.size == (32, 32)


def test_hidden_files_that_resemble_leftovers_stay(jungle: Settings) -> None:
    build(jungle.home)
    theirs = [jungle.home / "site" / name for name in (".notes.part1.txt", ".index.12.part.html")]
    for path in theirs:
        path.write_text("mine")
    (jungle.content / "pages").mkdir(exist_ok=True)
    (jungle.content / "pages" / "new.md").write_text("# New\n")
    build(jungle.home)
    assert [path.read_text() for path in theirs] == ["mine", "mine"]

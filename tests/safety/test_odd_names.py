"""Names that are no text, that begin with a dot, that hold a per cent sign; folders for files."""

import os
import shutil

import pytest

from generate.errors import Refusal
from generate.gallery.publishing.audit import audit_site
from generate.gallery.site.render import render_site
from generate.plan import read_bundles
from generate.settings import read_settings
from tests.bundles import make_bundle, make_jungle
from tests.jungles import run
from tests.keeping.sketches import make_all, sketched, write_jungle  # noqa: F401


@pytest.fixture
def home(tmp_path):
    make_jungle(tmp_path / "jungle", 2, size=24, frames=0, seconds=0.1)
    return tmp_path / "jungle"


def write_as_bytes(path, *names):
    """A copy of a file or folder beside it under a name of bytes; skips where no disk takes it."""
    for name in names:
        other = os.path.join(os.fsencode(path.parent), name)
        try:
            if path.is_dir():
                shutil.copytree(os.fsencode(path), other)
            else:
                shutil.copyfile(path, other)
        except OSError:
            pytest.skip("this disk takes text alone")


@pytest.mark.parametrize("stage", ["site", "why", "keep", "phrases"])
def test_a_folder_whose_name_is_no_text_is_refused(home, stage):
    write_as_bytes(home / "content/postcards/beast-001", b"caf\xe9")
    process = run(home, stage, ok=False)
    assert process.returncode == 1 and process.stderr.count("\n") == 1, process.stderr
    assert "postcards/caf\\udce9: its name is not UTF-8; rename it" in process.stderr


def test_a_page_whose_name_is_no_text_is_refused(home):
    write_as_bytes(home / "content/pages/about.md", b"caf\xe9.md")
    with pytest.raises(Refusal, match=r"pages/caf\\udce9\.md: its name is not UTF-8"):
        render_site(read_settings(home))


def test_other_files_may_be_called_as_they_are(home):
    write_as_bytes(home / "content/postcards/beast-001/card.json", b"caf\xe9.json")
    assert render_site(read_settings(home)).cards == 2


def test_hidden_pages_are_no_pages(home):
    """A Mac leaves ._about.md beside about.md on other disks; it is no text."""
    pages = home / "content/pages"
    (pages / "._about.md").write_bytes(b"\0\5\26\7\xff")
    (pages / ".md").write_text("mine")
    (pages / "..md").write_text("mine")
    settings = read_settings(home)
    render_site(settings)
    assert audit_site(settings).errors == []
    assert not [path for path in (home / "site").glob(".*.html")]


def test_a_per_cent_sign_in_a_name_is_one(home):
    make_bundle(home / "content/postcards/50%20 done", None, 24, 0, 0.1)
    (home / "content/pages/a%20b.md").write_text("# Title\n\n## Half\n\n[here](#half)")
    settings = read_settings(home)
    render_site(settings)
    assert audit_site(settings).errors == []


@pytest.mark.parametrize("name", ["picture.png", "sound.flac", "card.json", "notes.md"])
@pytest.mark.usefixtures("sketched")
def test_a_folder_in_the_place_of_a_file_costs_its_card_alone(tmp_path, name):
    settings = write_jungle(tmp_path)
    make_all(settings)
    path = tmp_path / "content/postcards/beast-001" / name
    path.unlink(missing_ok=True)
    path.mkdir()
    (path / "mine.txt").write_text("mine")
    faults = make_all(write_jungle(tmp_path, seed=8), force=True).faults
    assert len(faults) == 1
    assert f"beast-001/{name}: is a folder, and a file is to lie there; rename it" in faults[0]
    assert (path / "mine.txt").read_text() == "mine"
    with pytest.raises(Refusal, match="is a folder"):
        read_bundles(settings)

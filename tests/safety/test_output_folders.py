"""A jungle made by somebody else: links among the folders written to lose nobody a file."""

import json
import shutil

import pytest

from generate.errors import Refusal
from generate.gallery.site.render import render_site
from generate.keeping.trash import keep, list_trash
from generate.settings import read_settings
from tests.bundles import make_jungle
from tests.jungles import run


@pytest.fixture
def victim(tmp_path):
    """A folder beside the jungle with a file that nobody may touch."""
    folder = tmp_path / "victim"
    folder.mkdir()
    (folder / "thesis.txt").write_text("years of work")
    return folder


@pytest.fixture
def home(tmp_path):
    make_jungle(tmp_path / "jungle", 1, seconds=0.1)
    return tmp_path / "jungle"


def is_untouched(victim):
    return [(path.name, path.read_text()) for path in victim.rglob("*")] == [
        ("thesis.txt", "years of work")
    ]


@pytest.mark.parametrize("name", ["site", "site/media", "site/.well-known"])
def test_a_site_that_leads_elsewhere_is_refused(home, victim, name):
    (home / "content/static/.well-known").mkdir(parents=True)
    (home / "content/static/.well-known/security.txt").write_text("foreign")
    if (home / name).is_dir():
        shutil.rmtree(home / name)
    (home / name).parent.mkdir(exist_ok=True)
    (home / name).symlink_to(victim)
    with pytest.raises(Refusal, match=f"{name}: is a link"):
        render_site(read_settings(home))
    assert is_untouched(victim)


@pytest.mark.parametrize("name", ["work", "work/phrases", ".jungle", ".jungle/trash"])
def test_other_folders_that_lead_elsewhere_are_refused(home, victim, name):
    shutil.rmtree(home / "work", ignore_errors=True)
    (home / name).parent.mkdir(exist_ok=True)
    (home / name).symlink_to(victim)
    process = run(home, "phrases", ok=False)
    assert process.returncode == 1 and process.stderr.count("\n") == 1
    assert f"{home / name}: is a link" in process.stderr
    assert is_untouched(victim)


@pytest.mark.parametrize("name", ["postcards", "postcards/beast-002", "language.toml"])
def test_nothing_is_written_where_content_leads_out(home, victim, name):
    if name == "postcards":
        shutil.rmtree(home / "content/postcards")
    (home / "content" / name).unlink(missing_ok=True)
    (home / "content" / name).symlink_to(victim)
    process = run(home, "phrases", "COUNT=2", ok=False)
    assert process.returncode == 1 and "leads out of content/" in process.stderr
    assert is_untouched(victim)


def test_a_lock_that_is_a_link_truncates_nothing(home, victim):
    (home / ".jungle").mkdir()
    (home / ".jungle/build.lock").symlink_to(victim / "thesis.txt")
    process = run(home, "phrases", ok=False)
    assert process.returncode == 1 and "Traceback" not in process.stderr
    assert is_untouched(victim)


@pytest.mark.parametrize("sha256", ["../../../victim/thesis.txt", "/etc/hostname", "", 7, "a" * 63])
def test_an_index_of_the_trash_names_no_other_file(home, victim, sha256):
    """What the trash has no room for is deleted by the name that its index gives."""
    keep(home, home / "content/jungle.toml", "a test")
    index = home / ".jungle/trash/index.json"
    row = json.loads(index.read_text())[0]
    foreign = row | {"sha256": sha256, "path": "content/a", "size": 2**40}
    index.write_text(json.dumps([foreign, row]))
    with pytest.raises(Refusal, match="not an index of the trash"):
        list_trash(home)
    with pytest.raises(Refusal, match="not an index of the trash"):
        keep(home, home / "content/pages/about.md", "a test")
    assert is_untouched(victim)

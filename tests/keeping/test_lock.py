"""Two builds of one jungle: the second says who is at work and waits; the dead hold nothing."""

import subprocess
import sys
import time

import pytest

from generate.gallery.preview.server import Build
from generate.keeping.lock import locked
from generate.settings import read_settings
from tests.bundles import make_jungle
from tests.jungles import ROOT, run

HOLD = """
import sys, time
from pathlib import Path
from generate.keeping.lock import locked
with locked(Path(sys.argv[1]), sys.argv[2]):
    print("held", flush=True)
    time.sleep(float(sys.argv[3]))
"""


@pytest.fixture
def hold(tmp_path):
    """Start a process that holds a lock of the jungle for some seconds."""
    started = []

    def start(name, seconds):
        command = [sys.executable, "-c", HOLD, str(tmp_path), name, str(seconds)]
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout.readline() == "held\n"
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def test_the_second_build_says_who_is_at_work_and_waits(tmp_path, hold):
    make_jungle(tmp_path, 1, seconds=0.1)
    card = tmp_path / "content/postcards/beast-001/postcard.md"
    card.write_text("---\nkeep: true\n---\n")  # nothing is to be made
    holder = hold("build", 3)
    build = run(tmp_path, "phrases")
    assert holder.wait(30) == 0
    first = build.stdout.splitlines()[0]
    assert first.startswith(f"lock      process {holder.pid} (") and "waiting" in first


def test_reading_stages_do_not_wait(tmp_path, hold):
    make_jungle(tmp_path, 1, seconds=0.1)
    hold("build", 60)
    began = time.monotonic()
    for stage in ("why", "restore", "site"):
        assert "waiting" not in run(tmp_path, stage).stdout
    assert time.monotonic() - began < 50


def test_a_killed_build_holds_no_lock(tmp_path, hold, capsys):
    holder = hold("build", 600)
    holder.kill()
    holder.wait()
    with locked(tmp_path, "build"):
        pass
    assert not capsys.readouterr().out


def test_the_preview_waits_while_a_build_renders(tmp_path, hold, capsys):
    make_jungle(tmp_path, 1, seconds=0.1)
    build = Build(lambda: read_settings(tmp_path))
    build()
    assert build.error is None
    session, holder = build.session, hold("site", 2)
    build()
    told = capsys.readouterr().out
    assert f"process {holder.pid} (" in told and "waiting" in told and build.error is None
    assert build.session is session
    # What another process rendered meanwhile is not taken for the preview's own work.
    page = tmp_path / "content/pages/about.md"
    page.write_text(page.read_text().replace("jungle", "forest"))
    run(tmp_path, "site")
    build()
    assert build.error is None and build.session is not session
    assert "forest" in (tmp_path / "site/about.html").read_text()

"""A build that is killed outright leaves nothing half-written; the next one completes it."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

from generate.gallery.site.render import render_site
from generate.settings import read_settings
from tests.bundles import make_jungle
from tests.gallery.site.test_site import read_site


def start(home: Path) -> subprocess.Popen[bytes]:
    """Render in a process group of its own."""
    command = [sys.executable, "-m", "generate", "--home", str(home), "site"]
    return subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What an undisturbed build makes."""
    home = tmp_path_factory.mktemp("whole")
    render_site(make_jungle(home, 6, size=260, frames=3, seconds=0.2))
    return read_site(home)


def count_media(home: Path) -> int:
    folder = home / "site" / "media"
    return sum(1 for _ in folder.iterdir()) if folder.is_dir() else 0


@pytest.mark.parametrize("files", [3, 25])
def test_the_next_build_completes(tmp_path: Path, whole: dict[str, bytes], files: int) -> None:
    make_jungle(tmp_path, 6, size=260, frames=3, seconds=0.2)
    running = start(tmp_path)
    end = time.monotonic() + 30
    while count_media(tmp_path) < files and running.poll() is None:
        assert time.monotonic() < end
        time.sleep(0.005)
    # The parent alone, as the kernel does when memory runs out; its workers must follow.
    running.kill()
    running.wait()
    end = time.monotonic() + 10
    while is_alive(running.pid):
        assert time.monotonic() < end, "workers went on without their parent"
        time.sleep(0.05)
    for path in (tmp_path / "site" / "media").glob("[!.]*.[awj]*"):
        if path.suffix in (".avif", ".webp", ".jpg"):
            Image.open(path).load()
    render_site(read_settings(tmp_path))
    assert read_site(tmp_path) == whole


def is_alive(group: int) -> bool:
    """Whether any process of a group is left."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True

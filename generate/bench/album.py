"""Compare our site with an album that sigal makes of the same pictures, by the command line."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from generate.bench.process_cost import compare_best, measure_cost

SIZE = 1024  # pixels
# Pictures of the site that is compared with sigal's album.
CARDS = 16
SIGAL_SETTINGS = """source = "source"
destination = "album"
img_size = (960, 960)
thumb_size = (320, 320)
img_format = "WEBP"
img_options = {"quality": 80}
"""


def have_sigal() -> bool:
    """Whether sigal is installed (pip install sigal)."""
    return shutil.which("sigal", path=os.path.dirname(sys.executable)) is not None


def compare_sigal(
    home: Path, sources: Sequence[Path], rounds: int, bar: Any
) -> list[dict[str, Any]]:
    """Rows: a run with nothing to do, one with a changed picture, and how many of four edits that
    are hard to notice each publishes."""
    (home / "sigal.conf.py").write_text(SIGAL_SETTINGS)
    make_jungle(home, sources)
    tasks = {"sigal": partial(run_sigal, home), "ours": partial(run_ours, home)}
    for task in tasks.values():
        measure_cost(task, bar)
    nothing: dict[str, list[Any]] = {"sigal": [], "ours": []}
    for _ in range(rounds):
        for who, task in tasks.items():
            nothing[who].append(measure_cost(task, bar))
    right, changed = {"sigal": 0, "ours": 0}, dict[str, list[Any]](sigal=[], ours=[])
    for edit in (edit_once, edit_keeping_time, edit_to_older_time, edit_by_renaming):
        edit(sources)
        for who, task in tasks.items():
            changed[who].append(measure_cost(task, bar))
            right[who] += is_current(home, sources[0], who == "sigal")
    share = right["ours"] / max(1, right["sigal"])
    return [
        compare_best("site again, nothing changed, CPU", nothing["sigal"], nothing["ours"], 0, "s"),
        compare_best("site again, one changed, CPU", changed["sigal"], changed["ours"], 0, "s"),
        {
            "name": "edits that were published, of 4",
            "baseline": right["sigal"],
            "ours": right["ours"],
            "ratio": round(share, 2),
            "unit": "",
        },
    ]


def make_jungle(home: Path, sources: Sequence[Path]) -> None:
    """Bundles with links to the pictures, so that an edit changes both albums."""
    for path in sources:
        bundle = home / "content" / "postcards" / path.stem
        bundle.mkdir(parents=True)
        (bundle / f"picture{path.suffix}").symlink_to(path)
    (home / "content" / "jungle.toml").write_text(f"count = {len(sources)}\n")


def run_ours(home: Path) -> None:
    """Render the site."""
    tool = [sys.executable, "-m", "generate", "--home", str(home), "site"]
    subprocess.run(tool, cwd=Path(__file__).parents[2], check=True, capture_output=True)


def run_sigal(home: Path) -> None:
    """Build an album of the same pictures."""
    tool = os.path.join(os.path.dirname(sys.executable), "sigal")
    subprocess.run([tool, "build"], cwd=home, check=True, capture_output=True)


def replace_picture(path: Path, seed: int) -> None:
    """Write another picture to ``path``."""
    colour = np.random.default_rng(seed).integers(0, 256, 3)
    Image.new("RGB", (SIZE, SIZE), tuple(int(c) for c in colour)).save(path, quality=92)


def edit_once(sources: Sequence[Path]) -> None:
    """An ordinary edit."""
    replace_picture(sources[0], 1)


def edit_keeping_time(sources: Sequence[Path]) -> None:
    """A second edit that leaves the file's time as it was."""
    status = sources[0].stat()
    replace_picture(sources[0], 2)
    os.utime(sources[0], ns=(status.st_atime_ns, status.st_mtime_ns))


def edit_to_older_time(sources: Sequence[Path]) -> None:
    """A picture from a backup, older than the one it replaces."""
    replace_picture(sources[0], 3)
    os.utime(sources[0], (10**9, 10**9))


def edit_by_renaming(sources: Sequence[Path]) -> None:
    """Another file, renamed to replace it."""
    other = sources[0].with_name("other.jpg")
    replace_picture(other, 4)
    os.utime(other, (10**9, 10**9))
    other.replace(sources[0])


def is_current(home: Path, source: Path, sigal: bool) -> bool:
    """Whether the published picture shows the same as the source now."""
    if sigal:
        published = next((home / "album").glob(f"**/{source.stem}.webp"))
    else:
        files = (home / "site" / "media").glob(f"{source.stem}.*.1024.webp")
        published = max(files, key=lambda path: path.stat().st_ctime_ns)
    shown, wanted = (
        np.asarray(Image.open(path).convert("RGB").resize((8, 8)), float)
        for path in (published, source)
    )
    return bool(np.abs(shown - wanted).max() < 12)

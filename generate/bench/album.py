"""Compare the site with an album of the same pictures by sigal, both made on the command line."""

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

from generate.bench.process_cost import compare_costs, measure_cost

SIZE = 1024  # pixels
CARDS = 16  # pictures in the site and in the album
# Ways to put another picture in place of the first one; a builder must notice each.
EDITS = ("new time", "same time", "older time", "renamed")
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
    """Rows: CPU time of a run with nothing to do, and with one changed picture; edits noticed."""
    (home / "sigal.conf.py").write_text(SIGAL_SETTINGS)
    make_jungle(home, sources)
    tasks = {"sigal": partial(run_sigal, home), "ours": partial(run_ours, home)}
    for task in tasks.values():
        measure_cost(task, bar)
    nothing: dict[str, list[Any]] = {"sigal": [], "ours": []}
    changed: dict[str, list[Any]] = {"sigal": [], "ours": []}
    right = {"sigal": 0, "ours": 0}
    for _ in range(rounds):
        for who, task in tasks.items():
            nothing[who].append(measure_cost(task, bar))
    for how in EDITS:
        edit_picture(sources[0], how)
        for who, task in tasks.items():
            changed[who].append(measure_cost(task, bar))
            right[who] += is_current(home, sources[0], who == "sigal")
    ratio = round(right["ours"] / max(1, right["sigal"]), 2)
    rows = [
        compare_costs(f"site again, {what} changed, CPU", found["sigal"], found["ours"], 0, "s")
        for what, found in (("nothing", nothing), ("one", changed))
    ]
    counts = {"baseline": right["sigal"], "ours": right["ours"], "ratio": ratio, "unit": ""}
    return [*rows, {"name": "edits that were published, of 4", **counts}]


def make_jungle(home: Path, sources: Sequence[Path]) -> None:
    """Bundles with links to the pictures, so that an edit reaches both sides."""
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


def edit_picture(path: Path, how: str) -> None:
    """Replace a picture by another one, in a way out of `EDITS`."""
    status = path.stat()
    other = path.with_name("other.jpg") if how == "renamed" else path
    colour = np.random.default_rng(1 + EDITS.index(how)).integers(0, 256, 3)
    Image.new("RGB", (SIZE, SIZE), tuple(int(c) for c in colour)).save(other, quality=92)
    if how == "same time":
        os.utime(other, ns=(status.st_atime_ns, status.st_mtime_ns))
    elif how != "new time":
        os.utime(other, (10**9, 10**9))
    other.replace(path)


def is_current(home: Path, source: Path, sigal: bool) -> bool:
    """Whether the published picture shows the source as it is now."""
    if sigal:
        published = next((home / "album").glob(f"**/{source.stem}.webp"))
    else:
        files = (home / "site" / "media").glob(f"{source.stem}.*.1024.webp")
        published = max(files, key=lambda path: path.stat().st_ctime_ns)
    shown, meant = (
        np.asarray(Image.open(path).convert("RGB").resize((8, 8)), float)
        for path in (published, source)
    )
    return bool(np.abs(shown - meant).max() < 12)

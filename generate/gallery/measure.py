"""Measure the gallery's builder beside a bare encoder and beside sigal, on pictures drawn here.

CPU time of whole process trees, for other work on the machine lengthens what a clock shows.
"""

import multiprocessing
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from tqdm import tqdm

from generate.cards import Card, slug_of
from generate.gallery.encode import Options, choose_widths

SIZE = 1024
PICTURES = 48
# Two sizes, as in the comparisons that the builder's targets were taken from.
OPTIONS = Options(widths=(320, 1024))
# So many of them make the site that is compared with an album of sigal's.
CARDS = 16
SIGAL_SETTINGS = """source = "source"
destination = "album"
img_size = (960, 960)
thumb_size = (320, 320)
img_format = "WEBP"
img_options = {"quality": 80}
"""


def measure_gallery(pictures: int = PICTURES, rounds: int = 2) -> list[dict[str, Any]]:
    """Rows of a table: name, baseline, ours, ratio (baseline over ours), unit.

    Every figure is the better of ``rounds`` taken in turn with its counterpart.
    """
    steps = 3 * rounds + 1 + (2 * rounds + 10 if have_sigal() else 0)
    with (
        tempfile.TemporaryDirectory() as folder,
        tqdm(total=steps, desc="gallery", unit="run", disable=None) as bar,
    ):
        home = Path(folder)
        sources = draw_pictures(home / "pictures", pictures)
        rows = compare_encoding(home, sources, rounds, bar)
        if have_sigal():
            some = [home / "source" / path.name for path in sources[:CARDS]]
            some[0].parent.mkdir()
            for path, copy in zip(sources, some, strict=False):
                shutil.copy(path, copy)
            rows += compare_sigal(home, some, rounds, bar)
    return rows


def draw_pictures(folder: Path, count: int) -> list[Path]:
    """Pictures of 1024 pixels with detail at every scale, half JPEG, half PNG."""
    folder.mkdir(parents=True)
    paths = []
    for number in range(count):
        rng = np.random.default_rng(number)
        values = np.zeros((SIZE, SIZE, 3), np.float32)
        for cells in (4, 9, 20, 60):
            coarse = Image.fromarray(rng.integers(0, 256, (cells, cells, 3), dtype=np.uint8))
            smooth = coarse.resize((SIZE, SIZE), Image.Resampling.BICUBIC)
            values += np.asarray(smooth, np.float32) * (4 / cells)
        values *= 235 / values.max()
        values += rng.normal(0, 2.5, (SIZE, SIZE, 1))
        image = Image.fromarray(np.clip(values, 0, 255).astype(np.uint8))
        path = folder / f"{slug_of(number + 1)}.{'png' if number % 2 else 'jpg'}"
        options: dict[str, Any] = {"compress_level": 1} if number % 2 else {"quality": 92}
        image.save(path, **options)
        paths.append(path)
    return paths


def compare_encoding(
    home: Path, sources: Sequence[Path], rounds: int, bar: Any
) -> list[dict[str, Any]]:
    """CPU time and memory of encoding, then of a run with nothing and with one picture to do."""
    bare, ours = [], []
    for number in range(rounds):
        bare.append(cost(partial(encode_bare, sources, home / f"bare-{number}"), bar))
        ours.append(cost(partial(encode_ours, sources, home / f"ours-{number}"), bar))
    rows = [
        row("encode a picture of 1024 px, CPU", bare, ours, 0, "s", len(sources)),
        row("encode: memory of the largest process", bare, ours, 1, "MiB"),
    ]
    last = home / f"ours-{rounds - 1}"
    nothing = [cost(partial(encode_ours, sources, last), bar) for _ in range(rounds)]
    Image.open(sources[1]).transpose(Image.Transpose.ROTATE_180).save(sources[0], quality=92)
    changed = [cost(partial(encode_ours, sources, last), bar)]
    rows.append(row("encode again, nothing changed, CPU", bare, nothing, 0, "s"))
    rows.append(row("encode again, one changed, CPU", bare, changed, 0, "s"))
    return rows


def row(
    name: str, baseline: list[Any], ours: list[Any], at: int, unit: str, share: float = 1
) -> dict[str, Any]:
    """One row from the better of several costs."""
    before, now = (min(found[at] for found in costs) / share for costs in (baseline, ours))
    return {
        "name": name,
        "baseline": round(before, 4),
        "ours": round(now, 4),
        "ratio": round(before / now, 2),
        "unit": unit,
    }


def cost(task: Callable[[], None], bar: Any) -> tuple[float, float]:
    """CPU seconds and MiB of the largest process of ``task`` in a fresh process."""
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=run_task, args=(task, sender))
    process.start()
    sender.close()  # so that a process that fails ends the wait
    found: tuple[float, float] = receiver.recv()
    process.join()
    bar.update()
    return found


def run_task(task: Callable[[], None], sender: Any) -> None:
    """Run ``task`` and send what it cost, its own processes included."""
    before = use()
    task()
    after = use()
    sender.send((after[0] - before[0], after[1]))


def use() -> tuple[float, float]:
    """CPU seconds so far, and the most memory in MiB, of this process and its children."""
    own, others = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    seconds = sum(usage.ru_utime + usage.ru_stime for usage in (own, others))
    scale = 2**20 if sys.platform == "darwin" else 2**10
    return seconds, max(read_peak() or own.ru_maxrss, others.ru_maxrss) / scale


def read_peak() -> int:
    """The most memory in KiB of this process, as Linux knows it; 0 elsewhere.

    There ru_maxrss of a process begins with what its parent held when it started it.
    """
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return 0
    return next((int(row.split()[1]) for row in status.splitlines() if "VmHWM" in row), 0)


def encode_ours(sources: Sequence[Path], out: Path) -> None:
    """The builder's own stage for pictures alone, with its ledger."""
    from generate.gallery.ledger import Ledger
    from generate.gallery.media import prepare_media

    cards = [Card(title="", slug=path.stem, folder=path.parent, picture=path) for path in sources]
    ledger = Ledger(out / "ledger.jsonl")
    ledger.begin()
    _, broken = prepare_media(cards, out, ledger, OPTIONS, workers=2)
    assert not broken
    ledger.save()


def encode_bare(sources: Sequence[Path], out: Path) -> None:
    """The same files by Pillow alone in two processes: the least that it can cost."""
    out.mkdir()
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        list(pool.map(partial(encode_one, out), sources, chunksize=4))


def encode_one(out: Path, source: Path) -> None:
    """Decode once, reduce step by step, save."""
    image = Image.open(source).convert("RGB")
    for width in choose_widths(image.size, OPTIONS):
        if width < image.width:
            image = image.resize((width, width), Image.Resampling.LANCZOS)
        name = f"{out}/{source.stem}.{width}"
        image.save(f"{name}.avif", quality=OPTIONS.avif_quality, speed=8, max_threads=1)
        image.save(f"{name}.webp", quality=OPTIONS.webp_quality, method=OPTIONS.webp_method)
        if width == max(OPTIONS.widths):
            quality = OPTIONS.jpeg_quality
            image.save(f"{name}.jpg", quality=quality, optimize=True, progressive=True)


def have_sigal() -> bool:
    """Whether sigal is installed to be compared with (pip install sigal)."""
    return shutil.which("sigal", path=os.path.dirname(sys.executable)) is not None


def compare_sigal(
    home: Path, sources: Sequence[Path], rounds: int, bar: Any
) -> list[dict[str, Any]]:
    """From the command line: a run with nothing to do, one with a changed picture, and how many of
    four awkward edits each publishes."""
    (home / "sigal.conf.py").write_text(SIGAL_SETTINGS)
    make_jungle(home, sources)
    tasks = {"sigal": partial(run_sigal, home), "ours": partial(run_ours, home)}
    for task in tasks.values():
        cost(task, bar)
    nothing: dict[str, list[Any]] = {"sigal": [], "ours": []}
    for _ in range(rounds):
        for who, task in tasks.items():
            nothing[who].append(cost(task, bar))
    right, changed = {"sigal": 0, "ours": 0}, dict[str, list[Any]](sigal=[], ours=[])
    for edit in (edit_once, edit_keeping_time, edit_to_older_time, edit_by_renaming):
        edit(sources)
        for who, task in tasks.items():
            changed[who].append(cost(task, bar))
            right[who] += is_current(home, sources[0], who == "sigal")
    share = right["ours"] / max(1, right["sigal"])
    return [
        row("site again, nothing changed, CPU", nothing["sigal"], nothing["ours"], 0, "s"),
        row("site again, one changed, CPU", changed["sigal"], changed["ours"], 0, "s"),
        {
            "name": "edits that were published, of 4",
            "baseline": right["sigal"],
            "ours": right["ours"],
            "ratio": round(share, 2),
            "unit": "",
        },
    ]


def make_jungle(home: Path, sources: Sequence[Path]) -> None:
    """Bundles that hold the pictures by reference, so that an edit reaches both albums."""
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


def turn(path: Path, seed: int) -> None:
    """Another picture in place of ``path``."""
    colour = np.random.default_rng(seed).integers(0, 256, 3)
    Image.new("RGB", (SIZE, SIZE), tuple(int(c) for c in colour)).save(path, quality=92)


def edit_once(sources: Sequence[Path]) -> None:
    """A picture drawn anew."""
    turn(sources[0], 1)


def edit_keeping_time(sources: Sequence[Path]) -> None:
    """A second edit at the same time by the file's clock."""
    status = sources[0].stat()
    turn(sources[0], 2)
    os.utime(sources[0], ns=(status.st_atime_ns, status.st_mtime_ns))


def edit_to_older_time(sources: Sequence[Path]) -> None:
    """A picture restored from a backup, older than the one it replaces."""
    turn(sources[0], 3)
    os.utime(sources[0], (10**9, 10**9))


def edit_by_renaming(sources: Sequence[Path]) -> None:
    """Another picture moved into its place."""
    other = sources[0].with_name("other.jpg")
    turn(other, 4)
    os.utime(other, (10**9, 10**9))
    other.replace(sources[0])


def is_current(home: Path, source: Path, sigal: bool) -> bool:
    """Whether the published picture shows what the source shows now."""
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

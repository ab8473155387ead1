"""Compare the gallery's builder with a bare encoder and with sigal, on pictures drawn here."""

import multiprocessing
import shutil
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from tqdm import tqdm

from generate.bench.album import CARDS, SIZE, compare_sigal, have_sigal
from generate.bench.process_cost import compare_best, measure_cost
from generate.bundles.folders import slug_of
from generate.cards import Card
from generate.gallery.media.encode import Options, choose_widths
from generate.stops import follow_parent

PICTURES = 48
# Two sizes, as in the comparisons that the targets of the builder are from.
OPTIONS = Options(widths=(320, 1024))


def measure_gallery(pictures: int = PICTURES, rounds: int = 2) -> list[dict[str, Any]]:
    """Rows of a table: name, baseline, ours, ratio (baseline over ours), unit.

    Every figure is the lowest of ``rounds``; ours and the baseline take turns.
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
        bare.append(measure_cost(partial(encode_bare, sources, home / f"bare-{number}"), bar))
        ours.append(measure_cost(partial(encode_ours, sources, home / f"ours-{number}"), bar))
    rows = [
        compare_best("encode a picture of 1024 px, CPU", bare, ours, 0, "s", len(sources)),
        compare_best("encode: memory of the largest process", bare, ours, 1, "MiB"),
    ]
    last = home / f"ours-{rounds - 1}"
    nothing = [measure_cost(partial(encode_ours, sources, last), bar) for _ in range(rounds)]
    Image.open(sources[1]).transpose(Image.Transpose.ROTATE_180).save(sources[0], quality=92)
    changed = [measure_cost(partial(encode_ours, sources, last), bar)]
    rows.append(compare_best("encode again, nothing changed, CPU", bare, nothing, 0, "s"))
    rows.append(compare_best("encode again, one changed, CPU", bare, changed, 0, "s"))
    return rows


def encode_ours(sources: Sequence[Path], out: Path) -> None:
    """The builder's own stage for pictures alone, with its ledger."""
    from generate.gallery.incremental.ledger import Ledger
    from generate.gallery.media.card_media import prepare_media

    cards = [Card(title="", slug=path.stem, folder=path.parent, picture=path) for path in sources]
    ledger = Ledger(out)
    ledger.begin()
    _, broken = prepare_media(cards, out, ledger, OPTIONS, workers=2)
    assert not broken
    ledger.save()


def encode_bare(sources: Sequence[Path], out: Path) -> None:
    """The same files by Pillow alone in two processes: the least possible cost."""
    out.mkdir()
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, context, follow_parent) as pool:
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

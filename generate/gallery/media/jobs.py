"""Make media files in a pool of processes; remember each product as soon as it is there."""

import os
import re
import signal
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from generate.errors import Refusal
from generate.gallery.incremental.ledger import Ledger
from generate.stops import follow_parent

# Up to so many bytes of sources and so many files, starting other processes takes longer than
# encoding in this one.
FEW_BYTES, FEW_FILES = 1_500_000, 24


@dataclass(frozen=True)
class Job:
    """One product to make: ``function(source, out, stem, *extra)`` returns it as a JSON object.

    ``name`` is the ledger's name of the product, ``key`` the digest of all that decides it. The
    product lists its ``files``: their ``name`` below ``out``, ``sha256`` and size in ``bytes``.
    """

    name: str
    key: str
    source: Path
    stem: str
    function: Callable[..., dict[str, Any]]
    extra: tuple[Any, ...] = ()


@lru_cache(maxsize=1 << 14)
def stem_of(slug: str) -> str:
    """What the names of a card's files begin with: plain letters, the same on every system.

    Two slugs may have one stem; the digest that follows tells their files apart.
    """
    plain = unicodedata.normalize("NFKD", slug).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z0-9_-]+", "-", plain).strip("-")[:40] or "card"


def run_jobs(
    jobs: Sequence[Job], out: Path, ledger: Ledger, workers: int | None = None
) -> tuple[dict[str, Any], dict[str, str]]:
    """Products by job name, and the reasons why others failed, by job name.

    A product of the ledger is not made again if its key is the same and ``out`` has all its files,
    unaltered.
    """
    products: dict[str, Any] = {}
    stale = []
    for job in jobs:
        product = ledger.recall(job.name, job.key)
        if product is not None and all(
            ledger.holds(f"{out}/{file['name']}", file["sha256"], file["bytes"])
            for file in product["files"]
        ):
            products[job.name] = product
        else:
            stale.append(job)
    failures = {}
    for job, product, reason in _run_all(stale, out, workers):
        if reason is not None:
            failures[job.name] = reason
            continue
        products[job.name] = product
        ledger.record(job.name, job.key, product)
        for file in product["files"]:
            ledger.note_written(f"{out}/{file['name']}", file["sha256"])
        ledger.flush()
    return products, failures


def _run_all(
    jobs: Sequence[Job], out: Path, workers: int | None
) -> Iterator[tuple[Job, Any, str | None]]:
    """Yield each job with its product, or with the reason why there is none."""
    if workers is None:
        size = sum(job.source.stat().st_size for job in jobs)
        workers = 1 if len(jobs) < FEW_FILES and size < FEW_BYTES else count_cores()
    if len(jobs) < 2 or workers < 2:
        for job in jobs:
            yield job, *run_job(job, out)
        return
    from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context

    from tqdm import tqdm

    from generate.gallery.media.room import AT_A_TIME

    context = get_context("spawn")
    room = context.BoundedSemaphore(AT_A_TIME)
    pool = ProcessPoolExecutor(workers, context, start_worker, (room,))
    try:
        with tqdm(total=len(jobs), desc="media", unit="file", disable=None) as bar:
            queue = iter(jobs)
            running: dict[Future[Any], Job] = {}
            following: Job | None
            while True:
                while len(running) < 3 * workers and (following := next(queue, None)) is not None:
                    running[pool.submit(run_job, following, out)] = following
                if not running:
                    break
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    job = running.pop(future)
                    yield job, *future.result()
                    bar.update()
    except BrokenProcessPool:
        raise Refusal(
            "a process that encodes pictures was stopped, perhaps because memory ran out; "
            "run the same command again to go on"
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)


def run_job(job: Job, out: Path) -> tuple[Any, str | None]:
    """The product of one job, or None and what is wrong with its source."""
    from generate.gallery.media.audio import BrokenSound
    from generate.gallery.media.decode import BrokenPicture
    from generate.gallery.media.room import take_turn

    try:
        with take_turn(job.source):
            return job.function(job.source, out, job.stem, *job.extra), None
    except (BrokenPicture, BrokenSound) as fault:
        return None, str(fault)


def start_worker(room: Any = None) -> None:
    """Leave Ctrl-C to the parent, and end when the parent ends, even if it is killed.

    ``room`` is the semaphore that the workers share for large pictures.
    """
    from generate.gallery.media.room import share_room

    share_room(room)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    follow_parent()


def count_cores() -> int:
    """Processors that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1

"""Carry out jobs in a pool of processes, remembering each product as soon as it is there."""

import os
import signal
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from generate.errors import Refusal
from generate.gallery.media.media import Job
from generate.gallery.site.ledger import Ledger

# So few bytes and files are encoded in this process: starting others takes longer.
LITTLE, MANY = 1_500_000, 24


def run_jobs(
    jobs: Sequence[Job], out: Path, ledger: Ledger, workers: int | None = None
) -> tuple[dict[str, Any], dict[str, str]]:
    """Products by job name, and why the others failed.

    A product of the ledger is taken as it is if its key is the same and all its files are in
    ``out`` unaltered.
    """
    products: dict[str, Any] = {}
    stale = []
    for job in jobs:
        product = ledger.recall(job.name, job.key)
        if product is not None and is_whole(product, out, ledger):
            products[job.name] = product
        else:
            stale.append(job)
    failures = {}
    for job, product, reason in do_all(stale, out, workers):
        if reason is not None:
            failures[job.name] = reason
            continue
        products[job.name] = product
        ledger.record(job.name, job.key, product)
        for file in product["files"]:
            ledger.place(f"{out}/{file['name']}", file["sha256"])
        ledger.flush()
    return products, failures


def is_whole(product: dict[str, Any], out: Path, ledger: Ledger) -> bool:
    """True if every file of a product is there with the bytes that were written."""
    for file in product["files"]:
        path = f"{out}/{file['name']}"
        try:
            status = ledger.present.get(path) or os.stat(path)
        except OSError:
            return False
        if status.st_size != file["bytes"] or ledger.digest(path, status) != file["sha256"]:
            return False
    return True


def do_all(
    jobs: Sequence[Job], out: Path, workers: int | None
) -> Iterator[tuple[Job, Any, str | None]]:
    """Yield each job with its product, or with the reason why there is none."""
    if workers is None:
        little = len(jobs) < MANY and sum(job.source.stat().st_size for job in jobs) < LITTLE
        workers = 1 if little else count_cores()
    if len(jobs) < 2 or workers < 2:
        for job in jobs:
            yield job, *do_job(job, out)
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
                    running[pool.submit(do_job, following, out)] = following
                if not running:
                    break
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    job = running.pop(future)
                    yield job, *future.result()
                    bar.update()
    except BrokenProcessPool:
        raise Refusal(
            "a process that encodes pictures was stopped, perhaps for want of memory; "
            "run the same command again to go on"
        ) from None
    finally:
        pool.shutdown(cancel_futures=True)


def do_job(job: Job, out: Path) -> tuple[Any, str | None]:
    """Carry out one job; what is wrong with its source comes back as a reason."""
    from generate.gallery.media.audio import BrokenSound
    from generate.gallery.media.decode import BrokenPicture
    from generate.gallery.media.room import take_turn

    try:
        with take_turn(job.source):
            return job.function(job.source, out, job.stem, *job.extra), None
    except (BrokenPicture, BrokenSound) as fault:
        return None, str(fault)


def start_worker(room: Any = None) -> None:
    """Leave Ctrl-C to the parent, and end when it does, even if it is killed outright.

    ``room`` is the semaphore that the workers share for large pictures.
    """
    from multiprocessing import parent_process

    from generate.gallery.media.room import share_room

    share_room(room)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = parent_process()

    def follow() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=follow, daemon=True).start()


def count_cores() -> int:
    """Processors that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1

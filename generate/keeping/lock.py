"""One build of a jungle at a time: locks that the system drops when their process ends."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from errno import ENOLCK, ENOSYS, EOPNOTSUPP
from pathlib import Path

from generate.errors import Refusal
from generate.files import read_json, write_json
from generate.keeping.trash import open_hidden

# Seconds between two tries while another process is at work.
PATIENCE = 0.2


@contextmanager
def locked(home: Path, name: str, wait: bool = True) -> Iterator[None]:
    """Hold the lock ``name`` of the jungle in ``home``; wait for whoever holds it, and say who.

    Without ``wait``, a lock that is held is a `Refusal` that says who holds it.

    The lock is flock's (filelock, https://py-filelock.readthedocs.io), so a killed process holds
    none. A disk without such locks is used without, as there a lock file would outlive its process.
    """
    from filelock import FileLock, Timeout

    folder = open_hidden(home)
    lock = FileLock(folder / f"{name}.lock", fallback_to_soft=False)
    try:
        try:
            lock.acquire(blocking=False)
        except Timeout:
            if not wait:
                raise Refusal(f"{tell_holder(folder, name)}; try again when it is done") from None
            print(f"{'lock':<9} {tell_holder(folder, name)}; waiting (Ctrl-C ends this one)")
            sys.stdout.flush()
            lock.acquire(poll_interval=PATIENCE)
    except OSError as error:
        if error.errno not in (ENOSYS, ENOLCK, EOPNOTSUPP):
            raise
        yield
        return
    try:
        command = " ".join(["jungle", *sys.argv[1:]])[:100]
        holder = {"process": os.getpid(), "since": time.strftime("%H:%M:%S"), "command": command}
        write_json(folder / f"{name}.json", holder)
        yield
    finally:
        lock.release()


def tell_holder(folder: Path, name: str) -> str:
    """Who holds a lock, as it wrote it down."""
    with suppress(Refusal, OSError, KeyError, TypeError):
        told = read_json(folder / f"{name}.json")
        return (
            f"process {told['process']} ({told['command']}) has been at work in this jungle since "
            f"{told['since']}"
        )
    return "another process is at work in this jungle"

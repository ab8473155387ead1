"""Builds as a machine of random hands runs them: met at a step to the disk, killed, two at once."""

import json
import os
import signal
import threading
import warnings
from collections.abc import Callable
from contextlib import AbstractContextManager, contextmanager, nullcontext, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import NamedTuple, TextIO

import pytest

from generate import files
from generate.errors import Refusal
from generate.keeping.lock import locked
from tests.keeping.sketches import make_all, write_jungle


class Told(NamedTuple):
    """What a build said: its refusal, the cards that it left out, and all its lines."""

    refusal: str
    faults: list[str]
    lines: list[str]


def build(
    home: Path,
    seed: int,
    force: bool,
    meeting: AbstractContextManager[None] | None = None,
    out: TextIO | None = None,
) -> Told:
    """All stages but the site, as the command runs them; their lines go to ``out`` if given.

    Once it has the lock, it enters ``meeting``.
    """
    told = StringIO()
    if out is not None:
        told.write = lambda text: out.write(text) and out.flush()  # type: ignore[method-assign]
    with redirect_stdout(told):
        try:
            with locked(home, "build"), meeting or nullcontext():
                bundles = make_all(write_jungle(home, seed), force)
        except Refusal as refusal:
            return Told(str(refusal), [], told.getvalue().splitlines())
    return Told("", bundles.faults, told.getvalue().splitlines())


@contextmanager
def met(at: int, happen: Callable[[], None]):
    """Let something ``happen`` at the ``at``-th step to the disk (from 0): before or after it.

    A step is a file written and yet to be renamed, a rename, or a file about to be removed.
    """
    rename, unlink = os.replace, os.unlink
    steps, here = [0], threading.current_thread()

    def step() -> None:
        if threading.current_thread() is here:
            steps[0] += 1
            if steps[0] == at + 1:
                happen()

    def write(number: int) -> None:
        step()

    def replace(source: Path, target: Path) -> None:
        rename(source, target)
        step()

    def remove(path: Path, **how: int) -> None:
        step()
        unlink(path, **how)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files.os, "fsync", write)
        patch.setattr(files.os, "replace", replace)
        patch.setattr(files.os, "unlink", remove)
        yield


def fork(work: Callable[[], None]) -> int:
    """A process of its own that does ``work`` and ends; its number."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of threads, which the child does not need
        child = os.fork()
    if not child:
        status = 1
        try:
            work()
            status = 0
        finally:
            os._exit(status)
    return child


def kill_a_build(home: Path, seed: int, force: bool, at: int) -> bool:
    """A build that SIGKILL ends at its ``at``-th step; False if it ended before of itself."""

    def die() -> None:
        # Of a file that is being written, half may be there.
        for path in files.writing:
            if at % 2 and path.is_file():
                os.truncate(path, path.stat().st_size // 2)
        os.kill(os.getpid(), signal.SIGKILL)

    def work() -> None:
        build(home, seed, force, met(at, die))

    _, status = os.waitpid(fork(work), 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0, "the build failed"
    return os.WIFSIGNALED(status)


class Second:
    """Another build of the same jungle, in a process of its own, begun while one is at work."""

    def __init__(self, home: Path, seed: int) -> None:
        self.home, self.seed, self.child, self.lines = home, seed, 0, list[str]()

    def start(self) -> None:
        """Begin, and return once it waits or has ended."""
        ours, theirs = os.pipe()

        def work() -> None:
            os.close(ours)
            with os.fdopen(theirs, "w") as out:
                told = build(self.home, self.seed, False, out=out)
                out.write(json.dumps(["told", told.refusal, told.faults]))

        self.child = fork(work)
        os.close(theirs)
        self.out = os.fdopen(ours)
        for line in self.out:
            self.lines.append(line)
            if "waiting (Ctrl-C" in line:
                break

    def join(self) -> Told | None:
        """What it said; None if it was never begun."""
        if not self.child:
            return None
        with self.out:
            self.lines += list(self.out)
        assert os.waitpid(self.child, 0)[1] == 0, "the second build failed"
        _, refusal, faults = json.loads(self.lines[-1])
        return Told(refusal, faults, [line.rstrip() for line in self.lines[:-1]])

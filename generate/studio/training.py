"""Training as one watches: a process of its own, which is started and stopped from the page.

Run as ``python -m generate.studio.training HOME DIALS``, it trains the model of the jungle in HOME
until that is done, or until its standard input ends: then it stops after a step, with a checkpoint.
A studio that is killed ends that input too.
"""

import _thread
import asyncio
import json
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from generate.errors import Refusal
from generate.files import read_json
from generate.freshness.decide import decide_model
from generate.pictures.verdict.diary import FILE, STOPPED, TRAINING, read_diary
from generate.recipe import holds
from generate.settings import Settings, read_settings

REPORT = Path("report")
VERDICT, SHEET = REPORT / "verdict.json", REPORT / "before-after.png"
# Seconds that a process gets to write its checkpoint.
PATIENCE = 30.0


class Training:
    """The process that trains, if there is one; ``tell`` gets what it has come to.

    ``fault`` says why the last one ended before it was done, "" where nothing was wrong.
    """

    def __init__(
        self, home: Path, dials: dict[str, Any], tell: Callable[[dict[str, Any]], None]
    ) -> None:
        self.home, self.dials, self.tell = home, dials, tell
        self.process: asyncio.subprocess.Process | None = None
        self.work: asyncio.Task[None] | None = None
        self.fault, self.started = "", 0.0

    @property
    def running(self) -> bool:
        """Whether the process trains, or is about to."""
        return self.work is not None and not self.work.done()

    def start(self) -> None:
        """Train; a run that was stopped goes on."""
        if not self.running:
            self.fault, self.started = "", time.time()
            self.work = asyncio.create_task(self.train())

    async def train(self) -> None:
        """Let a process train to its end, and say how it ended."""
        self.process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            __name__,
            str(self.home),
            json.dumps(self.dials),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        # What it prints goes to the terminal, where bars are shown; the fault comes back.
        assert self.process.stdout is not None
        told = (await self.process.stdout.read()).decode(errors="replace").strip()
        status = await self.process.wait()
        self.fault = told or ("training has ended; the terminal says why" if status else "")
        self.tell({"changed": True})

    async def stop(self) -> None:
        """Have it stop after a step; a checkpoint holds what was learnt so far."""
        if self.process is not None and self.process.stdin is not None:
            self.process.stdin.close()

    async def close(self) -> None:
        """End the process, with its checkpoint."""
        if self.running and self.process is not None:
            await self.stop()
            try:
                await asyncio.wait_for(self.process.wait(), PATIENCE)
            except TimeoutError:
                self.process.kill()


def tell_training(settings: Settings, training: Training) -> dict[str, Any]:
    """Where training is, as JSON knows it.

    "state": "fresh", "stale", "stopped", "starting", "training", or "elsewhere" for a command that
    trains in a terminal. "diary": of the last run, if any. "grids": names of pictures, the oldest
    first. "verdict": of the model as it is; "fault".
    """
    diary = read_diary(settings.work)
    writes = diary is not None and diary["state"] == TRAINING
    if training.running:
        state = "training" if writes else "starting"
        if state == "starting" and sign_diary(settings.work) < training.started * 1e9:
            diary = None  # of a run before
    elif writes:
        state = "elsewhere"
    elif is_fresh(settings):
        state = "fresh"
    else:
        state = "stopped" if diary is not None and diary["state"] == STOPPED else "stale"
    grids = sorted(path.name for path in (settings.work / REPORT / "grids").glob("*.png"))
    return {
        "state": state,
        "diary": diary,
        "grids": [name for name in grids if name[:8].isdecimal()],
        "verdict": read_verdict(settings.work) if state == "fresh" else "",
        "fault": training.fault,
    }


def is_fresh(settings: Settings) -> bool:
    """Whether the model is what the settings ask for."""
    try:
        return holds(settings.work / "model", decide_model(settings))
    except (Refusal, OSError):
        return False


def read_verdict(work: Path) -> str:
    """The sentence of the last run's verdict, "" where there is none."""
    try:
        found = read_json(work / VERDICT)
    except (Refusal, OSError):
        return ""
    sentence = found.get("sentence") if isinstance(found, dict) else None
    return sentence if isinstance(sentence, str) and (work / SHEET).is_file() else ""


def sign_diary(work: Path) -> int:
    """A number that changes with each entry of the diary."""
    try:
        return (work / FILE).stat().st_mtime_ns
    except OSError:
        return 0


def main(home: Path, dials: dict[str, Any]) -> int:
    """Train; 0 if it was done or stopped, 1 after one line of what is wrong."""
    from generate.keeping.lock import locked
    from generate.pictures.training.stage import train_model

    def follow() -> None:
        while os.read(0, 1):  # not sys.stdin, whose lock the end of the process would wait for
            pass
        _thread.interrupt_main()

    # A shell that started the studio in the background may have it ignore Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    out, sys.stdout = sys.stdout, sys.stderr
    threading.Thread(target=follow, daemon=True).start()
    try:
        settings = read_settings(home, dials)
        with locked(settings.home, "build", wait=False):
            train_model(settings)
    except KeyboardInterrupt:
        return 0
    except Refusal as refusal:
        print(refusal, file=out)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), json.loads(sys.argv[2])))

"""Builds in processes forked from one that has imported what they import, so that each is short.

Reads orders as JSON lines: home, on how many ``cores``, and when SIGKILL comes: ``at`` a write
(from 0), ``delay`` seconds after that, or ``after`` so many seconds, wherever the build is by then.
Answers each with a line: status, what was written, seconds, all that was said, and whether any
process outlived the build.
"""

import json
import mmap
import os
import signal
import struct
import sys
import tempfile
import threading
import time
import traceback
from pathlib import Path

WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def watch(order: dict, count: mmap.mmap, log: Path) -> None:
    """Count what this process writes below its home, and end it when its moment has come."""
    home, at, lines = order["home"], order.get("at"), log.open("w")

    def end() -> None:
        time.sleep(order.get("delay", 0))
        os.kill(os.getpid(), signal.SIGKILL)

    def hook(event: str, args: tuple) -> None:
        if event == "open":
            writes = isinstance(args[2], int) and args[2] & WRITES
        else:
            writes = event in ("os.rename", "os.remove", "os.mkdir", "os.rmdir")
        if not (writes and str(args[0]).startswith(home)):
            return
        number = struct.unpack("q", count[:8])[0]
        count[:8] = struct.pack("q", number + 1)
        lines.write(f"{event} {Path(args[0]).relative_to(home)}\n")
        lines.flush()
        if number == at:
            if order.get("delay"):
                threading.Thread(target=end, daemon=True).start()
            else:
                end()

    sys.addaudithook(hook)


def build(order: dict, count: mmap.mmap, log: Path, said: Path) -> int:
    from generate.__main__ import main

    os.setsid()
    os.cpu_count = lambda: order["cores"]
    os.sched_getaffinity = lambda process: set(range(order["cores"]))
    descriptor = os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    watch(order, count, log)
    status = main(["--home", order["home"], "build"])
    sys.stdout.flush()
    return status


def prepare() -> None:
    """Import what a build imports, and let it train a tiny network, each step of it saved."""
    import functools

    import matplotlib.pyplot  # noqa: F401
    import torch
    from diffusers import UNet2DModel  # noqa: F401

    from generate.gallery.site import render  # noqa: F401
    from generate.pictures.choosing import neighbours  # noqa: F401
    from generate.pictures.compute import precision
    from generate.pictures.sampling import stage  # noqa: F401
    from generate.pictures.training import run as progress
    from generate.pictures.training import trainer
    from generate.sounds import stage as sounds  # noqa: F401
    from tests.pictures.tiny import use_tiny_networks

    torch.set_num_threads(1)
    use_tiny_networks()
    # The fastest arithmetic is measured, and of a tiny network's it is another each time.
    precision.list_arithmetics = lambda device: ["float32"]
    trainer.step_to_end = functools.partial(progress.step_to_end, every=0)


def serve() -> None:
    prepare()
    count = mmap.mmap(-1, 8)
    folder = Path(tempfile.mkdtemp(prefix="nursery-"))
    log, said = folder / "log", folder / "said"
    for line in sys.stdin:
        order, count[:8], began = json.loads(line), bytes(8), time.monotonic()
        child = os.fork()
        if not child:
            status = 1
            try:
                status = build(order, count, log, said)
            except BaseException:
                traceback.print_exc()
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(status)
        if "after" in order:
            time.sleep(order["after"])
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        answer = {"status": os.waitstatus_to_exitcode(status), "writes": log.read_text()}
        answer |= {"seconds": time.monotonic() - began, "said": said.read_text()}
        print(json.dumps(answer | {"orphans": outlives(child)}), flush=True)


def outlives(group: int) -> bool:
    """Whether any process of a build is left 10 seconds after it ended."""
    for _ in range(200):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return False
        time.sleep(0.05)
    os.killpg(group, signal.SIGKILL)
    return True


if __name__ == "__main__":
    serve()

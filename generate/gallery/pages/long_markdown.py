"""Render Markdown of any length: long texts in a process of its own, ended after five seconds.

The parser's patterns take time that grows with the cube of some texts, and one long address that is
referred to often makes gigabytes; nothing but the end of its process stops them. Run as a module,
this is that process.
"""

import atexit
import json
import os
import signal
import subprocess
import sys
import threading
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from generate.errors import Refusal

# Letters that are rendered here: of forty thousand odd texts of this length the slowest took 2 s.
SHORT = 2000
# Seconds of a processor that a text may take. A busy machine may give it as much only in minutes,
# and where there is no such clock (Windows) these are all there is.
PATIENCE, WALL = 5.0, 60.0
# Letters of HTML that a text may become, and bytes that its process may take for it.
MOST, ROOM = 4_000_000, 2**30
ROOT = Path(__file__).resolve().parents[3]
SLOW, DEEP = "takes more than five seconds to render; simplify it", "is nested too deeply"
LARGE = "becomes too large a page; simplify it"


@lru_cache(maxsize=2_000)
def render_any(text: str, full: bool = False) -> str:
    """What `render_markdown` makes of ``text``; `Refusal` says why it takes too long or fails."""
    if len(text) > SHORT:
        return open_process().render(text, full)
    from generate.gallery.pages.markdown import render_markdown

    try:
        return render_markdown(text, full)
    except RecursionError:
        raise Refusal(f"the text {DEEP}") from None


class Process:
    """The process that renders; started when it is first needed, and again once it was ended."""

    def __init__(self) -> None:
        self.running: subprocess.Popen[str] | None = None

    def render(self, text: str, full: bool) -> str:
        """HTML of one text. Raises `Refusal`."""
        if self.running and self.running.poll() is not None:
            self.close()  # others have ended it
        running = self.running = self.running or self.start()
        assert running.stdin and running.stdout
        timer = threading.Timer(WALL, running.kill)
        timer.start()
        try:
            running.stdin.write(json.dumps([text, full, PATIENCE]) + "\n")
            running.stdin.flush()
            answer = running.stdout.readline()
        except OSError:
            answer = ""
        finally:
            timer.cancel()
        if not answer:
            self.close()
            # The cleaner, which is no Python, gives up where it gets no memory.
            raise Refusal(f"the text {LARGE if running.returncode == -signal.SIGABRT else SLOW}")
        found: dict[str, str] = json.loads(answer)
        if "fault" in found:
            raise Refusal(f"the text {found['fault']}")
        return found["html"]

    def start(self) -> subprocess.Popen[str]:
        """Start the process. It finds this very package, whatever lies in the folder it runs in."""
        paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "generate.gallery.pages.long_markdown"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            encoding="utf-8",
        )

    def close(self) -> None:
        """End the process, if there is one."""
        if running := self.running:
            self.running = None
            running.kill()
            running.communicate()


@cache
def open_process() -> Process:
    """The one process of this one; it ends with it."""
    process = Process()
    atexit.register(process.close)
    return process


def serve(lines: Any, out: Any) -> None:
    """Answer each line of JSON [text, full, seconds] with one; end when a text takes longer."""
    from generate.gallery.pages.markdown import render_markdown

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for line in lines:
        text, full, seconds = json.loads(line)
        limit(seconds)
        try:
            html = render_markdown(text, full)
            answer = {"html": html} if len(html) <= MOST else {"fault": LARGE}
        except MemoryError:
            answer = {"fault": LARGE}
        except RecursionError:
            answer = {"fault": DEEP}
        except Exception as error:  # whatever the parser raises is the text's fault
            answer = {"fault": f"cannot be rendered ({type(error).__name__})"}
        limit(0)
        print(json.dumps(answer), file=out, flush=True)


def limit_room() -> None:
    """Let the system give this process no more than `ROOM` bytes, where it knows such a limit."""
    try:
        import resource
    except ImportError:  # Windows
        return
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    room = ROOM if hard == resource.RLIM_INFINITY else min(ROOM, hard)
    resource.setrlimit(resource.RLIMIT_AS, (room, hard))


def limit(seconds: float) -> None:
    """Let the system end this process once it has worked for ``seconds`` more; 0: let it be."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, seconds)


if __name__ == "__main__":
    limit_room()
    serve(sys.stdin, sys.stdout)

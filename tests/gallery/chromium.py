"""What the browser tests share: finding Chromium, serving a folder, waiting, reading a PDF."""

import asyncio
import os
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

# The browser of this process, while it is open: playwright has room for one.
OPENED: list[Any] = []


def find_chromium() -> str | None:
    """CHROMIUM, else a browser on the path, else None: playwright's own, if it has one."""
    named = os.environ.get("CHROMIUM")
    found = named or shutil.which("chromium") or shutil.which("google-chrome")
    return found or shutil.which("chromium-browser")


def serve(folder: Path) -> Iterator[str]:
    """Serve ``folder`` with ranges, as real servers do; yields http://…/my-jungle/."""
    from tornado.httpserver import HTTPServer
    from tornado.netutil import bind_sockets
    from tornado.web import Application, StaticFileHandler

    options = {"path": str(folder), "default_filename": "index.html"}
    sockets = bind_sockets(0, "127.0.0.1")
    port = sockets[0].getsockname()[1]
    ready = threading.Event()
    stop: list[Callable[[], None]] = []

    async def run() -> None:
        done = asyncio.Event()
        loop = asyncio.get_running_loop()
        stop.append(lambda: loop.call_soon_threadsafe(done.set))
        server = HTTPServer(Application([(r"/my-jungle/(.*)", StaticFileHandler, options)]))
        server.add_sockets(sockets)
        ready.set()
        await done.wait()
        server.stop()
        await server.close_all_connections()

    thread = threading.Thread(target=lambda: asyncio.run(run()), daemon=True)
    thread.start()
    assert ready.wait(10)
    yield f"http://127.0.0.1:{port}/my-jungle/"
    stop[0]()
    thread.join(10)


def until(page: Any, expression: str, arg: Any = None, seconds: float = 90) -> None:
    """Wait until ``expression`` is true; playwright's own wait needs eval, which is barred."""
    end = time.monotonic() + seconds
    while not page.evaluate(expression, arg):
        assert time.monotonic() < end, f"never came true: {expression}"
        page.wait_for_timeout(20)


def page_sizes(pdf: bytes) -> list[tuple[int, int]]:
    """(width, height) of each page in points, rounded."""
    boxes = re.findall(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)\s*\]", pdf)
    return [(round(float(width)), round(float(height))) for width, height in boxes]

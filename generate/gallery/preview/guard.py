"""What the preview answers, and to whom: pages that this machine itself asks for by its own name.

A page of the web can make its reader's browser ask this machine, also under a name of its own that
leads here (DNS rebinding); it must learn nothing of an unpublished jungle.
"""

import os
from pathlib import Path
from typing import Any

from tornado import web

# The names of this machine, as a regular expression that tornado completes with the end.
LOCAL = r"(localhost|127\.0\.0\.1|\[::1\])"
# Takes the place of a service worker that a gallery installed on this port, and with it itself
# away: workers of one port serve every project that is shown there.
FAREWELL = """self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", () => self.registration.unregister());
"""


class Foreign(web.RequestHandler):
    """The answer to whoever asks for another host."""

    def prepare(self) -> None:
        self.set_status(403)
        self.set_header("Content-Type", "text/plain")
        self.finish("This preview answers to localhost alone.\n")

    def data_received(self, chunk: bytes) -> Any:
        """Nothing is taken in."""


class Farewell(web.RequestHandler):
    """The service worker of the preview, which there is none."""

    def get(self) -> None:
        self.set_header("Content-Type", "text/javascript")
        self.set_header("Cache-Control", "no-store")
        self.write(FAREWELL)


def require_path(root: str, path: str) -> bool:
    """Whether ``root`` holds ``path``; HTTP 400 for what no file can be called."""
    try:
        os.stat(Path(root) / path)
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return False
    except (ValueError, OSError):
        raise web.HTTPError(400) from None
    return True

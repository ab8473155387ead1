"""Preview site/ on this machine: what changes in content/ or templates/ is shown at once."""

import gc
import html
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from livereload import Server
from livereload.handlers import LiveReloadHandler, LiveReloadJSHandler, StaticFileHandler
from livereload.server import LiveScriptInjector
from livereload.watcher import Watcher
from tornado import ioloop, web

from generate.errors import Refusal
from generate.gallery.inputs import PROJECT_TEMPLATES, walk
from generate.gallery.ledger import sign
from generate.gallery.pages import root_of
from generate.gallery.site import Session, open_session, render_site
from generate.settings import Settings

# Seconds between two looks at the files, and how much of its time the preview may spend looking.
LOOK, SHARE = 0.1, 0.1
EVERYTHING = "index.html"

ERROR_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Cannot be rendered</title>
<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/preview.css">
</head><body><main><h1>This cannot be rendered</h1><p role="alert">{message}</p>
<p>Mend it and save: this page goes on by itself.</p></main></body></html>
"""
ERROR_STYLE = """body { background: #f7f1e4; color: #312c26; font: 1.1rem/1.5 Georgia, serif; }
main { margin: 12vh auto; max-width: 44rem; padding: 2rem; background: #fffdf7;
border-left: .5rem solid #b5432e; overflow-wrap: anywhere; }
[role=alert] { font-family: ui-monospace, monospace; white-space: pre-wrap; }
@media (prefers-color-scheme: dark) { body { background: #12171c; color: #e9e2d2; }
main { background: #1c232a; } }
"""


class Build:
    """The site as last rendered; ``error`` is what kept it from being so, for the page to show."""

    def __init__(self, read: Callable[[], Settings]) -> None:
        self.read = read
        self.session: Session | None = None
        self.error: str | None = None
        # The folder that the site will be published in: links of 404.html begin with it.
        self.folder = ""

    def __call__(self) -> None:
        """Render what changed and print one line about it; never raises."""
        began = time.perf_counter()
        # What is kept from build to build need not be searched for garbage while one runs.
        gc.disable()
        try:
            settings = self.read()
            self.folder = root_of("404.html", settings).lstrip("/")
            if self.session is None:
                self.session = open_session(settings)
                self.session.lasting = True
            report = render_site(settings, session=self.session)
        except Refusal as refusal:
            self.fail(str(refusal))
        except Exception as fault:  # a template of the person's own may raise anything
            self.fail(f"{type(fault).__name__}: {fault}")
        else:
            self.error = None
            spent = time.perf_counter() - began
            print(f"{'site':<9} {report} ({spent:.2f} s)", flush=True)
        finally:
            gc.enable()

    def fail(self, message: str) -> None:
        """Keep a message for the page and print it."""
        self.error = message
        print(f"error: {message}", flush=True)


class Watch(Watcher):
    """Notice changed files by signature, since a restored file may be older than what it replaces.

    Editors save in several steps and copying takes a while: the tasks run once the files have
    been at rest from one look to the next.
    """

    def __init__(self) -> None:
        super().__init__()
        self.seen: dict[str, str] | None = None
        self.changed: set[str] = set()
        self.looked = 0.0

    def start(self, callback: Callable[[], None]) -> bool:
        """Look regularly, less often where there is much to look at."""
        self.seen = self.look()

        def turn() -> None:
            callback()
            # Whoever has just saved is waiting: what has changed is soon looked at again.
            wait = LOOK if self.changed else max(LOOK, self.looked / SHARE)
            ioloop.IOLoop.current().call_later(wait, turn)

        ioloop.IOLoop.current().call_later(LOOK, turn)
        return True

    def look(self) -> dict[str, str]:
        """The signature of every watched file."""
        began = time.perf_counter()
        found = {
            f"{folder}/{name}": sign(status)
            for folder in self._tasks
            for name, status in walk(Path(folder))
        }
        self.looked = time.perf_counter() - began
        return found

    def examine(self) -> tuple[str | None, Any]:
        """Run the tasks if files changed and have come to rest; returns what to reload."""
        if self._changes:
            return self._changes.pop()
        now, before = self.look(), self.seen or {}
        if now != before:
            names = now.keys() | before.keys()
            self.changed |= {name for name in names if now.get(name) != before.get(name)}
            self.seen = now
            return None, None
        if not self.changed:
            return None, None
        # A style sheet is exchanged without loading the page anew.
        style = all(name.endswith(".css") for name in self.changed)
        self.filepath = min(self.changed) if style else EVERYTHING
        self.changed = set()
        for task in {item["func"] for item in self._tasks.values()}:
            task()
        return self.filepath, None


class Pages(StaticFileHandler):
    """site/ and nothing else; while the site cannot be rendered, every page says why."""

    def initialize(self, path: str, default_filename: str, build: Build) -> None:
        super().initialize(path, default_filename)
        self.build = build

    async def get(self, path: str, include_body: bool = True) -> None:
        if not (Path(self.root) / path).exists():
            path = path.removeprefix(self.build.folder)
        page = not path or path.endswith(("/", ".html"))
        if page and self.build.error is not None:
            self.set_status(500)
            self.set_header("Content-Type", "text/html; charset=utf-8")
            self.write(ERROR_PAGE.format(message=html.escape(self.build.error)))
        else:
            await super().get(path, include_body)

    def set_extra_headers(self, path: str) -> None:
        self.set_header("Cache-Control", "no-store")

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Show the site's own page for what is not there."""
        page = Path(self.root) / "404.html"
        if status_code == 404 and page.is_file():
            self.set_header("Content-Type", "text/html; charset=utf-8")
            self.finish(page.read_bytes())
        else:
            super().write_error(status_code, **kwargs)


class ErrorStyle(web.RequestHandler):
    """The style of the error page, which the site's own policy would not allow inline."""

    def get(self) -> None:
        self.set_header("Content-Type", "text/css")
        self.write(ERROR_STYLE)


class Preview(Server):
    """livereload's server with its script as a file, which a strict content policy lets pass."""

    def __init__(self, build: Build) -> None:
        super().__init__(watcher=Watch())
        self.build = build

    def application(
        self,
        port: int,
        host: str,
        liveport: int | None = None,
        debug: bool | None = None,
        live_css: bool = True,
    ) -> None:
        """Listen. Unlike livereload's own, never hold back a reload that follows another soon."""
        LiveReloadHandler.watcher = self.watcher
        LiveReloadHandler.live_css = live_css
        LiveReloadHandler.DEFAULT_RELOAD_TIME = 0

        class Injector(LiveScriptInjector):
            script = f'<script src="/livereload.js?port={port}"></script>'.encode()

        where = {"path": self.root, "default_filename": EVERYTHING, "build": self.build}
        handlers: list[Any] = [
            (r"/livereload", LiveReloadHandler),
            (r"/livereload\.js", LiveReloadJSHandler),
            (r"/preview\.css", ErrorStyle),
            (r"/(.*)", Pages, where),
        ]
        web.Application(handlers, transforms=[Injector]).listen(port, address=host)

    def _setup_logging(self) -> None:
        """Say only what went wrong; `Build` reports the rest."""


def serve_site(read: Callable[[], Settings], port: int = 5500) -> None:
    """Render the site, serve it on localhost, and render and reload it after every change.

    ``read`` reads the settings anew. Runs until interrupted; raises `Refusal` if the port is
    taken. Settings or cards that cannot be used are shown in the page.
    """
    check_port(port)
    build = Build(read)
    home = read().home
    build()
    server = Preview(build)
    folders = {(home / "content").resolve(), (home / "templates").resolve(), PROJECT_TEMPLATES}
    for folder in sorted(folders):
        server.watch(str(folder), build)
    print(f"Preview on http://localhost:{port}/ (Ctrl-C ends it)", flush=True)
    server.serve(port=port, host="localhost", root=str(home / "site"))


def check_port(port: int) -> None:
    """Raise `Refusal` if another program listens on ``port``."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except (OSError, OverflowError) as error:
            reason = getattr(error, "strerror", None) or "no port"
            raise Refusal(
                f"port {port} cannot be used ({reason}); choose another: make serve PORT=5501"
            ) from None

"""Preview site/ on this machine; changes in content/ and templates/ are shown at once."""

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
from tornado import escape, web
from tornado.websocket import WebSocketHandler

from generate.errors import Refusal
from generate.gallery.incremental.inputs import Snapshot
from generate.gallery.incremental.ledger import sign
from generate.gallery.incremental.outputs import SiteReport, is_unchanged
from generate.gallery.pages.renderer import root_of
from generate.gallery.preview.guard import LOCAL, Farewell, Foreign, require_path
from generate.gallery.preview.watch import EVERYTHING, Watch
from generate.gallery.site.render import Session, open_session, render_site
from generate.keeping.lock import locked
from generate.settings import Settings
from generate.shipped import TEMPLATES

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
    """Renders the site again and again; ``error`` says why the last build failed, if it did.

    ``read`` reads the settings. Whoever calls the build refreshes ``snapshot`` before.
    """

    def __init__(self, read: Callable[[], Settings], snapshot: Snapshot | None = None) -> None:
        self.read, self.snapshot = read, snapshot
        self.session: Session | None = None
        self.out = Path("site")
        self.error: str | None = None
        self.signed: str | None = None  # the ledger's file as the last build left it
        # The folder in which the site will be published: links of 404.html begin with it.
        self.folder = ""
        # The time of the last build, served with each page. It begins with a letter, since the
        # browser's script would round a number.
        self.stamp = "never"

    def __call__(self) -> None:
        """Render what changed and print one line about it. Never raises."""
        began = time.perf_counter()
        # What is kept between builds would be searched for garbage again in every build.
        gc.disable()
        try:
            settings = self.read()
            self.out = settings.home / "site"
            self.folder = root_of("404.html", settings).lstrip("/")
            with locked(settings.home, "site"):
                report = self.render(settings)
        except Refusal as refusal:
            self.fail(str(refusal))
        except Exception as fault:  # a template of the person's own may raise anything
            self.fail(f"{type(fault).__name__}: {fault}")
        else:
            self.error = None
            spent = time.perf_counter() - began
            print(f"{'site':<9} {report} ({spent:.2f} s)", flush=True)
        finally:
            self.stamp = f"at-{time.time_ns()}"
            gc.enable()

    def render(self, settings: Settings) -> SiteReport:
        """Render in the session of the last build, or a new one if another process has rendered."""
        if self.session is None or self.sign_ledger() != self.signed:
            self.session = open_session(settings)
            self.session.lasting, self.session.snapshot = True, self.snapshot
        try:
            return render_site(settings, session=self.session)
        finally:
            self.signed = self.sign_ledger()

    def sign_ledger(self) -> str | None:
        """The signature of the ledger's file, None where there is none."""
        path = self.session and self.session.ledger.path
        return sign(path.stat()) if path and path.is_file() else None

    def check(self) -> bool:
        """Whether site/ is still as the last build left it; if not, it is rendered again."""
        session = self.session
        if session is None or not session.trusts_site:
            return True
        while session.warm_up:
            session.warm_up.pop()()
        if is_unchanged(self.out, session.ledger):
            return True
        session.trusts_site = False
        self()
        return False

    def fail(self, message: str) -> None:
        """Keep a message for the pages and print it."""
        self.error = message
        print(f"error: {message}", flush=True)


class SiteHandler(StaticFileHandler):
    """Serves site/ and nothing else; if the last build failed, every page says why."""

    def initialize(self, path: str, default_filename: str, build: Build) -> None:
        super().initialize(path, default_filename)
        self.build = build

    def set_default_headers(self) -> None:
        """No page of the web may include what is served, as a script or a picture of its own."""
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")

    async def get(self, path: str, include_body: bool = True) -> None:
        if not require_path(self.root, path):
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
        """Answer with the site's own 404.html if a file is missing."""
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


class Listener(LiveReloadHandler):
    """The connection to a page; a page that was loaded before the last build is told so at once.

    A page connects some time after it began to load, and a build may end in between. So the
    address of its script holds the build's stamp, and livereload's script sends the stamp back as
    `snipver`, the version of the snippet.
    """

    def initialize(self, build: Build) -> None:
        self.build = build
        self.stamp: str | None = None

    def check_origin(self, origin: str) -> bool:
        """Whether a page of this preview asks; livereload would listen to any."""
        return WebSocketHandler.check_origin(self, origin)

    def on_message(self, message: str | bytes) -> None:
        super().on_message(message)
        said = escape.json_decode(message)
        if said["command"] == "hello":
            self.stamp = said.get("snipver")
        elif said["command"] == "info" and self.stamp not in (None, self.build.stamp):
            self.send_message({"command": "reload", "path": EVERYTHING})


class Preview(Server):
    """livereload's server, with its script as a file: a strict content policy forbids others."""

    def __init__(self, build: Build) -> None:
        super().__init__(watcher=Watch(build.check))
        self.build, build.snapshot = build, self.watcher.snapshot

    def application(
        self,
        port: int,
        host: str,
        liveport: int | None = None,
        debug: bool | None = None,
        live_css: bool = True,
    ) -> None:
        """Listen. Unlike in livereload, a reload that soon follows another is not delayed."""
        LiveReloadHandler.watcher = self.watcher
        LiveReloadHandler.live_css = live_css
        LiveReloadHandler.DEFAULT_RELOAD_TIME = 0

        build = self.build

        class Injector(LiveScriptInjector):
            @property
            def script(self) -> bytes:
                address = f"/livereload.js?port={port}&amp;snipver={build.stamp}"
                return f'<script src="{address}"></script>'.encode()

        where = {"path": self.root, "default_filename": EVERYTHING, "build": build}
        handlers: list[Any] = [
            (r"/livereload", Listener, {"build": build}),
            (r"/livereload\.js", LiveReloadJSHandler),
            (r"/preview\.css", ErrorStyle),
            (r"/sw\.js", Farewell),
            (r"/(.*)", SiteHandler, where),
        ]
        served = web.Application(transforms=[Injector], default_handler_class=Foreign)
        served.add_handlers(LOCAL, handlers)
        served.listen(port, address=host)

    def _setup_logging(self) -> None:
        """Log warnings only; `Build` prints what happens."""


def serve_site(read: Callable[[], Settings], port: int = 5500) -> None:
    """Render the site, serve it on localhost, and render and reload it after every change.

    ``read`` reads the settings. Runs until interrupted; raises `Refusal` if the port is taken. A
    fault in settings, cards or templates is shown in the pages.
    """
    check_port(port)
    build = Build(read)
    server = Preview(build)
    home = read().home
    folders = [home / "content", TEMPLATES]
    if (home / "templates").resolve() != TEMPLATES:
        folders.append(home / "templates")
    for folder in folders:
        server.watch(str(folder), build)
    # Before the first build, so that changes during the build are noticed afterwards.
    server.watcher.look()
    build()
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

"""Serve the studio on this machine: its page, its requests, and what tabs are told."""

import asyncio
import secrets
import socket
from contextlib import suppress
from pathlib import Path
from typing import Any

from tornado import web
from tornado.httpserver import HTTPServer

from generate.errors import Refusal
from generate.gallery.preview.guard import LOCAL, Foreign
from generate.settings import read_settings
from generate.studio import lines, speech, verbs
from generate.studio.guard import Guarded
from generate.studio.painter import Painter
from generate.studio.room import Room
from generate.studio.state import sign_files
from generate.studio.tabs import Listen, Tabs
from generate.studio.taste import verbs as taste
from generate.studio.taste import wording
from generate.studio.training import Training, is_fresh, sign_diary, tell_training

PAGE = Path(__file__).with_name("page")
KINDS = {".html": "text/html", ".css": "text/css", ".js": "text/javascript"}
# Seconds between two looks at the files; bytes of a request; ports that are tried.
INTERVAL, LARGEST, TRIES = 0.3, 2**16, 20


class Part(Guarded):
    """A file of the page."""

    def get(self, name: str = "") -> None:
        path = PAGE / (name or "studio.html")
        if path.suffix not in KINDS or not path.is_file():
            raise web.HTTPError(404)
        self.set_header("Content-Type", f"{KINDS[path.suffix]}; charset=utf-8")
        self.finish(path.read_bytes())


class Nothing(Guarded):
    """The answer to whoever has no token, or asks for what is not there."""

    def prepare(self) -> None:
        super().prepare()
        raise web.HTTPError(404, "not here; open the link that the studio printed")


def open_studio(home: Path, dials: dict[str, Any], port: int = 5500) -> None:
    """Serve the studio of the jungle in ``home`` until interrupted, on ``port`` or the next free.

    Training begins at once if the model is not what the settings ask for. ``dials`` are settings
    given on the command line. Raises `Refusal` if no port is free.
    """
    asyncio.run(serve(home, dials, find_port(port)))


async def serve(home: Path, dials: dict[str, Any], listener: socket.socket) -> None:
    """Answer requests, and tell tabs of changed files, until cancelled."""
    token, port = secrets.token_urlsafe(32), listener.getsockname()[1]
    tabs = Tabs()
    painter, training = Painter(home, dials, tabs.tell), Training(home, dials, tabs.tell)
    room = Room(lambda: read_settings(home, dials), painter, training, tabs)
    if is_fresh(room.read()):
        await painter.prepare()
    else:
        training.start()
    server = HTTPServer(make_application(room, token, port), max_body_size=LARGEST)
    server.add_socket(listener)
    print(f"Studio on http://127.0.0.1:{port}/{token}/ (Ctrl-C ends it)", flush=True)
    try:
        await watch(room)
    finally:
        await painter.close()
        await training.close()


async def watch(room: Room) -> None:
    """Tell the tabs whenever files have changed, whoever changed them."""
    before, entry = None, 0
    while True:
        with suppress(Refusal, OSError):  # said where a tab asks
            settings = room.read()
            if (last := sign_diary(settings.work)) != entry:
                entry = last
                room.tabs.tell({"training": tell_training(settings, room.training)})
            now = sign_files(settings)
            if now != before:
                before = now
                room.tabs.tell({"changed": True})
        await asyncio.sleep(INTERVAL)


def make_application(room: Room, token: str, port: int) -> web.Application:
    """All that is answered, below the token, to this machine's own names."""
    shared = {"room": room}
    rows: list[Any] = [
        ("", Part),
        (r"(studio\.css|[a-z]+\.js)", Part),
        ("events", Listen, {"tabs": room.tabs}),
        ("state", verbs.State, shared),
        ("draw", verbs.Draw, shared),
        ("cancel", verbs.Cancel, shared),
        ("card", verbs.MakeCard, shared),
        ("line", lines.WriteLine, shared),
        ("back", lines.ThrowBack, shared),
        ("undo", lines.Undo, shared),
        ("phrase", speech.Tell, shared),
        ("message", speech.TellMessage, shared),
        ("again", speech.AskAgain, shared),
        ("hear", speech.Hear, shared),
        ("mark", taste.WriteMark, shared),
        ("wish", taste.WriteWish, shared),
        ("belief", taste.SwitchBelief, shared),
        ("word", wording.MakeWord, shared),
        ("learn", wording.LearnWords, shared),
        ("train", verbs.Train, shared),
        (r"report/(grids/\d{8}|before-after)\.png", verbs.ReportPicture, shared),
        (r"sheets/([0-9a-f]{12})/(\d{1,6})", verbs.SheetPicture, shared),
        (r"cards/([^/]+)/picture", verbs.CardPicture, shared),
    ]
    served = web.Application(default_handler_class=Foreign, port=port)
    handlers: list[Any] = [(f"/{token}/{path}", *rest) for path, *rest in rows]
    served.add_handlers(LOCAL, [*handlers, (".*", Nothing)])
    return served


def find_port(port: int) -> socket.socket:
    """A socket that listens on this machine alone, on ``port`` or the next free one."""
    for number in range(port, port + TRIES):
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", number))
            listener.listen(128)
            listener.setblocking(False)
            return listener
        except (OSError, OverflowError):
            listener.close()
    raise Refusal(f"no port from {port} to {port + TRIES - 1} is free; say another: PORT=6000")

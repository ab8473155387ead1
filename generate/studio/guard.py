"""Whom the studio answers: its own page alone.

The link holds a token that no other page knows, the server is bound to this machine, and a request
has to be made to it by its own name and by its own page. Other origins get no leave (CORS).
"""

import json
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from tornado import web

from generate.errors import Refusal

POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
# What a browser says of a page's own requests, and of a link that a person opened.
OWN = ("same-origin", "none")


class Guarded(web.RequestHandler):
    """A request that is refused with 403 unless the studio's own page makes it."""

    def set_default_headers(self) -> None:
        for name, value in HEADERS.items():
            self.set_header(name, value)

    def prepare(self) -> None:
        """Refuse strangers before anything is read or done."""
        host, origin = self.request.host, self.request.headers.get("Origin")
        names = {f"{name}:{self.settings['port']}" for name in ("localhost", "127.0.0.1")}
        asked = self.request.method not in ("GET", "HEAD")
        if host not in names:
            raise web.HTTPError(403, "another host")
        if origin != f"http://{host}" and (asked or origin is not None):
            raise web.HTTPError(403, "another origin")
        if self.request.headers.get("Sec-Fetch-Site", "none") not in OWN:
            raise web.HTTPError(403, "another site")
        kind = self.request.headers.get("Content-Type", "").split(";")[0].strip()
        if asked and kind != "application/json":
            raise web.HTTPError(415, "not JSON")

    def read(self) -> dict[str, Any]:
        """What a page sends; 400 for what is no JSON object."""
        try:
            said = json.loads(self.request.body)
        except (ValueError, RecursionError):
            raise web.HTTPError(400) from None
        if not isinstance(said, dict):
            raise web.HTTPError(400)
        return said

    def answer(self, said: Mapping[str, Any]) -> None:
        """Finish with ``said`` as JSON."""
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps(said, ensure_ascii=False))

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """One line as JSON: what is wrong, for a person."""
        fault = kwargs.get("exc_info", (None, None, None))[1]
        if isinstance(fault, Refusal):
            status_code, told = 400, str(fault)
        elif isinstance(fault, ValidationError):
            status_code, told = 400, tell_faults(fault)
        elif isinstance(fault, web.HTTPError):
            told = fault.log_message or self._reason
        else:
            told = "the studio has a fault; its terminal says which"
        self.set_status(status_code)
        self.answer({"fault": told})

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """What a person is told of needs no trace in the terminal."""
        if not isinstance(value, Refusal | ValidationError):
            super().log_exception(typ, value, tb)

    def data_received(self, chunk: bytes) -> Any:
        """Nothing is taken in piece by piece."""


def tell_faults(fault: ValidationError) -> str:
    """What a person gave that will not do, in one line."""
    lines = []
    for error in fault.errors():
        name = ".".join(str(part) for part in error["loc"][:2])
        told = str(error["msg"]).removeprefix("Value error, ")
        lines.append(f"{name}: {told}" if name else told)
    return "; ".join(lines)

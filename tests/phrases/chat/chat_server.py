"""A loopback server that speaks Chat Completions, for the tests of the openai writer."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from generate.phrases.chat.form import write_form
from generate.phrases.language.message import read_message

ASKED = re.compile(r"^(\d+) ?[.|] ", re.MULTILINE)
KIN = ("aunt", "mother", "cousin", "sister", "uncle", "brother", "father", "friend")
ACTS = ("borrow", "lick", "tickle", "guard", "polish", "greet", "admire", "paint")
FOOD = ("soup", "nut", "berry", "fruit", "honey")
# The variable with the key of this server, the key, and one of another server's.
OWN_KEY = "JUNGLE_KEY"
MARKER = "marker-4f1c-of-a-key"
ELSEWHERE = "marker-91d0-of-the-key-for-openai"
BACK = "The soup is well, and so am I, in that order. Come before it cools."


@dataclass
class Answer:
    """What the server does with one request."""

    body: bytes | str = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    wait: float = 0.0


def complete(
    content: str | None, tokens: int = 50, finish: str = "stop", refusal: str | None = None
) -> Answer:
    """A chat completion with one message."""
    message = {"role": "assistant", "content": content, "refusal": refusal}
    return Answer(
        json.dumps(
            {
                "id": "chatcmpl-1",
                "object": "chat.completion",
                "created": 1,
                "model": "mock",
                "choices": [
                    {"index": 0, "message": message, "finish_reason": finish, "logprobs": None}
                ],
                "usage": {
                    "prompt_tokens": tokens // 2,
                    "completion_tokens": tokens - tokens // 2,
                    "total_tokens": tokens,
                },
            }
        )
    )


def fail(status: int, text: str = "no", **headers: str) -> Answer:
    """An error as OpenAI's server words it."""
    body = {"error": {"message": text, "type": "error", "param": None, "code": None}}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(json.dumps(body), status, named)


def numbers(request: dict[str, Any]) -> list[int]:
    """The numbers of the cards that the last turn asks for."""
    return [int(found) for found in ASKED.findall(request["messages"][-1]["content"])]


def note(index: int) -> str:
    """One of many messages, each a phrase of its own."""
    kin, act = KIN[index % 8], ACTS[(index // 8) % 8]
    return f"s=my_{kin} v={act}.PST o=your_{FOOD[index // 64 % 5]} at=river"


def card(number: int, index: int | None = None, **changes: Any) -> dict[str, Any]:
    """A good card under ``number``."""
    clauses = write_form(read_message(note(number if index is None else index)))
    return {"card": number, "mood": "joyful", "clauses": clauses, "back": BACK, **changes}


class Script:
    """Answers requests one after the other; the last answer goes on. Keeps what was asked."""

    def __init__(self, *answers: Answer | Callable[[dict[str, Any]], Answer]) -> None:
        self.answers = list(answers)
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.times: list[float] = []
        self.url = ""
        self.made = 0

    def write(self, request: dict[str, Any]) -> Answer:
        """Good cards, different in every request."""
        found = numbers(request)
        self.made += len(found)
        cards = [card(n, self.made - len(found) + at) for at, n in enumerate(found)]
        return complete(json.dumps({"cards": cards}))

    def take(self, request: dict[str, Any], headers: dict[str, str]) -> Answer:
        self.times.append(time.monotonic())
        self.requests.append(request)
        self.headers.append(headers)
        answer = self.answers[min(len(self.requests), len(self.answers)) - 1]
        return answer(request) if callable(answer) else answer


@contextmanager
def serve(*answers: Any) -> Iterator[Script]:
    """Run a server for the block; an answer "good" writes good cards."""
    script = Script()
    script.answers = [script.write if answer == "good" else answer for answer in answers]
    closing = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            assert self.path == "/v1/chat/completions"
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            answer = script.take(request, {k.lower(): v for k, v in self.headers.items()})
            closing.wait(answer.wait)
            body = answer.body.encode() if isinstance(answer.body, str) else answer.body
            try:
                self.send_response(answer.status)
                headers = {"Content-Type": "application/json", **answer.headers}
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)
            except OSError:  # the client has hung up
                self.close_connection = True

        def handle(self) -> None:
            with suppress(OSError):  # the same
                super().handle()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        script.url = f"http://127.0.0.1:{server.server_port}/v1"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield script
        finally:
            closing.set()
            server.shutdown()
            thread.join()

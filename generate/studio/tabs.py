"""The open tabs: each is told what happens as it happens (server-sent events)."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from generate.studio.guard import Guarded

# Messages that wait for a tab which does not read; frames beyond them are left out.
MOST = 200
# Seconds between signs of life, by which a tab that is gone is noticed.
PULSE = 15


class Tabs:
    """The tabs that listen; ``tell`` sends a message to all of them."""

    def __init__(self) -> None:
        self.open: set[asyncio.Queue[Mapping[str, Any]]] = set()

    def tell(self, message: Mapping[str, Any]) -> None:
        for queue in self.open:
            if queue.qsize() < MOST or "pictures" not in message:
                queue.put_nowait(message)


class Listen(Guarded):
    """The stream of messages to one tab."""

    def initialize(self, tabs: Tabs) -> None:
        self.tabs = tabs
        self.queue: asyncio.Queue[Mapping[str, Any]] = asyncio.Queue()

    async def get(self) -> None:
        self.set_header("Content-Type", "text/event-stream")
        self.tabs.open.add(self.queue)
        self.queue.put_nowait({"changed": True})
        while self.queue in self.tabs.open:
            try:
                message = await asyncio.wait_for(self.queue.get(), PULSE)
                self.write(f"data: {json.dumps(message)}\n\n")
            except TimeoutError:
                self.write(": here\n\n")
            await self.flush()

    def on_connection_close(self) -> None:
        self.tabs.open.discard(self.queue)
        self.queue.put_nowait({})

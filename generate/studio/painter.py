"""The studio's side of the process that draws: one sheet after the other, any of them given up."""

import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

# Bytes of one line of frames, at most.
LONGEST = 64 * 2**20
# In place of a sheet: the words of favourites that are to be learnt.
WORDS = "words"


class Painter:
    """Draws the sheets that are waiting; ``tell`` gets each message of the process.

    ``waiting`` are names of sheets, the first one is being drawn; ``faults`` says of a sheet why it
    could not be.
    """

    def __init__(
        self, home: Path, dials: dict[str, Any], tell: Callable[[dict[str, Any]], None]
    ) -> None:
        self.home, self.dials, self.tell = home, dials, tell
        self.waiting: list[str] = []
        self.faults: dict[str, str] = {}
        self.process: asyncio.subprocess.Process | None = None
        self.work: asyncio.Task[None] | None = None

    def order(self, name: str) -> None:
        """Have a sheet drawn when those before it are."""
        self.faults.pop(name, None)
        if name not in self.waiting:
            self.waiting.append(name)
        if self.work is None or self.work.done():
            self.work = asyncio.create_task(self.draw_all())

    async def stop(self, name: str) -> None:
        """Give a sheet up."""
        if name not in self.waiting:
            return
        if name == self.waiting[0] and self.process is not None:
            await self.send({"stop": name})
        elif name != self.waiting[0]:
            self.waiting.remove(name)
            self.tell({"sheet": name, "end": "stopped"})

    async def draw_all(self) -> None:
        """Draw until nothing is waiting."""
        while self.waiting:
            name = self.waiting[0]
            end = await self.draw(name)
            if end not in ("drawn", "stopped"):
                self.faults[name] = end
            self.waiting.remove(name)
            self.tell({"sheet": name, "end": end})

    async def prepare(self) -> None:
        """Start the process and have it load the model, so that the first sheet need not wait."""
        await self.start()
        await self.send({"open": self.dials})

    async def start(self) -> None:
        """Start the process."""
        self.process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "generate.studio.drawing",
            str(self.home),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=LONGEST,
        )

    async def draw(self, name: str) -> str:
        """Have one sheet drawn; how it ended."""
        if self.process is None or self.process.returncode is not None:
            await self.start()
        assert self.process is not None and self.process.stdout is not None
        await self.send({"sheet": name, "dials": self.dials})
        while line := await self.process.stdout.readline():
            message = json.loads(line)
            if "end" in message:
                return str(message["end"])
            self.tell(message)
        await self.process.wait()
        return "the process that draws has ended; draw it again"

    async def send(self, order: dict[str, Any]) -> None:
        """Hand the process an order, if it lives."""
        assert self.process is not None and self.process.stdin is not None
        try:
            self.process.stdin.write(json.dumps(order).encode() + b"\n")
            await self.process.stdin.drain()
        except ConnectionError:
            pass  # its end is noticed where its answers are read

    async def close(self) -> None:
        """End the process."""
        if self.work is not None:
            self.work.cancel()
        if self.process is not None and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()

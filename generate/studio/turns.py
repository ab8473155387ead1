"""Turns: who writes into cards holds the lock of builds, and waits a moment for it."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

from generate.errors import Refusal
from generate.keeping.lock import locked

# Seconds that a request waits. The process that draws holds the lock while it reads the model.
PATIENCE, BETWEEN = 3.0, 0.05


@asynccontextmanager
async def at_work(home: Path) -> AsyncIterator[None]:
    """Hold the build lock of ``home``; `Refusal` that says who holds it, if that takes long.

    The block may not await: two requests of one process have one lock.
    """
    end = time.monotonic() + PATIENCE
    with ExitStack() as held:
        while True:
            try:
                held.enter_context(locked(home, "build", wait=False))
                break
            except Refusal:
                if time.monotonic() > end:
                    raise
            await asyncio.sleep(BETWEEN)
        yield

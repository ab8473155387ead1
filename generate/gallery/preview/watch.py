"""Watch folders for changes, by signature; say when they have come to rest."""

import time
from collections.abc import Callable
from typing import Any

from livereload.watcher import Watcher
from tornado import ioloop

from generate.gallery.incremental.inputs import Sight

# Seconds between two looks at the files, and how much of its time the preview may spend looking.
LOOK, SHARE = 0.1, 0.1
# The address that stands for a change of more than style.
EVERYTHING = "index.html"


class Watch(Watcher):
    """Notice changed files by signature, since a restored file may be older than what it replaces.

    Editors save in several steps and copying takes a while: the tasks run once the files have
    been at rest from one look to the next.
    """

    def __init__(self, check: Callable[[], bool] = lambda: True) -> None:
        super().__init__()
        self.sight = Sight()
        # What is left to be done when a build has been shown, before it is as good as any.
        self.check, self.unchecked = check, True
        self.changed: set[str] = set()
        self.looked = 0.0

    def start(self, callback: Callable[[], None]) -> bool:
        """Look regularly, less often where there is much to look at."""

        def turn() -> None:
            callback()
            # Whoever has just saved is waiting: what has changed is soon looked at again.
            wait = LOOK if self.changed else max(LOOK, self.looked / SHARE)
            ioloop.IOLoop.current().call_later(wait, turn)

        ioloop.IOLoop.current().call_later(LOOK, turn)
        return True

    def look(self) -> set[str]:
        """The watched files that have changed since the last look."""
        began = time.perf_counter()
        changed = self.sight.look(self._tasks)
        self.looked = time.perf_counter() - began
        return changed

    def examine(self) -> tuple[str | None, Any]:
        """Run the tasks if files changed and have come to rest; returns what to reload."""
        if self._changes:
            return self._changes.pop()
        if self.changed and self.sight.is_at_rest(self.changed):
            return self.run_tasks(), None
        self.changed |= self.look()
        if self.changed or not self.unchecked:
            return None, None
        self.unchecked = False
        return None if self.check() else EVERYTHING, None

    def run_tasks(self) -> str:
        """Run the tasks for what has changed; returns what to reload."""
        # A style sheet is exchanged without loading the page anew.
        style = all(name.endswith(".css") for name in self.changed)
        self.filepath = min(self.changed) if style else EVERYTHING
        self.changed, self.unchecked = set(), True
        for task in {item["func"] for item in self._tasks.values()}:
            task()
        return self.filepath

"""Watch folders; run the tasks when files have changed and are not being written any more."""

import time
from collections.abc import Callable
from typing import Any

from livereload.watcher import Watcher
from tornado import ioloop

from generate.gallery.incremental.inputs import Snapshot

# Seconds between two looks at the files, and the share of its time that the preview may look.
INTERVAL, SHARE = 0.1, 0.1
# The address that tells pages to reload, not only to exchange a style sheet.
EVERYTHING = "index.html"


class Watch(Watcher):
    """Notices changed files by signature, since a restored file may be older than before.

    Editors save in several steps, and copying takes a while. So the tasks run when two looks in a
    row have found the same. ``check`` runs once after the tasks; if it returns False, pages reload.
    """

    def __init__(self, check: Callable[[], bool] = lambda: True) -> None:
        super().__init__()
        self.snapshot = Snapshot()
        self.check, self.unchecked = check, True
        self.changed: set[str] = set()
        self.looked = 0.0

    def start(self, callback: Callable[[], None]) -> bool:
        """Look regularly, less often if there are many files."""

        def turn() -> None:
            callback()
            # After a change somebody is waiting to see it.
            wait = INTERVAL if self.changed else max(INTERVAL, self.looked / SHARE)
            ioloop.IOLoop.current().call_later(wait, turn)

        ioloop.IOLoop.current().call_later(INTERVAL, turn)
        return True

    def look(self) -> set[str]:
        """The watched files that have changed since the last look."""
        began = time.perf_counter()
        changed = self.snapshot.refresh(self._tasks)
        self.looked = time.perf_counter() - began
        return changed

    def examine(self) -> tuple[str | None, Any]:
        """Run the tasks if files changed and are complete; returns what to reload, and no delay."""
        if self._changes:
            return self._changes.pop()
        if self.changed and self.snapshot.is_current(self.changed):
            return self.run_tasks(), None
        self.changed |= self.look()
        if self.changed or not self.unchecked:
            return None, None
        self.unchecked = False
        return None if self.check() else EVERYTHING, None

    def run_tasks(self) -> str:
        """Run the tasks for what has changed; returns what to reload."""
        # Pages exchange a style sheet without reloading.
        style = all(name.endswith(".css") for name in self.changed)
        self.filepath = min(self.changed) if style else EVERYTHING
        self.changed, self.unchecked = set(), True
        for task in {item["func"] for item in self._tasks.values()}:
            task()
        return self.filepath

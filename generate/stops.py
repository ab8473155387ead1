"""How processes end: which signals ask politely, and workers that end with their parent."""

import os
import signal
import threading
from multiprocessing import parent_process


def polite_stops() -> list[signal.Signals]:
    """Signals of a shutdown and of a closing terminal, unless whoever started this ignores them.

    `nohup` ignores the hang-up of the terminal, for its process to outlive it; so it stays.
    """
    names = ("SIGTERM", "SIGHUP")
    known = [getattr(signal, name) for name in names if hasattr(signal, name)]
    return [number for number in known if signal.getsignal(number) != signal.SIG_IGN]


def is_orphan() -> bool:
    """Whether this process is a worker, and the one that started it has ended."""
    parent = parent_process()
    return parent is not None and not parent.is_alive()


def follow_parent() -> None:
    """Let this process, a worker of a pool, end when its parent ends, even if that is killed.

    A pool's worker would wait for ever for work of a parent that can no longer call it off.
    """
    parent = parent_process()

    def follow() -> None:
        if parent is not None:
            parent.join()
            os._exit(1)

    threading.Thread(target=follow, daemon=True).start()

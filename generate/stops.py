"""Which signals ask a process to stop politely."""

import signal


def polite_stops() -> list[signal.Signals]:
    """Signals of a shutdown and of a closing terminal, unless whoever started this ignores them.

    `nohup` ignores the hang-up of the terminal, for its process to outlive it; so it stays.
    """
    names = ("SIGTERM", "SIGHUP")
    known = [getattr(signal, name) for name in names if hasattr(signal, name)]
    return [number for number in known if signal.getsignal(number) != signal.SIG_IGN]

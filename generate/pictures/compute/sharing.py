"""Share the processor with other programs: fewer threads while they need its cores.

Threads of one step wait for each other many times. Where a core is also needed by another program,
all of them wait for the thread that lost its turn, and are slower than a single thread would be:
Linux shares processors by login session, so niceness does not help. Threads are therefore given up
while others work, and taken back afterwards. A result's last bits depend on the number of threads,
on this machine as from one machine to another, and nothing else does.
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import psutil
import torch

from generate.pictures.compute import processes

# Seconds that a look at the processor lasts at least, and for how long looks must agree before
# threads change.
WINDOW, AGREED = 2.0, 4.0
# Seconds of the first look, in which this process rests: a first step beside others could be long.
REST = 0.3
BUSY = ("user", "nice", "system", "irq", "softirq")


@dataclass(frozen=True)
class Clocks:
    """Seconds since some moment: of the wall, of all cores at work, of this process at work."""

    wall: float
    busy: float
    ours: float


def read_clocks() -> Clocks:
    """The clocks now; the processor's are summed over its cores."""
    times = psutil.cpu_times()
    busy = sum(getattr(times, name, 0.0) for name in BUSY)
    return Clocks(time.monotonic(), busy, time.process_time())


@dataclass
class Sharing:
    """Chooses 1 to ``most`` threads on a processor of ``cores`` cores."""

    most: int
    cores: int
    read: Callable[[], Clocks] = read_clocks
    threads: int = field(init=False)
    _before: Clocks = field(init=False, repr=False)
    _looks: list[tuple[float, int]] = field(default_factory=list, init=False, repr=False)

    def __post_init__(self) -> None:
        self.threads = self.most
        self._before = self.read()

    def look(self) -> int:
        """The number of threads to compute with from here on.

        It is that of the cores which other programs leave free, rounded, once all looks within
        `AGREED` seconds call for fewer, or for more. A step that took so long is look enough.
        """
        now, before = self.read(), self._before
        wall = now.wall - before.wall
        if wall < WINDOW:
            return self.threads
        self._before = now
        fitting = self.fit(before, now)
        self._looks.append((wall, fitting))
        while sum(seconds for seconds, _ in self._looks[1:]) >= AGREED:
            del self._looks[0]
        if sum(seconds for seconds, _ in self._looks) >= AGREED:
            asked = [fitting for _, fitting in self._looks]
            if max(asked) < self.threads:
                self.threads = max(asked)
            elif min(asked) > self.threads:
                self.threads = min(asked)
        return self.threads

    def begin(self) -> int:
        """The number of threads to begin with, when this process has rested since its creation."""
        before, self._before = self._before, self.read()
        self.threads = self.fit(before, self._before)
        return self.threads

    def fit(self, before: Clocks, now: Clocks) -> int:
        """As many threads as other programs left cores free."""
        others = (now.busy - before.busy) - (now.ours - before.ours)
        free = self.cores - max(0.0, others) / max(now.wall - before.wall, 1e-6)
        return min(max(int(free + 0.5), 1), self.most)


_sharing: list[Sharing] = []


def give_way() -> None:
    """Set torch's threads to what other programs leave; call it between steps, it costs little.

    Nothing is changed where a person chose the threads (OMP_NUM_THREADS), where there is one only,
    or where several processes of one launch share the machine already.
    """
    if "OMP_NUM_THREADS" in os.environ or processes.world() > 1:
        return
    if not _sharing:
        most = torch.get_num_threads()
        _sharing.append(Sharing(most, psutil.cpu_count() or most))
        if most > 1:
            time.sleep(REST)
            torch.set_num_threads(_sharing[0].begin())
    one = _sharing[0]
    if one.most > 1 and one.look() != torch.get_num_threads():
        torch.set_num_threads(one.threads)

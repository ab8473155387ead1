"""How many threads are taken while other programs need the processor's cores."""

import pytest
import torch

from generate.pictures.compute import sharing
from generate.pictures.compute.sharing import WINDOW, Clocks, Sharing, read_clocks


class Machine:
    """A processor whose other programs ask for ``others`` cores, and how it shares them out."""

    def __init__(self, cores, most):
        self.cores, self.others = cores, 0.0
        self.wall = self.busy = self.ours = 0.0
        self.sharing = Sharing(most, cores, lambda: Clocks(self.wall, self.busy, self.ours))

    def work(self, seconds, step=0.25):
        """Compute for so long, looking after each step; the threads of each step."""
        seen = []
        for _ in range(round(seconds / step)):
            wanted = self.sharing.threads + self.others
            shared = min(1.0, self.cores / wanted)
            self.wall += step
            self.ours += step * shared * self.sharing.threads
            self.busy += step * shared * wanted
            seen.append(self.sharing.look())
        return seen


def test_a_quiet_processor_is_used_whole():
    machine = Machine(2, 2)
    assert set(machine.work(30)) == {2}


@pytest.mark.parametrize(
    ("cores", "most", "others", "threads"),
    [(2, 2, 3, 1), (2, 2, 1, 1), (2, 2, 0.3, 2), (16, 8, 4, 8), (8, 8, 3, 5), (8, 8, 40, 1)],
)
def test_threads_are_as_many_as_cores_that_others_leave(cores, most, others, threads):
    machine = Machine(cores, most)
    machine.work(10)
    machine.others = others
    seen = machine.work(60)
    assert seen[-1] == threads
    # Once settled, they do not change to and fro.
    assert len(set(seen[-100:])) == 1
    machine.others = 0
    assert machine.work(60)[-1] == most


def test_a_short_burst_of_others_changes_nothing():
    machine = Machine(2, 2)
    machine.work(4)
    machine.others = 3
    burst = machine.work(WINDOW)
    machine.others = 0
    assert set(burst + machine.work(20)) == {2}


def test_one_step_that_starved_is_look_enough():
    machine = Machine(2, 2)
    machine.work(4)
    machine.others = 3
    assert machine.work(20, step=20) == [1]


def test_clocks_run_forward_and_count_this_process():
    before = read_clocks()
    total = 0
    while read_clocks().ours - before.ours < 0.05:
        total += sum(range(1000))
    after = read_clocks()
    assert total and after.wall - before.wall >= 0.04 and after.busy >= before.busy


def test_threads_that_a_person_chose_stay(monkeypatch):
    busy = Sharing(4, 4)
    busy.threads = 2
    monkeypatch.setattr(busy, "look", lambda: 2)
    monkeypatch.setattr(sharing, "_sharing", [busy])
    set_to = []
    monkeypatch.setattr(torch, "set_num_threads", set_to.append)
    monkeypatch.setenv("OMP_NUM_THREADS", "4")
    sharing.give_way()
    assert not set_to
    monkeypatch.delenv("OMP_NUM_THREADS")
    sharing.give_way()
    assert set_to == [2]


@pytest.mark.parametrize(("others", "threads"), [(0.1, 4), (2, 2), (9, 1)])
def test_the_first_step_already_makes_room(others, threads):
    machine = Machine(4, 4)
    machine.wall, machine.busy = 0.3, 0.3 * min(others, 4)
    assert machine.sharing.begin() == threads


def test_a_single_thread_is_not_watched(monkeypatch):
    monkeypatch.setattr(sharing, "_sharing", [])
    monkeypatch.setattr(torch, "get_num_threads", lambda: 1)
    monkeypatch.setattr(torch, "set_num_threads", lambda number: pytest.fail("changed"))
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    sharing.give_way()
    assert sharing._sharing[0].most == 1

"""However many processes encode, two large pictures are in memory at most."""

import time
from multiprocessing import get_context
from pathlib import Path

from PIL import Image

from generate.gallery.media import room
from generate.gallery.media.jobs import Job, _run_all


def linger(source: Path, out: Path, stem: str) -> list[float]:
    """Stands for the work on a picture: when it began and ended."""
    began = time.time()
    time.sleep(0.4)
    return [began, time.time()]


def most_at_once(spans: list[list[float]]) -> int:
    return max(sum(start <= began < end for start, end in spans) for began, _ in spans)


def run(tmp_path: Path, size: tuple[int, int], count: int = 6) -> int:
    source = tmp_path / "p.png"
    Image.new("1", size).save(source)
    jobs = [Job(str(n), "", source, str(n), linger) for n in range(count)]
    # The first jobs wait for the processes to start.
    return most_at_once([made for _, made, _ in _run_all(jobs, tmp_path, 4)][1:])


def test_two_large_ones_at_a_time(tmp_path: Path) -> None:
    assert run(tmp_path, (5000, 4000)) == room.AT_A_TIME == 2


def test_small_ones_do_not_wait(tmp_path: Path) -> None:
    room.share_room(get_context("spawn").BoundedSemaphore(1))
    try:
        with room._room, room.take_turn(make(tmp_path / "s.png", "PNG")):  # type: ignore[union-attr]
            pass
    finally:
        room.share_room(None)
    assert not room.is_large(make(tmp_path / "p.jpg", "JPEG"))


def make(path: Path, kind: str) -> Path:
    size = (5000, 4000) if kind == "JPEG" else (50, 40)
    Image.new("L", size).save(path, kind)
    return path

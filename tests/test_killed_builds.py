"""kill -9 at random moments of a build of five cards: the next build makes what it would have made.

JUNGLE_KILLS says how many moments are tried; without it, a few. One half are counted in writes, so
that they lie before, amid and after them; the other half are spread over the time of the build.
"""

import json
import os
import random
import shutil
import subprocess
import sys
from collections import Counter

import pytest

from generate.files import PART
from tests.jungles import ROOT, write_jungle

pytestmark = pytest.mark.slow

KILLS = int(os.environ.get("JUNGLE_KILLS", "4"))
SETTINGS = """
count = 5
[pictures]
examples = 8
size = 16
from = "scratch"
exposures = 48
batch = 8
steps = 2
candidates = 1
frames = 2
postcard = 64
[sounds]
ambience = false
"""
# Where a build writes, in its order.
ROOMS = ("work/dataset", "work/training", "work/model", "work/pictures", "content/", "site/")


@pytest.fixture(scope="module")
def build():
    """Give an order to the nursery; its answer."""
    environment = {**os.environ, "TQDM_DISABLE": "1", "OMP_NUM_THREADS": "1"}
    command = [sys.executable, "-W", "ignore", "-m", "tests.nursery"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    nursery = subprocess.Popen(command, cwd=ROOT, env=environment, text=True, **pipes)

    def order(home, **how):
        nursery.stdin.write(json.dumps({"home": str(home), "cores": 1, **how}) + "\n")
        nursery.stdin.flush()
        return json.loads(nursery.stdout.readline())

    yield order
    nursery.communicate()


def read_all(home):
    """What is judged: content/ and site/, the model, and the names of all other files.

    Reports of a training that went on may lack pictures of its first part.
    """
    found = {}
    for path in home.rglob("*"):
        name = str(path.relative_to(home))
        if path.is_file() and not name.startswith((".jungle/trash", "work/report")):
            whole = name.startswith(("content/", "site/")) or name.endswith(".safetensors")
            found[name] = path.read_bytes() if whole else b""
    return found


def list_moments(writes, seconds):
    """Moments to kill at, spread over the writes and the time of a build: the order for each."""
    chance = random.Random(KILLS)
    for number in range(KILLS):
        place = (number + chance.random()) / KILLS
        if number % 2:
            yield {"after": 0.9 * place * seconds}
        else:
            yield {"at": int(place * writes), "delay": chance.choice([0, 0.0005, 0.003])}


@pytest.fixture(scope="module")
def undisturbed(build, tmp_path_factory):
    """What a build leaves that nobody kills, its writes, and its seconds."""
    home = write_jungle(tmp_path_factory.mktemp("whole") / "jungle", SETTINGS)
    answer = build(home)
    assert answer["status"] == 0, answer["said"]
    return read_all(home), answer["writes"].splitlines(), answer["seconds"]


def test_the_workers_of_a_killed_build_end_too(build, undisturbed, tmp_path):
    writes = undisturbed[1]
    at = next(n for n, line in enumerate(writes) if "/.sound." in line)
    answer = build(write_jungle(tmp_path / "killed", SETTINGS), at=at, cores=2)
    assert answer["status"] == -9 and not answer["orphans"]


def test_killed_at_any_moment_the_next_build_ends_as_if_undisturbed(build, undisturbed, tmp_path):
    whole, writes, seconds = undisturbed
    struck, killed = Counter(), 0
    for number, moment in enumerate(list_moments(len(writes), seconds)):
        home = write_jungle(tmp_path / "killed", SETTINGS)
        # A few of them with the workers that encode sounds and pictures.
        cores = 1 + (number % 10 == 2)
        answer = build(home, **moment, cores=cores)
        assert not answer["orphans"], (moment, "a process outlived the build")
        killed += answer["status"] == -9
        last = answer["writes"].splitlines()[-1:] or [""]
        struck[next((room for room in ROOMS if room in last[0]), "elsewhere")] += 1
        again = build(home)
        assert again["status"] == 0, (moment, last, again["said"])
        assert "Traceback" not in again["said"] and "left out" not in again["said"]
        found = read_all(home)
        assert not [name for name in found if PART in name], (moment, last)
        assert found.keys() == whole.keys(), (moment, last, found.keys() ^ whole.keys())
        other = [name for name in whole if found[name] != whole[name]]
        assert not other, (moment, last, other)
        shutil.rmtree(home)
    print(f"{killed} of {KILLS} killed, while they wrote to {dict(struck)}")
    assert killed >= KILLS * 0.75
    assert KILLS < 50 or all(struck[room] for room in ROOMS), struck

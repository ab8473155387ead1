"""A studio in a process of its own, over a jungle whose tiny model is trained in a second."""

import http.client
import json
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from generate.pictures.training.stage import train_model
from generate.settings import read_settings
from tests.gallery.conftest import browser, open_page
from tests.pictures.conftest import one_thread
from tests.pictures.tiny import use_tiny_networks

__all__ = ["browser", "one_thread", "open_page"]
TOML = """title = "Tried"
count = 2
[pictures]
source = "set"
size = 16
exposures = 64
from = "scratch"
postcard = 64
steps = 4
batch = 8
candidates = 1
[sounds]
ambience = false
"""


class Studio:
    """A running studio: its link, and requests to it as its own page makes them."""

    def __init__(self, home: Path) -> None:
        self.home = home
        try:
            self.start()
        except BaseException:
            self.kill()
            raise

    def start(self) -> None:
        command = [sys.executable, "-m", "generate", "--home", str(self.home), "studio"]
        self.log = self.home / "studio.log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen([*command, "--port", "6100"], stdout=log, stderr=log)
        self.wait(lambda: "Studio on" in self.log.read_text(), 240)
        self.link = re.search(r"http://\S+", self.log.read_text())[0]
        self.port, self.token = re.fullmatch(r"http://127.0.0.1:(\d+)/(.+)/", self.link).groups()
        self.origin = f"http://127.0.0.1:{self.port}"

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)

    def ask(self, method: str, path: str, body: Any = None, **headers: str | None):
        """Status and answer of a request; a header that is None is left out."""
        said = {"Host": f"127.0.0.1:{self.port}"}
        if method == "POST":
            said |= {"Origin": self.origin, "Content-Type": "application/json"}
        said |= {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection("127.0.0.1", int(self.port), timeout=30)
        connection.putrequest(method, path, skip_host=True)
        data = body if isinstance(body, bytes) else json.dumps(body).encode() if body else b""
        for name, value in {**said, "Content-Length": str(len(data))}.items():
            if value is not None:
                connection.putheader(name, value)
        connection.endheaders(data)
        answer = connection.getresponse()
        raw = answer.read()
        connection.close()
        kind = answer.headers.get("Content-Type", "")
        return answer.status, json.loads(raw) if "json" in kind else raw, answer.headers

    def get(self, path: str, **headers: str | None):
        return self.ask("GET", f"/{self.token}/{path}", **headers)

    def post(self, path: str, body: Any, **headers: str | None):
        return self.ask("POST", f"/{self.token}/{path}", body, **headers)

    def draw(self, **asked: Any) -> dict[str, Any]:
        """Draw a sheet to its end; its row."""
        asked = {"prompt": "bright", "take": 1, "count": 9, "guidance": 3, **asked}
        status, answer, _ = self.post("draw", asked)
        assert status == 200, answer
        self.wait(lambda: self.sheet(answer["sheet"])["state"] in ("drawn", "stopped"), 120)
        return self.sheet(answer["sheet"])

    def state(self) -> dict[str, Any]:
        return self.get("state")[1]

    def sheet(self, name: str) -> dict[str, Any]:
        return next(row for row in self.state()["sheets"] if row["name"] == name)

    def wait(self, ready: Callable[[], Any], seconds: float = 90) -> None:
        end = time.monotonic() + seconds
        while not ready():
            alive = self.process.poll() is None
            assert time.monotonic() < end and alive, self.log.read_text()
            time.sleep(0.05)


@pytest.fixture(scope="session")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A jungle of two cards with its model."""
    home = tmp_path_factory.mktemp("studio")
    generator = np.random.default_rng(0)
    for number in range(24):
        kind = ("bright", "dark")[number % 2]
        levels = generator.integers(0, 128, (4, 4, 3)) + 127 * (kind == "bright")
        path = home / "content" / "set" / kind / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(levels.astype(np.uint8)).resize((16, 16)).save(path)
    (home / "content" / "jungle.toml").write_text(TOML.replace('"set"', '"content/set"'))
    with pytest.MonkeyPatch.context() as patch:
        use_tiny_networks(patch.setattr)
        train_model(read_settings(home))
    return home


@pytest.fixture(scope="session")
def studio(grown: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """One studio for all; a test counts what is there before it, and takes back what it did."""
    yield from open_copy(grown, tmp_path_factory.mktemp("open") / "home")


@pytest.fixture(scope="module")
def apart(grown: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Studio]:
    """A studio over a jungle of its own, for tests that change its settings."""
    yield from open_copy(grown, tmp_path_factory.mktemp("apart") / "home")


def open_copy(grown: Path, home: Path) -> Iterator[Studio]:
    """A studio over a copy of ``grown`` in ``home``, for as long as it is wanted."""
    shutil.copytree(grown, home)
    running = Studio(home)
    yield running
    running.stop()

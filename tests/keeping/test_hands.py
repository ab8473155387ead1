"""Random hands against builds: every byte that a person wrote is in content/ or in the trash.

JUNGLE_SEQUENCES says how many sequences are tried; without it, a few, always the same.
"""

import json
import os
import shutil
import tempfile
import threading
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from PIL import Image

from generate import files
from generate.bundles.merged import read_cards
from generate.errors import Refusal
from generate.keeping.lock import locked
from generate.keeping.trash import list_trash
from generate.recipe import digest_bytes
from tests.keeping.sketches import make_all, sketched, write_jungle  # noqa: F401

SEQUENCES = os.environ.get("JUNGLE_SEQUENCES")
CARDS = ("beast-001", "beast-002", "cat")
MEDIA = ("picture.png", "picture.jpg", "sound.flac", "sound.mp3", "frames.webp", "nearest.webp")
OFTEN = ("put", "put", "put", "message", "edit card", "edit card", "edit language")
DEEDS = (*OFTEN, "break card", "break language", "delete", "back up", "check out")
Hand = tuple[str, str, str]  # what is done, to which card, to which file of it
HANDS = st.lists(
    st.tuples(st.sampled_from(DEEDS), st.sampled_from(CARDS), st.sampled_from(MEDIA)),
    min_size=2,
    max_size=5,
)
FAR, SEED = st.integers(0, 40), st.integers(7, 9)


class Killed(BaseException):
    """Stands for SIGKILL."""


class Hands(RuleBasedStateMachine):
    """A person, builds, and what the person wrote and has not thrown away."""

    def __init__(self) -> None:
        super().__init__()
        self.home = Path(tempfile.mkdtemp(prefix="hands-"))
        self.content = self.home / "content"
        self.mine: dict[Path, bytes] = {}
        self.backup: tuple[dict[Path, bytes], dict[Path, bytes]] = ({}, {})
        self.written, self.seed = 0, 7

    def teardown(self) -> None:
        try:
            self.build(False)
            self.build(True)
        finally:
            shutil.rmtree(self.home)

    @initialize(hands=HANDS, seed=SEED, force=st.booleans())
    def begin(self, hands: list[Hand], seed: int, force: bool) -> None:
        write_jungle(self.home)
        self.do("put", "cat", "picture.png")
        self.build(False)
        self.back_up()
        self.build_after_hands(hands, seed, force)

    def write(self, path: Path, data: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        self.mine[path] = data

    def do(self, deed: str, card: str, name: str) -> None:
        """One deed of a person; each writes other bytes than any before."""
        self.written += 1
        mark, folder, told = self.written, self.content / "postcards" / card, f"{self.written}"
        language, record = self.content / "language.toml", folder / "card.json"
        match deed:
            case "put" if name.startswith("picture"):
                picture = Image.new("RGB", (8 + mark, 9), (mark % 256, 7, 7))
                (self.home / name).unlink(missing_ok=True)
                picture.save(self.home / name)
                self.write(folder / name, (self.home / name).read_bytes())
            case "put":
                self.write(folder / name, f"a person's own {mark}".encode())
            case "message":
                self.write(folder / "postcard.md", f"---\ntitle: T{told}\n---\n\nHi".encode())
            case "edit card" if record.is_file():
                try:
                    card_now = json.loads(record.read_bytes())
                except ValueError:
                    card_now = {}
                self.write(record, json.dumps(card_now | {"title": f"Mine {mark}"}).encode())
            case "break card":
                self.write(record, f"not JSON {mark}".encode())
            case "edit language" if language.is_file():
                self.write(language, language.read_bytes() + f"# mine {mark}\n".encode())
            case "break language":
                self.write(language, f"not [ TOML {mark}".encode())
            case "back up":
                self.back_up()
            case "check out":
                self.check_out()
            case "delete":
                for path in (folder / name, record, language)[mark % 3 :][:1]:
                    path.unlink(missing_ok=True)
                    self.mine.pop(path, None)

    def back_up(self) -> None:
        found = {path: path.read_bytes() for path in self.content.rglob("*") if path.is_file()}
        self.backup = found, {path: data for path, data in self.mine.items() if path in found}

    def check_out(self) -> None:
        """As git checkout: all of content/ as it was."""
        for path in self.content.rglob("*"):
            if path.is_file() and path not in self.backup[0]:
                path.unlink()
        for path, data in self.backup[0].items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        self.mine = dict(self.backup[1])

    @rule(hands=HANDS, seed=SEED, force=st.booleans())
    def build_after_hands(self, hands: list[Hand], seed: int, force: bool) -> None:
        self.use(hands, seed)
        self.build(force)

    @rule(hands=HANDS, seed=SEED, force=st.booleans(), at=FAR, before=st.booleans(), late=HANDS)
    def build_while_hands_work(
        self, hands: list[Hand], seed: int, force: bool, at: int, before: bool, late: list[Hand]
    ) -> None:
        self.use(hands, seed)
        self.build(force, at, lambda: self.use(late, self.seed), before)

    @rule(hands=HANDS, seed=SEED, force=st.booleans(), at=FAR, before=st.booleans(), late=HANDS)
    def kill_a_build(
        self, hands: list[Hand], seed: int, force: bool, at: int, before: bool, late: list[Hand]
    ) -> None:
        def die() -> None:
            raise Killed

        self.use(hands, seed)
        self.build(force, at, die, before)
        self.use(late, seed)
        self.build(False)

    @rule(hands=HANDS, seed=SEED, force=st.booleans(), at=FAR)
    def build_twice_at_once(self, hands: list[Hand], seed: int, force: bool, at: int) -> None:
        found: list[str] = []
        second = threading.Thread(target=lambda: found.append(self.run_build(False)))
        self.use(hands, seed)
        self.build(force, at, second.start)
        if second.ident:
            second.join()
            self.judge(found[0])

    def use(self, hands: list[Hand], seed: int) -> None:
        for hand in hands:
            self.do(*hand)
        self.seed = seed

    def build(self, force: bool, at: int = -1, happen=None, before: bool = True) -> None:
        """A build; at its ``at``-th step to the disk, before or after a rename, things happen."""
        steps, fsync, rename, here = [0], os.fsync, os.replace, threading.current_thread()

        def step() -> None:
            if threading.current_thread() is here:
                steps[0] += 1
                if steps[0] == at + 1:
                    happen()

        def write(number: int) -> None:
            if before:
                step()

        def replace(source: Path, target: Path) -> None:
            rename(source, target)
            if not before:
                step()

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(files.os, "fsync", write)
            patch.setattr(files.os, "replace", replace)
            said = self.run_build(force)
        assert files.os.fsync is fsync
        self.judge(said)

    def run_build(self, force: bool) -> str:
        """Build; the refusal, if there is one."""
        try:
            with locked(self.home, "build"):
                make_all(write_jungle(self.home, self.seed), force)
        except Refusal as refusal:
            return str(refusal)
        except Killed:
            pass
        return ""

    def judge(self, refusal: str) -> None:
        kept = {entry.sha256 for entry in list_trash(self.home)}
        for path, data in self.mine.items():
            there = path.is_file() and path.read_bytes() == data
            assert there or digest_bytes(data) in kept, f"{path} is lost: {data[:80]!r}"
        for sha256 in kept:
            assert digest_bytes((self.home / ".jungle/trash" / sha256).read_bytes()) == sha256
        if refusal:
            named = [path for path in self.content.rglob("*") if str(path) in refusal]
            assert named, refusal
            if "has no picture" in refusal:
                self.do("put", "cat", "picture.png")
            for path in named:
                if path.is_file():
                    path.unlink()
                    self.mine.pop(path, None)
        else:
            try:
                assert len(read_cards(write_jungle(self.home, self.seed))) <= len(CARDS)
            except Refusal as broken:
                # A build passes over a broken card; only a person may have broken it.
                assert any(str(path) in str(broken) for path in self.mine), broken


@pytest.mark.usefixtures("sketched")
def test_no_byte_of_a_persons_is_lost():
    run_state_machine_as_test(
        Hands,
        settings=settings(
            max_examples=int(SEQUENCES or 4),
            stateful_step_count=5,
            deadline=None,
            derandomize=not SEQUENCES,
            suppress_health_check=list(HealthCheck),
        ),
    )

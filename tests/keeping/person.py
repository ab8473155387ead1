"""A person beside the builds: puts, edits, breaks, deletes, backs up, restores, checks out."""

import json
import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

from generate.files import PART
from generate.keeping.trash import list_trash, restore

CARDS = ("beast-001", "beast-002", "cat")
MEDIA = ("picture.png", "picture.jpg", "sound.flac", "sound.mp3", "frames.webp", "nearest.webp")
OFTEN = ("put", "put", "put", "message", "edit card", "edit card", "edit language")
RARE = ("break card", "break language", "delete", "hide", "back up", "restore", "restore")
DEEDS = (*OFTEN, *RARE, "take back", "commit", "check out")
GIT = ("git", "-c", "user.name=A", "-c", "user.email=a@b", "-c", "commit.gpgsign=false")
Hand = tuple[str, str, str]  # what is done, to which card, to which file of it


@dataclass
class Memory:
    """What a person knows of content/.

    ``mine`` holds all bytes that the person wrote and did not take away, ``placed`` those that
    must still lie where they were put, ``titles`` those of edited cards, ``touched`` what no longer
    need be as the stages left it: paths, and (card, medium).
    """

    mine: dict[Path, bytes] = field(default_factory=dict)
    placed: dict[Path, bytes] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    touched: set[Path | tuple[str, str]] = field(default_factory=set)

    def copy(self) -> "Memory":
        return Memory(dict(self.mine), dict(self.placed), dict(self.titles), set(self.touched))

    def forget(self, path: Path) -> None:
        self.mine.pop(path, None)
        self.placed.pop(path, None)
        if path.name == "card.json":
            self.titles.pop(path.parent.name, None)

    def recall(self, path: Path, earlier: "Memory") -> None:
        """``path`` lies there again as it did at an earlier time."""
        self.forget(path)
        self.touch(path)
        if path in earlier.placed:
            self.mine[path] = self.placed[path] = earlier.placed[path]
        if path.name == "card.json" and (title := earlier.titles.get(path.parent.name)):
            self.titles[path.parent.name] = title

    def touch(self, path: Path) -> None:
        self.touched.add(path)
        for medium in ("picture", "sound"):
            if path.name.startswith(medium) or path.name == "card.json":
                self.touched.add((path.parent.name, medium))


class Person:
    """Whoever owns the jungle in ``home``; each deed writes other bytes than any before."""

    def __init__(self, home: Path) -> None:
        self.home, self.content = home, home / "content"
        self.now, self.written = Memory(), 0
        self.backup: tuple[dict[Path, bytes], Memory] = ({}, Memory())
        self.commits: list[tuple[str, Memory]] = []
        # What was written since a build began that is still at work; None: none is.
        self.late: set[Path] | None = None

    def write(self, path: Path, data: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        self.now.forget(path)
        self.now.touch(path)
        self.now.mine[path] = self.now.placed[path] = data
        if self.late is not None:
            self.late.add(path)

    def remove(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        self.now.forget(path)
        self.now.touch(path)

    def do(self, deed: str, card: str, name: str) -> None:
        """One deed; nothing where there is nothing to do it to."""
        self.written += 1
        mark, folder = self.written, self.content / "postcards" / card
        language, record = self.content / "language.toml", folder / "card.json"
        one = (folder / name, record, language)[mark % 3]
        match deed:
            case "put":
                self.put(folder / name)
            case "message":
                keep = "keep: true\n" * (mark % 2)
                text = f"---\ntitle: T{mark}\n{keep}---\n\nHi"
                self.write(folder / "postcard.md", text.encode())
            case "hide":  # as the stages named what they were writing once, and beside the card
                old = f".{Path(name).stem}.{9_000_000 + mark}.part{Path(name).suffix}"
                self.write(folder / old, b"old %d" % mark)
                self.write(folder / f".{name}", b"hidden %d" % mark)
            case "edit card" if record.is_file():
                self.edit(record)
            case "break card":
                self.write(record, f"not JSON {mark}".encode())
            case "edit language" if language.is_file():
                self.write(language, language.read_bytes() + f"# mine {mark}\n".encode())
            case "break language":
                self.write(language, f"not [ TOML {mark}".encode())
            case "delete":
                self.remove(one)
            case "back up":
                self.back_up()
            case "restore" if one in self.backup[0]:
                self.restore(one)
            case "take back" if self.late is None:  # while a build runs, it would wait
                self.take_back()
            case "commit":
                self.commit()
            case "check out" if self.commits:
                self.check_out(*self.commits[mark % len(self.commits)])

    def put(self, path: Path) -> None:
        data = f"a person's own {self.written}".encode()
        if path.name.startswith("picture"):
            picture = self.home / path.name
            mark = self.written
            Image.new("RGB", (8 + mark, 9), (mark % 256, 7, 7)).save(picture)
            data = picture.read_bytes()
            picture.unlink()
        self.write(path, data)

    def edit(self, record: Path) -> None:
        try:
            card, title = json.loads(record.read_bytes()), f"Mine {self.written}"
        except ValueError:
            return
        touched = set(self.now.touched)
        self.write(record, json.dumps(card | {"title": title}).encode())
        # The record of the media is as it was.
        self.now.touched = touched | {record}
        self.now.titles[record.parent.name] = title

    def back_up(self) -> None:
        found = {path: path.read_bytes() for path in self.content.rglob("*") if path.is_file()}
        self.backup = found, self.now.copy()

    def restore(self, path: Path) -> None:
        """Put one file back from the backup."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(self.backup[0][path])
        self.now.recall(path, self.backup[1])

    def take_back(self) -> None:
        """Put one file back from the trash, as `make restore NUMBER=` does."""
        if not (entries := list_trash(self.home)):
            return
        entry = entries[self.written % len(entries)]
        path = self.home / restore(self.home, entry.number).path
        data = path.read_bytes()
        if path.name == "card.json":  # whose title it holds is not known
            self.now.titles.pop(path.parent.name, None)
        self.now.placed.pop(path, None)
        self.now.touch(path)
        if data in self.now.mine.values() and path.name != "card.json":
            self.now.placed[path] = data  # and nothing that the stages had made

    def git(self, *words: str) -> str:
        environment = {
            **os.environ,
            "GIT_CONFIG_GLOBAL": "/dev/null",
            "GIT_CONFIG_SYSTEM": "/dev/null",
        }
        command = [*GIT, "-C", str(self.home), *words]
        return subprocess.run(
            command, env=environment, check=True, capture_output=True, text=True
        ).stdout.strip()

    def commit(self) -> None:
        if not (self.home / ".git").is_dir():
            self.git("init", "-q")
        self.git("add", "-A", "content", f":!*{PART}*")
        self.git("commit", "-qm", "so far", "--allow-empty")
        self.commits.append((self.git("rev-parse", "HEAD"), self.now.copy()))

    def check_out(self, commit: str, then: Memory) -> None:
        """Go to a commit and give up what was changed since; what git does not know stays."""
        before = {path: path.read_bytes() for path in self.content.rglob("*") if path.is_file()}
        self.git("checkout", "-qf", commit)
        paths = [path for path in self.content.rglob("*") if path.is_file()]
        now = {path: path.read_bytes() for path in paths}
        for path in before.keys() | now.keys():
            if before.get(path) != now.get(path):
                self.now.recall(path, then if path in now else Memory())

"""What is read beside pictures, and which picture a name that stands there means."""

import posixpath
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from generate.pictures.data.tree import stem_of


@dataclass
class Reading:
    """What files say of pictures: captions, and classes as they are called there.

    ``labels`` say what a picture is of; ``boxes`` what is found somewhere in it. ``files`` have
    been read, ``captions`` are those of them that held captions; ``strays`` are names that no
    picture bears, ``unread`` files with captions in a form that is not known.
    """

    texts: dict[str, list[str]] = field(default_factory=dict)
    labels: dict[str, list[str]] = field(default_factory=dict)
    boxes: dict[str, list[str]] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    captions: set[str] = field(default_factory=set)
    strays: set[str] = field(default_factory=set)
    unread: list[str] = field(default_factory=list)

    def add(self, name: str, texts: Iterable[str], labels: Iterable[str], file: str) -> None:
        """Keep what ``file`` says of the picture ``name``, each once and after what is there."""
        for told, kept in ((texts, self.texts), (labels, self.labels)):
            for text in told:
                if text not in kept.setdefault(name, []):
                    kept[name].append(text)
                if kept is self.texts:
                    self.captions.add(file)


class Index:
    """Finds pictures by the names that listings call them."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = frozenset(names)
        self.bases = index(self.names, 1)
        self.pairs = index(self.names, 2)
        self.stems = index(map(stem_of, self.names), 1)
        self.of_stem = {stem_of(name): name for name in self.names}

    def find(self, told: str, under: str = "") -> str | None:
        """The picture that a listing in the folder ``under`` calls ``told``; None for no one.

        It may be a path from the listing or from the set, one of another machine's whose last
        two parts agree, a bare name that only one picture has, or that without its ending, or with
        the number of its caption ("1.jpg#0").
        """
        path = re.sub(r"#\d+$", "", told.strip().replace("\\", "/"))
        for name in (posixpath.normpath(posixpath.join(under, path)), posixpath.normpath(path)):
            if name in self.names:
                return name
        if "/" in path:
            return self.pairs.get("/".join(path.split("/")[-2:]))
        if path in self.bases:
            return self.bases[path]
        stem = self.stems.get(path)
        return self.of_stem[stem] if stem is not None else None


def index(names: Iterable[str], parts: int) -> dict[str, str]:
    """``names`` by their last ``parts`` parts, where only one has them."""
    found: dict[str, str] = {}
    twice: set[str] = set()
    for name in names:
        key = "/".join(name.split("/")[-parts:])
        if found.setdefault(key, name) != name:
            twice.add(key)
    return {key: name for key, name in found.items() if key not in twice}

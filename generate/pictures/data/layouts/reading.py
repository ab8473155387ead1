"""What is read beside pictures, and which picture a name that stands there means."""

import posixpath
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import unquote

from generate.pictures.data.endings import ENDINGS
from generate.pictures.data.layouts.crops import Box
from generate.pictures.data.tree import ending_of, stem_of

SPLITS = ("train", "test", "val")
# Paths that begin at a machine's root, and addresses.
AWAY = re.compile(r"/|[a-zA-Z]:/|\w+://")
# Label Studio sets eight digits before the name of what is uploaded.
UPLOADED = re.compile(r"^[0-9a-f]{8}-")


@dataclass
class Reading:
    """What files say of pictures: captions, and classes as they are called there.

    ``labels`` say what a picture is of; ``boxes`` what is found somewhere in it. ``files`` have
    been read, ``captions`` are those of them that held captions; ``strays`` are names that no
    picture bears, ``unread`` files with captions in a form that is not known.

    ``idle`` are columns of words, by file, that are read for nothing; ``beside`` are files that say
    no class of pictures but something else, with an example of it. ``labelled`` are the classes
    that each file tells.

    ``crops`` are boxes of objects with their labels, ``regions`` those that are described: a
    number, a box, a phrase. ``testing`` are pictures that the set keeps for testing, where
    ``split`` says that it has a list of those for training.
    """

    texts: dict[str, list[str]] = field(default_factory=dict)
    labels: dict[str, list[str]] = field(default_factory=dict)
    boxes: dict[str, list[str]] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)
    captions: set[str] = field(default_factory=set)
    strays: set[str] = field(default_factory=set)
    unread: list[str] = field(default_factory=list)
    idle: dict[str, list[str]] = field(default_factory=dict)
    beside: dict[str, str] = field(default_factory=dict)
    labelled: dict[str, set[str]] = field(default_factory=dict)
    crops: dict[str, list[tuple[str, Box]]] = field(default_factory=dict)
    regions: dict[str, list[tuple[str, Box, str]]] = field(default_factory=dict)
    testing: set[str] = field(default_factory=set)
    split: bool = False

    def add(self, name: str, texts: Iterable[str], labels: Iterable[str], file: str) -> None:
        """Keep what ``file`` says of the picture ``name``, each once and after what is there."""
        labels = [*labels]
        if labels:
            self.labelled.setdefault(file, set()).update(labels)
        for told, kept in ((texts, self.texts), (labels, self.labels)):
            for text in told:
                if text not in kept.setdefault(name, []):
                    kept[name].append(text)
                if kept is self.texts:
                    self.captions.add(file)

    def add_stray(self, name: str, file: str) -> None:
        """Keep that ``file`` speaks of a picture that is not here."""
        path = posixpath.normpath(posixpath.join(posixpath.dirname(file), name))
        self.strays.add(name if "://" in name else path)


def fold_name(name: str) -> str:
    """A file's name as disks compare it that mind neither case nor how accents are kept."""
    return unicodedata.normalize("NFC", name).casefold()


class Index:
    """Finds pictures by the names that listings call them."""

    def __init__(self, names: Iterable[str]) -> None:
        self.names = frozenset(names)
        self.of_stem = {stem_of(name): name for name in self.names}
        self.folders = {part for name in self.names for part in name.split("/")[:-1]}
        self.folded = {fold_name(name): name for name in self.names}
        self.ends: dict[str, list[str]] = defaultdict(list)
        for name in sorted(self.names):
            parts = name.split("/")
            for end in ("/".join(parts[-2:]), parts[-1], stem_of(parts[-1])):
                if name not in self.ends[fold_name(end)][-1:]:
                    self.ends[fold_name(end)].append(name)
        stems = {stem_of(name).rpartition("/")[2] for name in self.names}
        # How many digits pictures have that are called by numbers with noughts before them.
        lengths = {len(stem) if stem.isdecimal() else 0 for stem in stems}
        self.digits = min(lengths) if len(lengths) == 1 else 0

    def find(self, told: str, listing: str = "") -> str | None:
        """The picture that a file called ``listing`` calls ``told``; None for no one.

        It may be a path from the listing or from the set, one of another machine's whose last
        two parts agree, a bare name that only one picture has, or that without its ending, or with
        the number of its caption ("1.jpg#0"). Of a path of another machine, or an address, the
        bare name counts as well, also without what an upload set before it. Of several pictures
        of one name that one is meant whose split the listing names, or else the one for training.
        """
        path = re.sub(r"#\d+$", "", told.strip().replace("\\", "/"))
        if "%" in path and path not in self.names:
            path = unquote(path)
        far = AWAY.match(path)
        if far:
            path = unquote(path.partition("?d=")[2] or path.partition("?")[0])
        under = posixpath.dirname(listing)
        paths = [posixpath.normpath(posixpath.join(under, path)), posixpath.normpath(path)]
        for name in paths:
            if name in self.names:
                return name
        for name in paths:
            if found := self.folded.get(fold_name(name)):
                return found
        names = self.ends.get(fold_name("/".join(path.split("/")[-2:])), [])
        if not names and ending_of(path) in ENDINGS:
            # The same picture saved in another form.
            stem = stem_of(path)
            paths = [posixpath.normpath(posixpath.join(under, stem)), posixpath.normpath(stem)]
            names = [self.of_stem[path] for path in paths if path in self.of_stem][:1]
            names = names or self.ends.get(fold_name(stem), [])
        if far and not names:
            base = fold_name(posixpath.basename(path))
            names = self.ends.get(base, []) or self.ends.get(UPLOADED.sub("", base), [])
        if len(names) > 1:
            base = posixpath.basename(listing).casefold()
            split = next((split for split in SPLITS if split in base), SPLITS[0])
            names = [name for name in names if split in posixpath.dirname(name).casefold()]
        return names[0] if len(names) == 1 else None

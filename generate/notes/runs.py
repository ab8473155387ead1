"""Runs of words that two notes have in common, by which a template is felt."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator

# Words in a row; a shorter sentence counts as a whole.
LONG = 5
WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*|·")
SENTENCE = re.compile(r"[^.!?]+")
# Words of names that are words of anything.
COMMON = frozenset("a an and for in my of old on the to who with".split())


def list_runs(
    text: str, names: Collection[str] = (), long: int = LONG
) -> Iterator[tuple[str, ...]]:
    """Every run of ``long`` words of ``text``, and its sentences that are shorter.

    Words are compared in small letters, and all ``names`` (in small letters) are one word.
    """
    text = text.lower()
    words = ["·" if word in names else word for word in WORD.findall(text)]
    yield from (tuple(words[at : at + long]) for at in range(len(words) - long + 1))
    for sentence in SENTENCE.findall(text):
        if 0 < len(short := WORD.findall(sentence)) < long:
            yield tuple(short)


class Taken:
    """The runs of the notes so far; the words of the beasts' ``names`` all count as one."""

    def __init__(self, names: Iterable[str] = (), long: int = LONG) -> None:
        self.names = frozenset(word for name in names for word in WORD.findall(name.lower()))
        self.names -= COMMON
        self.long = long
        self.runs: Counter[tuple[str, ...]] = Counter()

    def add(self, text: str) -> None:
        """Remember a note."""
        self.runs.update(set(list_runs(text, self.names, self.long)))

    def list_shared(self, text: str) -> list[tuple[str, ...]]:
        """The runs of ``text`` that the notes so far have, in order."""
        runs = dict.fromkeys(list_runs(text, self.names, self.long))
        return [run for run in runs if run in self.runs]

    def count_shared(self, text: str) -> int:
        """How many runs of ``text`` the notes so far have, each as often as they have it."""
        return sum(self.runs[run] for run in self.list_shared(text))

"""The words that a captioner can say, as numbers: captions are cut into words and put together."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

PART = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*|[.,;:!?]")
MARKS = frozenset(".,;:!?")
PAD, BEGIN, END, UNKNOWN = range(4)
FIRST = 4
# No more words are learnt, and none that fewer captions have.
LIMIT, FEWEST = 2000, 2


@dataclass(frozen=True)
class Wording:
    """Words and marks in lower case; the number of ``words[i]`` is i + 4.

    Numbers 0 to 3 are for padding, a caption's begin and end, and a word that is not known.
    """

    words: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.words) + FIRST

    @cached_property
    def numbers(self) -> dict[str, int]:
        """The number of each word."""
        return {word: place for place, word in enumerate(self.words, FIRST)}

    def encode(self, text: str, most: int) -> list[int]:
        """The numbers of a caption between its begin and its end, ``most`` at most in all.

        A caption that is too long ends at the last mark that fits, else in the middle.
        """
        numbers = self.numbers
        said = [numbers.get(part, UNKNOWN) for part in cut(text)]
        return [BEGIN, *said[: most - 2], END]

    def decode(self, numbers: Iterable[int]) -> str:
        """The text of ``numbers`` up to the first end: sentences begin with a capital letter."""
        text, begins = "", True
        for number in numbers:
            if number == END:
                break
            if number < FIRST:
                continue
            word = self.words[number - FIRST]
            if word in MARKS:
                text, begins = text + word, word in ".!?"
                continue
            word = word[0].upper() + word[1:] if begins else word
            text, begins = f"{text} {word}" if text else word, False
        return text


def cut(text: str) -> list[str]:
    """The words and marks of ``text`` in lower case."""
    return PART.findall(text.casefold())


def collect_wording(captions: Iterable[str], fewest: int = FEWEST) -> Wording:
    """The words that ``fewest`` of the captions have, the commonest first, 2,000 at most."""
    counts: Counter[str] = Counter()
    for caption in captions:
        counts.update(set(cut(caption)))
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return Wording(tuple(word for word, count in ranked[:LIMIT] if count >= fewest))

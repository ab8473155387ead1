"""Turn tags and captions into multi-hot vectors; read and write vocabulary.json.

Conditions are attributes from a closed list rather than sentences: they combine in ways that no
training picture shows, and no caption is unique to one picture, which would invite copying
(Gu et al., arXiv 2310.02664).
"""

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from generate.errors import Refusal
from generate.files import read_json, write_json
from generate.words.english import list_singulars

WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
# Words that join or point; they say nothing of what is seen.
SILENT = frozenset(
    """a about above after all along am among an and any are around as at away be been before behind
    below beneath beside between beyond both but by can close did do does done down each every few
    for from front had has have he her here hers him his how i if in inside into is it its just
    like many me more most much my near no nor not of off on one onto or other our out over own
    picture photo image drawing painting portrait shown showing seen rather same she so some such
    than that the their them then there these they this those through to too toward towards two
    three under until up upon us very was we were what when where which while who whose why will
    with within without you your""".split()
)
WORDS = "word"  # group of tokens taken from captions


@dataclass(frozen=True)
class Vocabulary:
    """A closed list of tokens: column i of a condition vector says whether tokens[i] is shown.

    ``groups[i]`` names the group (plan, colour, class, word …) of ``tokens[i]``; ``synonyms`` maps
    further words to tokens. Tokens are unique, lower case, and may hold spaces. ``covers`` has, for
    tokens that were learnt of favourites, the groups that they settle as well, each with its tag.
    """

    tokens: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    synonyms: Mapping[str, str] = field(default_factory=dict)
    covers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.tokens)

    def encode(self, wanted: Iterable[str]) -> np.ndarray:
        """Multi-hot float32 (len(self),) of the tokens in ``wanted``; others are passed over."""
        vector = np.zeros(len(self), np.float32)
        places = {token: place for place, token in enumerate(self.tokens)}
        for token in wanted:
            if token in places:
                vector[places[token]] = 1
        return vector

    def encode_prompt(self, prompt: Mapping[str, Any]) -> np.ndarray:
        """float32 (len(self),): how much of each token ``prompt`` asks for.

        A prompt has "text" (or None) and "tags", or "weights" of tokens instead.
        """
        if "weights" not in prompt:
            return self.encode(tokens_of(self, prompt["text"], prompt["tags"]))
        vector = np.zeros(len(self), np.float32)
        for token, weight in prompt["weights"].items():
            vector[self.tokens.index(token)] = weight
        return vector

    def find(self, text: str) -> tuple[list[str], list[str]]:
        """Tokens named in ``text``, longest names first, and the words that name none."""
        named, unknown = self.name_each(text)
        return list(dict.fromkeys(token for _, token in named)), unknown

    def name_each(self, text: str) -> tuple[list[tuple[str, str]], list[str]]:
        """(words of ``text``, the token that they name), and the words that name none."""
        words = [word.casefold() for word in WORD.findall(text)]
        # A class may be called "st. bernard"; asked for, it is the words that count.
        names = {token: token for token in self.tokens}
        names |= {" ".join(WORD.findall(token)) or token: token for token in self.tokens}
        names |= {word.casefold(): token for word, token in self.synonyms.items() if token in names}
        longest = max((len(name.split()) for name in names), default=1)
        found: list[tuple[str, str]] = []
        unknown: list[str] = []
        place = 0
        while place < len(words):
            for length in range(min(longest, len(words) - place), 0, -1):
                said = " ".join(words[place : place + length])
                token = match(said, names)
                if token:
                    found.append((said, token))
                    place += length
                    break
            else:
                if "-" in words[place]:
                    words[place : place + 1] = words[place].split("-")
                    continue
                if words[place] not in SILENT:
                    unknown.append(words[place])
                place += 1
        return found, list(dict.fromkeys(unknown))

    def read_prompt(self, prompt: str) -> tuple[np.ndarray, list[str]]:
        """A condition float32 (len(self),) for ``prompt``, and the words nothing is known of.

        ``"owl + crocodile"`` crosses: each part has an equal share in the groups where the parts
        differ; what all of them name, or one alone, is kept whole. Raises `Refusal` if no word is
        known.
        """
        parts = [self.find(part) for part in prompt.split("+") if part.strip()]
        unknown = [word for _, missing in parts for word in missing]
        if not any(tokens for tokens, _ in parts):
            raise Refusal(
                f"prompt {prompt!r}: this model knows none of its words; {self.suggest(unknown)}"
            )
        group_of = dict(zip(self.tokens, self.groups, strict=True))
        vector = np.zeros(len(self), np.float32)
        for tokens, _ in parts:
            for token in tokens:
                group = group_of[token]
                rivals = sum(any(group_of[t] == group for t in other) for other, _ in parts)
                share = 1 / rivals if group != WORDS else 1 / max(1, len(parts))
                vector += self.encode([token]) * share
        return vector.clip(max=1), list(dict.fromkeys(unknown))

    def suggest(self, unknown: Iterable[str]) -> str:
        """A clause that names the nearest known words, or some of them."""
        near = [
            close
            for word in unknown
            for close in difflib.get_close_matches(word, [*self.tokens, *self.synonyms], 1, 0.6)
        ]
        if near:
            return f"did you mean {', '.join(dict.fromkeys(near))}?"
        if not self.tokens:
            return "it was trained on pictures without words"
        return f"it knows, for instance: {', '.join(self.tokens[:16])}"

    def write(self, path: Path) -> None:
        """Write vocabulary.json: {"tokens": [...], "groups": [...], "synonyms": {...}}."""
        write_json(path, self.as_json())

    def as_json(self) -> dict[str, Any]:
        """The three fields as JSON knows them."""
        return {
            "tokens": list(self.tokens),
            "groups": list(self.groups),
            "synonyms": dict(sorted(self.synonyms.items())),
        }


def match(word: str, names: Mapping[str, str]) -> str | None:
    """The token that ``word``, or its singular, names."""
    return next((names[form] for form in (word, *list_singulars(word)) if form in names), None)


def read_vocabulary(path: Path) -> Vocabulary:
    """Read vocabulary.json; a `Refusal` if it is not one."""
    try:
        record = read_json(path)
        tokens, groups = tuple(record["tokens"]), tuple(record["groups"])
        synonyms = dict(record["synonyms"])
        words = (*tokens, *groups, *synonyms, *synonyms.values())
        if len(tokens) != len(groups) or not all(isinstance(word, str) for word in words):
            raise ValueError("no words")
        return Vocabulary(tokens, groups, synonyms)
    except (OSError, KeyError, TypeError, ValueError):
        raise Refusal(f"{path}: is no vocabulary; train the model again") from None


def collect_vocabulary(
    rows: Iterable[Mapping[str, Any]],
    known: Mapping[str, Iterable[str]] | None = None,
    synonyms: Mapping[str, str] | None = None,
    limit: int = 512,
) -> Vocabulary:
    """The vocabulary of a training set of ``rows`` with "text" (or None), "texts" and "tags".

    ``known`` lists groups in full (the field guide's). Otherwise every tag value is a token, and,
    where there are no tags, every telling word of the captions that two pictures or more share,
    the ``limit`` commonest: a word of one picture's own would be a label for that picture.
    """
    groups: dict[str, str] = {}
    for group, values in (known or {}).items():
        for value in values:
            groups.setdefault(value.casefold(), group)
    counts: Counter[str] = Counter()
    total = 0
    for row in rows:
        total += 1
        for group, value in row["tags"].items():
            # The second class of a picture is of the group of the first.
            groups.setdefault(str(value).casefold(), group.rstrip(" 0123456789"))
        if not row["tags"]:
            told = " ".join(texts_of(row))
            counts.update({word.casefold() for word in WORD.findall(told)} - SILENT)
    shared = [word for word, count in counts.most_common() if 2 <= count < total][:limit]
    for word in shared:
        groups.setdefault(word, WORDS)
    return Vocabulary(tuple(groups), tuple(groups.values()), dict(synonyms or {}))


def tokens_of(vocabulary: Vocabulary, text: str | None, tags: Mapping[str, str]) -> list[str]:
    """The tokens of one picture: its tags where it has any, else the known words of its caption."""
    if tags:
        return [str(value).casefold() for value in tags.values() if value]
    return vocabulary.find(text)[0] if text else []


def texts_of(row: Mapping[str, Any]) -> list[str]:
    """The captions of a row: "texts" where people gave several, else its "text"; [] for none."""
    return list(row.get("texts") or filter(None, [row["text"]]))


def tokens_of_each(vocabulary: Vocabulary, row: Mapping[str, Any]) -> list[list[str]]:
    """The tokens of a row by each of its captions; one list at least, the first that of its text.

    A picture with several captions is to be shown with another of them each time.
    """
    texts: list[str | None] = [*texts_of(row)]
    return [tokens_of(vocabulary, text, row["tags"]) for text in texts or [None]]

"""The words that a person made of favourites: content/words/NAME/, and how they read in prompts.

word.toml names the word and says what each favourite shows; the pictures lie beside it. What was
learnt of them by the model of now lies in work/words/. Light: imports no torch.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from generate.errors import Refusal
from generate.files import read_json
from generate.pictures.data.vocabulary import Vocabulary
from generate.pictures.model_folder import read_facts, read_vocabulary_of
from generate.recipe import digest, digest_file

FILE, LEARNT, GROUP = "word.toml", "words/learnt.json", "taste"
LEAST, MOST = 5, 48
# A group of words is covered by a new one where two favourites are so likely to agree in it.
ALIKE = 0.4
NAME = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True)
class Word:
    """A word of favourites.

    ``shows`` are the known words of each of them, {token: group}; ``pictures`` their files.
    """

    name: str
    meaning: str
    shows: tuple[dict[str, str], ...]
    pictures: tuple[Path, ...]

    @cached_property
    def key(self) -> str:
        """Digest of all that decides what is learnt, beside the model."""
        return digest([self.name, self.shows, [digest_file(path) for path in self.pictures]])

    @cached_property
    def covers(self) -> dict[str, dict[str, float]]:
        """By group of words in which the favourites agree, the share of each word."""
        return find_common(self.shows)

    @cached_property
    def traits(self) -> dict[str, str]:
        """The commonest word of each group that is covered."""
        return {group: max(held, key=lambda t: held[t]) for group, held in self.covers.items()}


def find_common(shows: Sequence[Mapping[str, str]]) -> dict[str, dict[str, float]]:
    """{group: {token: share}} of groups in which two of ``shows`` are likely to agree."""
    counts: dict[str, Counter[str]] = {}
    for one in shows:
        for token, group in one.items():
            counts.setdefault(group, Counter())[token] += 1
    found = {}
    for group, held in counts.items():
        shares = {token: count / len(shows) for token, count in held.items()}
        if sum(share**2 for share in shares.values()) >= ALIKE:
            found[group] = shares
    return found


def list_words(home: Path) -> list[Word]:
    """The words of the jungle in ``home``, by name. `Refusal` names a file that will not do."""
    return [read_word(path) for path in sorted((home / "content/words").glob(f"*/{FILE}"))]


def read_word(path: Path) -> Word:
    """The word of a word.toml."""
    try:
        told: dict[str, Any] = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
        rows = told["favourites"]
        pictures = tuple(path.with_name(str(row["picture"])) for row in rows)
        shows = tuple(
            {str(token): str(group) for token, group in row["shows"].items()} for row in rows
        )
        name = str(told["name"])
        if not NAME.fullmatch(name) or any(file.parent != path.parent for file in pictures):
            raise ValueError("name")
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Refusal(
            f"{path}: is no word: it needs name, and [[favourites]] with picture and shows"
        ) from None
    if missing := [file.name for file in pictures if not file.is_file()]:
        raise Refusal(f"{path}: {', '.join(missing)} is not beside it; put it back")
    if len(pictures) < LEAST:
        raise Refusal(f"{path}: a word needs {LEAST} favourites, this has {len(pictures)}")
    return Word(name.casefold(), str(told.get("meaning", "")), shows, pictures)


def find_model_key(model: Path) -> str:
    """By what a learnt word knows its model again."""
    facts = read_facts(model)
    return digest([facts.get(name) for name in ("key", "recipe", "size", "exposures", "source")])


def list_learnt(model: Path) -> list[Word]:
    """The words that were learnt for ``model``, work/model/, from favourites that are still so."""
    path, known = model.parent / LEARNT, dict[str, Any]()
    if not path.is_file():
        return []
    known = read_json(path)
    if known.get("model") != find_model_key(model):
        return []
    words = known.get("words", {})
    return [word for word in list_words(model.parent.parent) if words.get(word.name) == word.key]


def list_unlearnt(model: Path) -> list[Word]:
    """The words that are yet to be learnt for ``model``."""
    learnt = {word.name for word in list_learnt(model)}
    return [word for word in list_words(model.parent.parent) if word.name not in learnt]


def extend(vocabulary: Vocabulary, words: Sequence[Word]) -> Vocabulary:
    """``vocabulary`` with new ``words`` behind its own."""
    return replace(
        vocabulary,
        tokens=(*vocabulary.tokens, *(word.name for word in words)),
        groups=(*vocabulary.groups, *[GROUP] * len(words)),
        covers={**vocabulary.covers, **{word.name: word.traits for word in words}},
    )


def read_known(model: Path) -> Vocabulary:
    """All words that can be asked of ``model``: its own, and those that were learnt for it."""
    return extend(read_vocabulary_of(model), list_learnt(model))


def sign_words(model: Path) -> str:
    """What was learnt for ``model``, in short; "" where that is nothing."""
    learnt = list_learnt(model)
    return digest([word.key for word in learnt]) if learnt else ""

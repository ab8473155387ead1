"""Lead a word that no caption had to the nearest one that the model knows: "hedgehog → puffball".

First by the table of animals (a poodle is a dog, and this model may know dogs), then by meaning,
where all-MiniLM-L6-v2 is installed. A word that is near to nothing is led nowhere.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from generate.meaning.opening import open_meanings
from generate.meaning.reading import Meanings
from generate.pictures.data.vocabulary import WORDS, Vocabulary
from generate.words.animals import find_kind

# How a word is read: one alone is little for a network that learnt sentences. And the least cosine
# at which an animal is led to an animal, and any other word to any other. Measured on the field
# guide's words: docs/experiments.md.
ANIMAL, OTHER = "{} animal", "{}"
NEAR_ANIMAL, NEAR_OTHER = 0.59, 0.6
# Of a token's names the nearest counts by this share less, and the mean of all by so much.
MEAN = 0.3


@dataclass(frozen=True)
class Lead:
    """An unheard ``word``, the known ``name`` it is nearest to, and the ``token`` of that."""

    word: str
    name: str
    token: str


def lead_words(vocabulary: Vocabulary, unknown: Iterable[str], named: Iterable[str]) -> list[Lead]:
    """Where each word of ``unknown`` leads that is near to something the model knows.

    ``named`` are tokens that were asked for by their names: no group of theirs is led to, since a
    guess never stands against what was said. Two words lead to two groups, or to one token.
    """
    words = [word for word in unknown if len(word) > 2 and word.isalpha()]
    if not words or not len(vocabulary):
        return []
    group_of = dict(zip(vocabulary.tokens, vocabulary.groups, strict=True))
    taken = {group: token for token in named if (group := group_of[token]) != WORDS}
    names, meanings = list_names(vocabulary), open_meanings()
    found = []
    for word in words:
        open_names = {
            name: token
            for name, token in names.items()
            if taken.get(group_of[token], token) == token
        }
        lead = lead_by_kind(word, open_names)
        if lead is None and meanings is not None:
            lead = lead_by_meaning(word, open_names, meanings)
        if lead is not None:
            found.append(lead)
            if group_of[lead.token] != WORDS:
                taken.setdefault(group_of[lead.token], lead.token)
    return found


def list_names(vocabulary: Vocabulary) -> dict[str, str]:
    """The token of each name that the model knows: tokens and their synonyms."""
    known = {
        name: token for name, token in vocabulary.synonyms.items() if token in vocabulary.tokens
    }
    return {token: token for token in vocabulary.tokens} | known


def lead_by_kind(word: str, names: dict[str, str]) -> Lead | None:
    """An animal's name led to that of its kind, by the table: "poodle → dog"."""
    kind = find_kind(word)
    if kind is None or kind.name not in names:
        return None
    return Lead(word, kind.name, names[kind.name])


def lead_by_meaning(word: str, names: dict[str, str], meanings: Meanings) -> Lead | None:
    """A word led by its vector; an animal's name to names of animals alone.

    None for a word that is neither an animal's name nor one that the network learnt as a whole:
    of others it knows the letters alone, and takes "flurgle" for fluff.
    """
    animal = find_kind(word) is not None
    if not animal and not meanings.knows(word):
        return None
    likely = [
        name
        for name in names
        if (find_kind(name) is not None) == animal and not is_spelt_alike(word, name, animal)
    ]
    if not likely:
        return None
    form = ANIMAL if animal else OTHER
    asked, *known = meanings.read([form.format(said) for said in (word, *likely)])
    near = np.stack(known) @ asked
    by_token: dict[str, list[tuple[float, str]]] = defaultdict(list)
    for name, cosine in zip(likely, near.tolist(), strict=True):
        by_token[names[name]].append((cosine, name))
    token, cosines = max(by_token.items(), key=lambda item: weigh(item[1]))
    cosine, name = max(cosines)
    return Lead(word, name, token) if cosine >= (NEAR_ANIMAL if animal else NEAR_OTHER) else None


def is_spelt_alike(word: str, name: str, animal: bool) -> bool:
    """Whether one of two words begins with the other, which the network takes for likeness.

    An ant has no antlers, and a dragonfly is no dragon. Of what is no animal the same holds at the
    end (Tuesday is no day of light); a catfish is a fish.
    """
    if name.startswith(word) or word.startswith(name):
        return True
    return not animal and (name.endswith(word) or word.endswith(name))


def weigh(cosines: Sequence[tuple[float, str]]) -> float:
    """How near a token is by the cosines of its names."""
    values = [cosine for cosine, _ in cosines]
    return (1 - MEAN) * max(values) + MEAN * sum(values) / len(values)

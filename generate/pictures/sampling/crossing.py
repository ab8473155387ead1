"""Cross cards: a child's noise is a sum of its parents', its words are theirs.

Crossing noise keeps poses and places, crossing words keeps what is shown (interactive evolution of
pictures: Secretan et al., Picbreeder, 2008).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from generate.errors import Refusal
from generate.pictures.data.vocabulary import Vocabulary
from generate.wishes.descent import mix, read_descent, share

# From this take on a child also has noise of its own, a share of it.
STRANGER, OWN = 4, 0.3


@dataclass(frozen=True)
class Descent:
    """What the parents of a card hand on, in the order in which it names them, and their shares.

    ``stranger`` is the share of noise that none of them has, 0 (a twin) to 1; None: that of a take.
    """

    parents: list[dict[str, Any]]
    shares: list[float]
    stranger: float | None = None

    def inherit_noise(self, take: int, own: int) -> dict[str, float]:
        """{seed: weight} of a take; ``own`` is the seed of what none of the parents has."""
        theirs = mix([(p["noise"], s) for p, s in zip(self.parents, self.shares, strict=True)])
        part = self.stranger
        if part is None:
            part = 0.0 if take < STRANGER else OWN
        return mix([(theirs, 1 - part), ({str(own): 1.0}, part)]) if part else theirs

    def inherit_words(self, vocabulary: Vocabulary, take: int) -> dict[str, Any]:
        """{"text", "tags", "weights"} of a take: the mean of the parents' words, then those of the
        first parent, of the second, and so on."""
        asked = [read_words(vocabulary, parent) for parent in self.parents]
        heir = (take - 1) % (len(asked) + 1)
        if heir:
            text, tags, vector = asked[heir - 1]
        else:
            vector = np.sum([s * row[2] for s, row in zip(self.shares, asked, strict=True)], 0)
            tags = asked[int(np.argmax(self.shares))][1]
            names = list(dict.fromkeys(name_parent(parent) for parent in self.parents))
            text = f"A cross of {' and '.join(names * 2 if len(names) == 1 else names)}"
        weights = dict(zip(vocabulary.tokens, map(float, vector), strict=True))
        return {"text": text, "tags": tags, "weights": weights}


def find_descent(
    parents: Sequence[tuple[str, Mapping[str, Any]]], stranger: float | None = None
) -> Descent:
    """What cards, (folder's name, card.json), hand on. `Refusal` for one that hands nothing on."""
    found = {}
    for slug, card in parents:
        found[slug] = read_descent(card)
        if found[slug] is None:
            raise Refusal(
                f"parents: the picture of {slug} was put there, or is not drawn yet: "
                "it has no noise to hand on"
            )
    shares = share([slug for slug, _ in parents])
    return Descent([part for part in found.values() if part], list(shares.values()), stranger)


def read_words(
    vocabulary: Vocabulary, parent: Mapping[str, Any]
) -> tuple[str, dict[str, str], np.ndarray]:
    """Caption, tags, and how much of each word (words,) a parent was asked for."""
    groups = dict(zip(vocabulary.tokens, vocabulary.groups, strict=True))
    tags = {
        group: str(value)
        for group, value in parent["traits"].items()
        if groups.get(str(value).casefold()) == group
    }
    caption = str(parent["caption"] or "")
    return caption, tags, vocabulary.encode_prompt({"text": caption, "tags": tags})


def name_parent(parent: Mapping[str, Any]) -> str:
    """What a caption calls a parent: its body, its class, else its own caption."""
    traits, caption = parent["traits"], str(parent["caption"] or "")
    name = str(traits.get("plan") or traits.get("class") or caption).strip(" .")
    return name[:1].lower() + name[1:]

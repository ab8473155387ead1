"""What to draw next: words that a taste may like, each unlike the others.

Each proposal is the best by weights that may be true, drawn at random for it alone (Thompson
sampling: Thompson 1933; Chapelle and Li 2011). So what is not known yet is tried as well.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from generate.pictures.data.vocabulary import WORDS, Vocabulary, tokens_of
from generate.studio.taste.model import Taste

# Combinations of words that are looked at for a list of proposals; how much it counts, in logits,
# that a proposal has all the words of an earlier one.
TRIED, UNLIKE = 400, 1.5


def propose(
    taste: Taste,
    vocabulary: Vocabulary,
    prompts: Sequence[Mapping[str, Any]],
    count: int,
    seed: int,
    always: Sequence[str] = (),
    never: Sequence[str] = (),
    off: Sequence[str] = (),
) -> list[dict[str, str]]:
    """``count`` proposals {token: group}, none twice; fewer where there are no more.

    ``prompts`` are those of the training pictures. All have the tokens ``always``, none has one of
    ``never``; features ``off`` do not count.
    """
    generator = np.random.default_rng(seed)
    tried = {
        frozenset(one.items()): one
        for one in (combine(vocabulary, prompts, generator, always, never) for _ in range(TRIED))
        if one
    }
    left = list(tried.values())
    rows = np.stack([taste.describe(one, {}) for one in left]) if left else np.zeros((0, 1))
    near = np.zeros(len(left))
    chosen: list[dict[str, str]] = []
    while left and len(chosen) < count and not np.isinf(near).all():
        scores = rows @ taste.imagine(generator, off) - UNLIKE * near
        best = int(np.argmax(scores))
        chosen.append(left[best])
        near = np.maximum(near, [share(one, left[best]) for one in left])
        near[best] = np.inf
    return chosen


def combine(
    vocabulary: Vocabulary,
    prompts: Sequence[Mapping[str, Any]],
    generator: np.random.Generator,
    always: Sequence[str] = (),
    never: Sequence[str] = (),
) -> dict[str, str]:
    """Words of training pictures, each group of them from another: {token: group}."""
    groups = dict(zip(vocabulary.tokens, vocabulary.groups, strict=True))
    held: dict[str, str] = {}
    wanted = {groups[token] for token in always} - {WORDS}
    picked = (
        [prompts[int(at)] for at in generator.integers(len(prompts), size=2)] if prompts else []
    )
    for place, row in enumerate(picked):
        if not row["tags"]:
            if place == 0:
                held |= {token: groups[token] for token in tokens_of(vocabulary, row["text"], {})}
            continue
        for group, value in row["tags"].items():
            token = str(value).casefold()
            if token not in groups or group in wanted or token in never:
                continue
            if group not in held.values() or generator.random() < 0.5:
                held = {name: kind for name, kind in held.items() if kind != group}
                held[token] = groups[token]
    held = {token: group for token, group in held.items() if token not in never}
    one_of: dict[str, list[str]] = {}
    for token in always:
        one_of.setdefault(groups[token], []).append(token)
    for group, tokens in one_of.items():
        some = tokens if group == WORDS else [tokens[int(generator.integers(len(tokens)))]]
        held |= dict.fromkeys(some, group)
    return held


def share(one: Mapping[str, str], other: Mapping[str, str]) -> float:
    """The share of words that two proposals have in common, 0 to 1."""
    both = len(one.keys() & other.keys())
    return both / max(1, min(len(one), len(other)))


def write_prompt(words: Mapping[str, str]) -> str:
    """Words as a prompt that is understood as just these."""
    return ", ".join(words)

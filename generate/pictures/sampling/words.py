"""Understand the words that a person asks a beast by, and say what was understood."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from generate.errors import Refusal
from generate.pictures.data.vocabulary import WORD, WORDS, Vocabulary
from generate.pictures.families.registry import FAMILIES, find_spec
from generate.recipe import digest


@dataclass(frozen=True)
class Words:
    """What the model knows of a ``prompt``.

    ``wanted`` float32 (words,) is how much of each word is asked for; ``said`` has (words of the
    prompt, the word of the model that they mean), ``unknown`` words that mean nothing.
    """

    prompt: str
    wanted: np.ndarray
    said: list[tuple[str, str]]
    unknown: list[str]


def require_words(recipe: str, who: str) -> None:
    """Raise `Refusal` where the ``recipe`` draws without words."""
    if not find_spec(recipe).reads_words:
        able = " or ".join(f'"{spec.name}"' for spec in FAMILIES.values() if spec.reads_words)
        raise Refusal(
            f'{who}: the "{recipe}" recipe draws without words; '
            f"set recipe = {able} under [pictures]"
        )


def understand(vocabulary: Vocabulary, prompt: str) -> Words:
    """The known words of ``prompt``; `Refusal` if there is none."""
    wanted, unknown = vocabulary.read_prompt(prompt)
    parts = prompt.split("+")
    said = [pair for part in parts for pair in vocabulary.name_each(part)[0]]
    return Words(prompt, wanted, list(dict.fromkeys(said)), unknown)


def tell_words(vocabulary: Vocabulary, words: Words) -> str:
    """One line: what each word was taken for, and the words that nothing is known of."""
    known = [said if said == token else f"{said} → {token}" for said, token in words.said]
    told = f"understood: {', '.join(known)}"
    if words.unknown:
        told += f"; not known here: {', '.join(words.unknown)}; "
        told += vocabulary.suggest(words.unknown)
    return told


def complete(
    vocabulary: Vocabulary, wanted: np.ndarray, prompts: Sequence[Mapping[str, Any]], seed: int
) -> dict[str, Any]:
    """``wanted`` float32 (words,) as a prompt, completed by the tags of one of ``prompts``.

    The model has seen no beast without a coat, a colour, an hour. Asked for none, it paints all of
    them at once. Only groups of tags that ``wanted`` does not name are completed.
    """
    free = vocabulary.encode(
        str(value).casefold() for value in find_free(vocabulary, wanted, prompts, seed).values()
    )
    vector = np.maximum(wanted, free)
    return {"weights": dict(zip(vocabulary.tokens, vector.tolist(), strict=True))}


def find_free(
    vocabulary: Vocabulary, wanted: np.ndarray, prompts: Sequence[Mapping[str, Any]], seed: int
) -> dict[str, str]:
    """Tags, by group, of one of ``prompts``, for the groups that ``wanted`` does not name."""
    if not prompts:
        return {}
    places = np.flatnonzero(wanted)
    named = {vocabulary.groups[place] for place in places} | {WORDS}
    named |= {g for place in places for g in vocabulary.covers.get(vocabulary.tokens[place], ())}
    tags = prompts[int(np.random.default_rng(seed).integers(len(prompts)))]["tags"]
    return {group: value for group, value in tags.items() if value and group not in named}


def describe(
    vocabulary: Vocabulary, words: Words, prompts: Sequence[Mapping[str, Any]], seed: int
) -> dict[str, Any]:
    """What a card says of its picture: "text", the person's words that were understood, and "tags",
    by group, those that were asked for and those that completed them, with "weights" of both."""
    parts = [leave_out(part, words.unknown) for part in words.prompt.split("+")]
    parts = [part for part in parts if WORD.search(part)]
    text = parts[0] if len(parts) == 1 else f"a cross of {' and '.join(parts)}"
    tags: dict[str, str] = {}
    for _, token in words.said:
        group = vocabulary.groups[vocabulary.tokens.index(token)]
        if group != WORDS:
            tags[group] = tags[group] + f" and {token}" if group in tags else token
    for _, token in words.said:
        tags = {**vocabulary.covers.get(token, {}), **tags}
    tags |= find_free(vocabulary, words.wanted, prompts, seed)
    weights = complete(vocabulary, words.wanted, prompts, seed)["weights"]
    return {"text": text[0].upper() + text[1:], "tags": tags, "weights": weights}


def leave_out(text: str, unknown: Sequence[str]) -> str:
    """``text`` without its ``unknown`` words, and without the signs and blanks that they leave."""
    text = WORD.sub(lambda found: "" if found[0].casefold() in unknown else found[0], text)
    text = re.sub(r"\s*([,;:.!?])(\s*[,;:.!?])*", r"\1", " ".join(text.split()))
    return text.strip(" ,;:.!?")


def name_sheet(prompt: str) -> str:
    """A file name for the sheet of ``prompt``, different for different prompts."""
    name = "-".join(re.findall(r"[a-z0-9]+", prompt.casefold()))[:60]
    if name == "-".join(prompt.casefold().split()):
        return name
    return f"{name}-{digest(prompt)[:6]}".lstrip("-")

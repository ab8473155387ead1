"""Understand the words that a person asks a beast by, and say what was understood."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from generate.errors import Refusal
from generate.pictures.data.vocabulary import WORD, WORDS, Vocabulary
from generate.pictures.families.registry import FAMILIES, find_spec
from generate.pictures.sampling.leading import Lead, lead_words
from generate.recipe import digest
from generate.words.english import add_article


@dataclass(frozen=True)
class Words:
    """What the model knows of a ``prompt``.

    ``wanted`` float32 (words,) is how much of each word is asked for; ``said`` has (words of the
    prompt, the word of the model that they mean), ``led`` words that no caption had with what they
    are nearest to, ``unknown`` words that mean nothing.
    """

    prompt: str
    wanted: np.ndarray
    said: list[tuple[str, str]]
    unknown: list[str]
    led: list[Lead] = field(default_factory=list)


def require_words(recipe: str, who: str) -> None:
    """Raise `Refusal` where the ``recipe`` draws without words."""
    if not find_spec(recipe).reads_words:
        able = " or ".join(f'"{spec.name}"' for spec in FAMILIES.values() if spec.reads_words)
        raise Refusal(
            f'{who}: the "{recipe}" recipe draws without words; '
            f"set recipe = {able} under [pictures]"
        )


def understand(vocabulary: Vocabulary, prompt: str) -> Words:
    """The known words of ``prompt``, and where those lead that no caption had.

    `Refusal` if there is none, and none leads anywhere.
    """
    said: list[tuple[str, str]] = []
    led: list[Lead] = []
    unknown: list[str] = []
    spoken = []
    for part in prompt.split("+"):
        found, missing = vocabulary.name_each(part)
        leads = lead_words(vocabulary, missing, [token for _, token in found])
        known = {lead.word: lead.name for lead in leads}
        said, led = said + found, led + leads
        unknown += [word for word in missing if word not in known]
        # Read in its place, what a word leads to is shared and crossed as if it had been said.
        spoken.append(WORD.sub(partial(say_known, known), part) if known else part)
    wanted, _ = vocabulary.read_prompt("+".join(spoken))
    once = list(dict.fromkeys(unknown))
    return Words(prompt, wanted, list(dict.fromkeys(said)), once, list(dict.fromkeys(led)))


def say_known(known: Mapping[str, str], found: re.Match[str]) -> str:
    """The name that a word of a prompt leads to, by ``known``, or the word."""
    return known.get(found[0].casefold(), found[0])


def tell_words(vocabulary: Vocabulary, words: Words) -> str:
    """One line: what each word was taken for, and the words that nothing is known of."""
    known = [said if said == token else f"{said} → {token}" for said, token in words.said]
    known += [f"{lead.word} → {tell_lead(lead)}" for lead in words.led]
    told = f"understood: {', '.join(known)}"
    if words.unknown:
        told += f"; not known here: {', '.join(words.unknown)}; "
        told += vocabulary.suggest(words.unknown)
    return told


def tell_lead(lead: Lead) -> str:
    """Where a word led: "dog-like", and what the model takes a dog for."""
    also = "" if lead.token == lead.name else f" ({lead.token})"
    return f"{lead.name}-like{also}, as no caption had it"


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
    spoken = put_leads(words.prompt, words.led)
    parts = [leave_out(part, words.unknown) for part in spoken.split("+")]
    parts = [part for part in parts if WORD.search(part)]
    text = parts[0] if len(parts) == 1 else f"a cross of {' and '.join(parts)}"
    tags: dict[str, str] = {}
    for token in [token for _, token in words.said] + [lead.token for lead in words.led]:
        group = vocabulary.groups[vocabulary.tokens.index(token)]
        if group != WORDS:
            tags[group] = tags[group] + f" and {token}" if group in tags else token
    for _, token in words.said:
        tags = {**vocabulary.covers.get(token, {}), **tags}
    tags |= find_free(vocabulary, words.wanted, prompts, seed)
    weights = complete(vocabulary, words.wanted, prompts, seed)["weights"]
    return {"text": text[0].upper() + text[1:], "tags": tags, "weights": weights}


def put_leads(text: str, led: Sequence[Lead]) -> str:
    """``text`` with what was drawn in place of words that led there, each with its article.

    A card names no animal that its model does not know.
    """
    for lead in led:

        def put(found: re.Match[str], name: str = lead.name) -> str:
            return add_article(name) if found[1] else name

        found = rf"\b(?:(an?)\s+)?{re.escape(lead.word)}\b"
        text = re.sub(found, put, text, flags=re.IGNORECASE)
    return text


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

"""Gather what the dictionary, alphabet and grammar pages show, and the script's font."""

import base64
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from generate.gallery.views import View


@dataclass(frozen=True)
class Reference:
    """The language as the pages show it.

    ``book`` is a `generate.phrases.dictionary.Dictionary`; ``names`` the table by which a Latin
    name is fitted to the letters; ``anchors`` maps glosses to the dictionary's ids; ``heard``
    maps words to (sound, start, end, title) where a card says them; ``assets`` are files.
    """

    book: Any
    names: dict[str, str] = field(default_factory=dict)
    anchors: dict[str, str] = field(default_factory=dict)
    heard: dict[str, tuple[str, float, float, str]] = field(default_factory=dict)
    assets: dict[str, str | bytes] = field(default_factory=dict)

    def look_up(self, gloss: str) -> str:
        """The dictionary's address of the first part of ``gloss`` that has an entry, or ""."""
        for part in re.split(r"[-~]", gloss):
            if part in self.anchors:
                return f"dictionary.html#{self.anchors[part]}"
        return ""


def read_reference(language: Any, cards: Sequence[View]) -> Reference | None:
    """The language's reference, or None without a language."""
    if language is None:
        return None
    from generate.phrases.dictionary import build_dictionary, name_table
    from generate.phrases.script import build_font, write_style

    book = build_dictionary(language, [view.card for view in cards])
    font = build_font(language)
    address = "data:font/woff2;base64," + base64.b64encode(font).decode()
    return Reference(
        book=book,
        names=name_table(language),
        anchors={entry.concept.replace("_", "."): anchor(entry.form) for entry in book.words},
        heard=find_heard(cards),
        assets={
            "assets/script.woff2": font,
            "assets/script.css": write_style(language, address),
        },
    )


def anchor(form: str) -> str:
    """An id for a word, letters that ids in links cannot hold being spelt as their code points."""
    return "w-" + "".join(
        letter if letter.isascii() and letter.isalnum() else f"-{ord(letter):x}" for letter in form
    )


def find_heard(cards: Sequence[View]) -> dict[str, tuple[str, float, float, str]]:
    """For each word that a card says: the first such sound, and when it says it, in seconds."""
    heard: dict[str, tuple[str, float, float, str]] = {}
    for view in cards:
        if view.sound is None:
            continue
        for word in view.words:
            if word.start is not None and word.end is not None:
                heard.setdefault(word.form, (view.sound.path, word.start, word.end, view.title))
    return heard


def link_cards(cards: Sequence[View]) -> dict[str, tuple[str, str, str]]:
    """Each card's (address, title, plate number) by its slug."""
    return {view.card.slug: (quote(view.path), view.title, view.plate) for view in cards}


def group_by_letter(words: Sequence[Any]) -> list[tuple[str, list[Any]]]:
    """Dictionary entries, as they are sorted, by the letter that they begin with."""
    from generate.phrases.phonemes import segment

    found = itertools.groupby(words, lambda word: segment(word.form)[0].symbol)
    return [(letter, list(some)) for letter, some in found]

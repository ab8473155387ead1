"""Gather what the dictionary, alphabet and grammar pages show, and the script's font."""

import base64
import itertools
import re
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any
from urllib.parse import quote

from generate.gallery.catalogue.views import View


class Reference:
    """The language as the pages show it, each part made when a page first asks for it.

    ``facts`` is what every card's page needs and is worth remembering: see `read_facts`; the rest
    is read from ``open_language`` and ``cards``. ``kept`` is a digest of all that decides the book,
    and books of earlier builds by it.
    """

    def __init__(
        self,
        open_language: Callable[[], Any],
        cards: Sequence[View],
        facts: dict[str, Any] | None = None,
        kept: tuple[str, dict[str, Any]] | None = None,
    ) -> None:
        self.open_language, self.cards, self.kept = open_language, cards, kept or ("", {})
        self.facts = facts or read_facts(open_language())

    @property
    def name(self) -> str:
        """What the language is called."""
        return str(self.facts["name"])

    @cached_property
    def language(self) -> Any:
        """A `generate.phrases.language.language.Language`."""
        return self.open_language()

    @cached_property
    def book(self) -> Any:
        """A `generate.phrases.handbook.dictionary.Dictionary`."""
        from generate.phrases.handbook.dictionary import build_dictionary

        key, books = self.kept
        if key not in books:
            books.clear()
            books[key] = build_dictionary(self.language, [view.card for view in self.cards])
        return books[key]

    @cached_property
    def own_name(self) -> str:
        """The language's name in its own letters, as the page's script writes it for a visitor."""
        from generate.phrases.handbook.dictionary import transliterate

        return transliterate(self.language, self.name) or self.name

    @cached_property
    def names(self) -> dict[str, str]:
        """The table by which a Latin name is fitted to the letters."""
        from generate.phrases.handbook.dictionary import name_table

        return name_table(self.language)

    @cached_property
    def heard(self) -> dict[str, tuple[str, float, float, str]]:
        """Words as (sound, start, end, title) of the first card that says them."""
        return find_heard(self.cards)

    def look_up(self, gloss: str) -> str:
        """The dictionary's address of the first part of ``gloss`` that has an entry, or ""."""
        for part in re.split(r"[-~]", gloss):
            if part in self.facts["anchors"]:
                return f"dictionary.html#{self.facts['anchors'][part]}"
        return ""

    @cached_property
    def font(self) -> bytes:
        """assets/script.woff2"""
        from generate.phrases.script.font import build_font

        return build_font(self.language)

    def write_style(self) -> str:
        """assets/script.css, with the font inside."""
        from generate.phrases.script.font import write_style

        address = "data:font/woff2;base64," + base64.b64encode(self.font).decode()
        return write_style(self.language, address)


def read_facts(language: Any) -> dict[str, Any]:
    """A language's name, and the dictionary's ids by gloss."""
    forms = {"Q": language.roots["Q"], **{name: language.spell(name) for name in language.concepts}}
    anchors = {name.replace("_", "."): anchor(form) for name, form in forms.items()}
    return {"name": language.name, "anchors": anchors}


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
    from generate.phrases.language.phonemes import segment

    found = itertools.groupby(words, lambda word: segment(word.form)[0].symbol)
    return [(letter, list(some)) for letter, some in found]

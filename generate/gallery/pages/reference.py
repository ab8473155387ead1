"""Collect what the dictionary, alphabet and grammar pages show, and the script's font."""

import base64
import itertools
import re
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any
from urllib.parse import quote

from generate.gallery.catalogue.views import View


class Reference:
    """The language as the pages show it; each part is made when a page first asks for it.

    ``facts`` is what every card's page needs, see `read_language_facts`. The rest comes from
    ``open_language`` and ``cards``. ``keep_book`` takes a function that makes the dictionary and
    calls it, unless an earlier build has made the same dictionary.
    """

    def __init__(
        self,
        open_language: Callable[[], Any],
        cards: Sequence[View],
        facts: dict[str, Any] | None = None,
        keep_book: Callable[[Callable[[], Any]], Any] = lambda make: make(),
    ) -> None:
        self.open_language, self.cards, self.keep_book = open_language, cards, keep_book
        self.facts = facts or read_language_facts(open_language())

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

        cards = [view.card for view in self.cards]
        return self.keep_book(lambda: build_dictionary(self.language, cards))

    @cached_property
    def own_name(self) -> str:
        """The language's name in its own letters, as the alphabet page first shows it."""
        from generate.phrases.language.transliteration import transliterate

        return transliterate(self.language, self.name) or self.name

    @cached_property
    def names(self) -> dict[str, str]:
        """The table that transliterates names in Latin letters."""
        from generate.phrases.language.transliteration import name_table

        return name_table(self.language)

    @cached_property
    def heard(self) -> dict[str, tuple[str, float, float, str]]:
        """By word: sound, start and end in seconds, and title, of the first card that says it."""
        heard: dict[str, tuple[str, float, float, str]] = {}
        for view in self.cards:
            for word in view.words if view.sound else ():
                if view.sound and word.start is not None and word.end is not None:
                    spoken = view.sound.path, word.start, word.end, view.title
                    heard.setdefault(word.form, spoken)
        return heard

    def look_up(self, gloss: str) -> str:
        """The address in the dictionary of the first part of ``gloss`` that has an entry, or ""."""
        for part in re.split(r"[-~]", gloss):
            if part in self.facts["anchors"]:
                return f"dictionary.html#{self.facts['anchors'][part]}"
        return ""

    @cached_property
    def font(self) -> bytes:
        """The script as assets/script.woff2."""
        from generate.phrases.script.font import build_font

        return build_font(self.language)

    def write_style(self) -> str:
        """The text of assets/script.css, which contains the font."""
        from generate.phrases.script.font import write_style

        address = "data:font/woff2;base64," + base64.b64encode(self.font).decode()
        return write_style(self.language, address)


def read_language_facts(language: Any) -> dict[str, Any]:
    """``name`` of a language, and ``anchors``: ids of dictionary entries by gloss."""
    forms = {"Q": language.roots["Q"], **{name: language.spell(name) for name in language.concepts}}
    anchors = {name.replace("_", "."): anchor(form) for name, form in forms.items()}
    return {"name": language.name, "anchors": anchors}


def anchor(form: str) -> str:
    """An id for a word; letters that links cannot hold are written as their code points."""
    return "w-" + "".join(
        letter if letter.isascii() and letter.isalnum() else f"-{ord(letter):x}" for letter in form
    )


def link_cards(cards: Sequence[View]) -> dict[str, tuple[str, str, str]]:
    """Each card's (address, title, plate number) by its slug."""
    return {view.card.slug: (quote(view.path), view.title, view.plate) for view in cards}


def group_by_letter(words: Sequence[Any]) -> list[tuple[str, list[Any]]]:
    """Sorted dictionary entries, grouped by their first letter."""
    from generate.phrases.language.phonemes import segment

    found = itertools.groupby(words, lambda word: segment(word.form)[0].symbol)
    return [(letter, list(some)) for letter, some in found]

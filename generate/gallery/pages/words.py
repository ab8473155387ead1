"""The words of the interface: English ones, unless [site.words] in jungle.toml has others."""

import difflib

from generate.errors import Refusal
from generate.gallery.pages.english import ENGLISH
from generate.settings import FILE, Settings


def read_words(settings: Settings) -> dict[str, str]:
    """`ENGLISH`, with the words of ``settings``. Raises `Refusal` for an unknown key."""
    for key in settings.site.words:
        if key not in ENGLISH:
            near = difflib.get_close_matches(key, ENGLISH, n=1)
            hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(sorted(ENGLISH))}"
            raise Refusal(f"{FILE}: unknown word site.words.{key}; {hint}")
    return {**ENGLISH, **settings.site.words}


def fill(text: str, **values: object) -> str:
    """Replace each name in braces by its value; other braces stay as they are.

    `str.format` would fail at a single brace in a person's text, and could read attributes.
    """
    for name, value in values.items():
        text = text.replace("{" + name + "}", str(value))
    return text

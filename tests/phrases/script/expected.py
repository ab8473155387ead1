"""Which glyphs of the script must stand for a text: what the font's ligatures do, said again."""

import unicodedata

from generate.phrases.language.phonemes import PHONEMES
from generate.phrases.script.font import SPACES, read_characters


def split_glyphs(text: str) -> list[str]:
    """The glyphs that write ``text``, " " for any space; characters that the font lacks are not
    among them."""
    characters = read_characters()
    single = [
        " " if c in SPACES else characters[c]
        for c in unicodedata.normalize("NFC", text)
        if c in characters or c in SPACES
    ]
    found: list[str] = []
    while single:
        pair = "".join(single[:2])
        joined = len(single) > 1 and pair in PHONEMES
        found.append(pair if joined else single[0])
        del single[: 2 if joined else 1]
    return found

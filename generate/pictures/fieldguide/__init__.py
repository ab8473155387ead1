"""The embedded training set: a painted bestiary in a jungle, drawn from seeds, with captions.

Reads nothing and writes nothing: `draw(seed, size)` returns a picture, its caption and its tags.
"""

from generate.pictures.fieldguide.captions import SYNONYMS, write_caption
from generate.pictures.fieldguide.scene import VOCABULARY, Drawing, choose_tags, draw

__all__ = ["SYNONYMS", "VOCABULARY", "Drawing", "choose_tags", "draw", "write_caption"]

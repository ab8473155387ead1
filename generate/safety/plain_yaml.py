"""Read YAML of plain values, in little time whatever it holds."""

from typing import Any

import yaml

# Letters that are read: the parser takes a second for so many.
LETTERS = 64 * 1024


class Loader(yaml.SafeLoader):
    """PyYAML's loader of plain values without merge keys, a few of which make millions of values
    before anything could count them."""

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """Refuse ``<<``."""
        for key, _ in node.value:
            if key.tag == "tag:yaml.org,2002:merge":
                raise yaml.constructor.ConstructorError(
                    None, None, "<< is not read; write out what it stands for", key.start_mark
                )
        super().flatten_mapping(node)


def load_yaml(text: str) -> Any:
    """The value of one document.

    Raises yaml.YAMLError, RecursionError for one nested too deeply, and ValueError for values that
    are none and for more than `LETTERS` letters.
    """
    if len(text) > LETTERS:
        raise ValueError(f"is longer than {LETTERS:,} letters; shorten it")
    return yaml.load(text, Loader)

"""Refuse links in content/ and templates/ that lead out of them: what they name is not published.

A jungle that somebody else made could otherwise publish any file that its reader may read.
"""

import os
from collections.abc import Iterable
from pathlib import Path

from generate.errors import Refusal
from generate.settings import Settings

# What of content/ a link may stand for as a whole.
NAMED = tuple(
    "jungle.toml language.toml corpus.txt postcards pages static words taste models".split()
)


def refuse_links(settings: Settings, templates: Iterable[Path], links: Iterable[str]) -> None:
    """Raise `Refusal` naming the first of ``links`` that leads out of content/.

    A template may link to any file of the folder that holds its ``templates`` folder. Links that
    lead to themselves lead nowhere, and pass.
    """
    homes = [(f"{folder}{os.sep}", folder.parent) for folder in templates]
    named = (str(settings.content / name) for name in NAMED)
    for path in sorted({*links, *named}):
        if os.path.islink(path):
            home = next((home for start, home in homes if path.startswith(start)), settings.content)
            inside = os.path.join(os.path.realpath(home), "")
            if not os.path.realpath(path).startswith(inside):
                raise Refusal(
                    f"{path}: is a link that leads out of {home.resolve().name}/; "
                    "put a copy of what it names there instead"
                )

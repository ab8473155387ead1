"""Join the script that lets beasts speak in a browser: tables and parts, one file to fetch."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from generate.gallery.incremental.ledger import make_key
from generate.gallery.incremental.outputs import Output
from generate.settings import Settings
from generate.shipped import TEMPLATES

# The parts, in templates/speaking/, in the order in which they run.
PARTS = ("numbers", "plan", "source", "tract", "speak")
SCRIPT = "assets/speak.js"


def plan_script(settings: Settings, inputs: Mapping[str, str], base: str) -> Output:
    """assets/speak.js as an output; a jungle's own part replaces the project's."""
    paths, found = [], []
    for name in (f"speaking/{part}.js" for part in PARTS):
        own = inputs.get(f"own-templates/{name}")
        paths.append((settings.home / "templates" if own else TEMPLATES) / name)
        found.append(own or inputs[f"templates/{name}"])
    return Output(SCRIPT, make_key(base, found), lambda: join_script(paths))


def join_script(paths: list[Path]) -> str:
    """The tables and the parts at ``paths`` as one script, without comments and indents."""
    from generate.gallery.speaking.tables import write_tables

    parts = [path.read_text(encoding="utf-8") for path in paths]
    lines = [line for part in parts for line in strip_comments(part)]
    begin, end = '(() => {\n"use strict";', "})();\n"
    return "\n".join([begin, f"const TABLES = {write_tables()};", *lines, end])


def strip_comments(text: str) -> Iterator[str]:
    """The lines of a script that hold more than a comment; no string runs over lines there."""
    for line in map(str.strip, text.splitlines()):
        if line and not line.startswith("//"):
            yield line

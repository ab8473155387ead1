"""Pages that show what was measured here: their templates and the style they share."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

# Where style.html lies, which the pages include.
HERE = Path(__file__).parent


def open_template(path: Path, escape: bool) -> Any:
    """The template in ``path``; with ``escape`` its values are escaped as HTML."""
    environment = Environment(
        loader=FileSystemLoader([path.parent, HERE]),
        autoescape=escape,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["figure"] = write_figure
    return environment.get_template(path.name)


def write_figure(value: Any, form: str = "{:.2f}") -> str:
    """A number in its ``form``; a dash where there is none."""
    return "–" if value is None or value != value else form.format(value)

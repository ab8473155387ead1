"""Open the page templates: the project's, with the jungle's own laid over them."""

import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemBytecodeCache,
    FileSystemLoader,
    StrictUndefined,
)
from jinja2.compiler import CodeGenerator
from markupsafe import Markup, escape

from generate.gallery.pages.reference import group_by_letter
from generate.gallery.pages.words import fill
from generate.settings import Settings
from generate.shipped import TEMPLATES

PROJECT = TEMPLATES
# What in a template of the jungle's own may read of all cards, or of a file that is no template.
WIDE = re.compile(r"\bcards\b(?!\|length\b)|{%-?\s*(?:include|import|from)\s+(?!\"_postcard)")

try:
    # What markupsafe 3 has written in C: several times as fast as all that lies around it.
    from markupsafe import _escape_inner as escape_text
except ImportError:
    escape_text = escape


class Generator(CodeGenerator):
    """Writes templates that escape text as fast as can be, most of what they print being short
    and plain. Should Jinja2 change inside, it only becomes slower."""

    def _output_child_pre(self, node: Any, frame: Any, finalize: Any) -> None:
        if frame.eval_ctx.autoescape and not frame.eval_ctx.volatile and finalize.src is None:
            self.write("environment.escape(")
        else:
            super()._output_child_pre(node, frame, finalize)


class Templates(Environment):
    """Jinja2 with everything escaped and nothing undefined let through."""

    code_generator_class = Generator

    @staticmethod
    def escape(value: Any) -> str:
        """HTML of any value."""
        kind = type(value)
        if kind is str:
            return escape_text(value)
        if kind is Markup:
            text: str = value
            return text
        return str(value) if kind is int or kind is float else escape(value)


def template_folders(settings: Settings) -> list[Path]:
    """Where templates and assets are looked for: the jungle's own first, then the project's."""
    folders = [settings.home.resolve() / "templates", PROJECT]
    return list(dict.fromkeys(folder for folder in folders if folder.is_dir()))


def open_templates(settings: Settings, cache: Path | None = None) -> Environment:
    """The templates in `template_folders`.

    Compiled ones are kept in ``cache``, each under the digest of its source.
    """
    if cache is not None:
        cache.mkdir(parents=True, exist_ok=True)
    environment = Templates(
        loader=ChoiceLoader([FileSystemLoader(folder) for folder in template_folders(settings)]),
        bytecode_cache=FileSystemBytecodeCache(str(cache)) if cache else None,
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["fill"] = fill
    environment.filters["url"] = quote
    environment.filters["groupby_letter"] = group_by_letter
    return environment


def reads_widely(settings: Settings) -> bool:
    """Whether a template of the jungle's own may show any card on any page, or a file of assets/.

    Such a page depends on everything. The project's own templates read of all cards only how many
    there are.
    """
    folder = settings.home.resolve() / "templates"
    if folder == PROJECT:
        return False
    texts = (path.read_text(encoding="utf-8", errors="replace") for path in folder.rglob("*.*ml"))
    return any(WIDE.search(text) for text in texts)

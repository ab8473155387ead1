"""Show the pictures that pages in Markdown name, each published in one size without its metadata.

A picture lies beside the page in content/pages/, where it is made ready for the web, or in
content/static/, where it is published as it is. One that lies nowhere, or on another site, is told
of, and its alt text stands in its place.
"""

import html
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from generate.gallery.media.decode import BrokenPicture, open_picture
from generate.gallery.media.encode import Options, encode_image, reduce_to_width
from generate.gallery.media.jobs import stem_of
from generate.recipe import digest_file
from generate.settings import Settings

FOLDER = "pages"
# A column of text is up to 704 CSS pixels wide.
WIDEST = 1408
# A picture as the cleaner writes it.
IMG = re.compile(r"<img\b([^>]*)>")
ATTRIBUTE = re.compile(r'\b(src|alt|title)="([^"]*)"')


@dataclass
class Illustrations:
    """Pictures of the pages: ``sources`` by their path below site/; ``notes`` of what lacks."""

    settings: Settings
    sources: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def show(self, text: str, page: Path) -> str:
        """The HTML ``text`` of ``page`` with its pictures in place."""

        def place(found: re.Match[str]) -> str:
            told = dict(ATTRIBUTE.findall(found[1]))
            alt = told.get("alt", "")
            shown = self.find(html.unescape(told.get("src", "")), page)
            if shown is None:
                return alt
            name, (width, height) = shown
            size = f'width="{width}" height="{height}" ' if width else ""
            title = f'title="{told["title"]}" ' if "title" in told else ""
            address = html.escape(name, quote=True)
            return f'<img src="{address}" alt="{alt}" {title}{size}loading="lazy" decoding="async">'

        return IMG.sub(place, text)

    def find(self, src: str, page: Path) -> tuple[str, tuple[int, int]] | None:
        """Where a picture is published, and its size in pixels; None, and a note, for no picture.

        The size is 0 by 0 for what is published as it is.
        """
        path = unquote(urlsplit(src).path)
        if not path:
            return None
        content = self.settings.content.resolve()
        for folder in (page.parent, content / "static"):
            source = (folder / path).resolve()
            if not source.is_file():
                continue
            if source.is_relative_to(content / "static"):
                return source.relative_to(content / "static").as_posix(), (0, 0)
            if source.is_relative_to(content / "pages"):
                return self.take(source, page)
        self.notes.append(f"{page}: no picture {src} beside it or in content/static/")
        return None

    def take(self, source: Path, page: Path) -> tuple[str, tuple[int, int]] | None:
        """Publish a picture that lies beside a page."""
        try:
            picture = open_picture(source, longest=2 * WIDEST)
        except BrokenPicture as broken:
            self.notes.append(f"{page}: {source.name} {broken}")
            return None
        name = f"{FOLDER}/{stem_of(source.stem)}.{digest_file(source)[:8]}.webp"
        self.sources[name] = str(source)
        width = min(WIDEST, picture.width)
        return name, (width, max(1, round(picture.height * width / picture.width)))

    def tell(self) -> None:
        """Print the notes, a line each."""
        for note in dict.fromkeys(self.notes):
            print(f"{'site':<9} {note}; its alt text is shown", file=sys.stderr, flush=True)


def encode_illustration(source: Path) -> bytes:
    """A picture beside a page as WebP, at most `WIDEST` pixels wide; raises `BrokenPicture`."""
    picture = open_picture(source, longest=2 * WIDEST)
    return encode_image(reduce_to_width(picture, min(WIDEST, picture.width)), "webp", Options())

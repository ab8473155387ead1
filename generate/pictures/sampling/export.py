"""Pack the cards' pictures as a zip: work/pictures.zip, what classic projects hand in."""

import zipfile
from pathlib import Path
from typing import Any

from generate.errors import Refusal
from generate.files import format_json_lines, replacing
from generate.settings import Settings


def export_zip(settings: Settings, rows: list[dict[str, Any]]) -> Path:
    """Write work/pictures.zip, reproducibly: the pictures that ``rows`` name, and ``rows`` as their
    metadata.jsonl."""
    folder = settings.work / "pictures"
    if not rows:
        raise Refusal(f"{folder}: holds no pictures; sample some first")
    path = settings.work / "pictures.zip"
    with replacing(path) as temporary, zipfile.ZipFile(temporary, "w") as archive:
        for name in sorted(row["file_name"] for row in rows):
            # PNG is compressed already, and a fixed date keeps the archive reproducible.
            archive.writestr(zipfile.ZipInfo(name), (folder / name).read_bytes())
        archive.writestr(zipfile.ZipInfo("metadata.jsonl"), format_json_lines(rows))
    return path

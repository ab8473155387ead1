"""Pack the cards' pictures as a zip: work/pictures.zip, what classic projects hand in."""

import json
import zipfile
from collections.abc import Sequence
from pathlib import Path

from generate.errors import Refusal
from generate.files import replacing
from generate.settings import Settings


def export_zip(settings: Settings, names: Sequence[str]) -> Path:
    """Write the pictures ``names`` of work/pictures/ and their metadata.jsonl to work/pictures.zip,
    reproducibly."""
    folder = settings.work / "pictures"
    if not names:
        raise Refusal(f"{folder}: holds no pictures; sample some first")
    path = settings.work / "pictures.zip"
    wanted = set(names)
    lines = (folder / "metadata.jsonl").read_bytes().splitlines(keepends=True)
    rows = b"".join(line for line in lines if json.loads(line).get("file_name") in wanted)
    with replacing(path) as temporary, zipfile.ZipFile(temporary, "w") as archive:
        for name in sorted(wanted):
            # PNG is compressed already, and a fixed date keeps the archive reproducible.
            archive.writestr(zipfile.ZipInfo(name), (folder / name).read_bytes())
        archive.writestr(zipfile.ZipInfo("metadata.jsonl"), rows)
    return path

"""Pack work/pictures/ as a zip: work/pictures.zip, what classic projects hand in."""

import zipfile
from pathlib import Path

from generate.errors import Refusal
from generate.files import replacing
from generate.settings import Settings


def export_zip(settings: Settings) -> Path:
    """Write the sampled pictures and metadata.jsonl to work/pictures.zip, reproducibly."""
    folder = settings.work / "pictures"
    names = sorted(path.name for path in folder.glob("*.png"))
    if not names:
        raise Refusal(f"{folder}: holds no pictures; sample some first")
    path = settings.work / "pictures.zip"
    with replacing(path) as temporary, zipfile.ZipFile(temporary, "w") as archive:
        for name in [*names, "metadata.jsonl"]:
            # PNG is compressed already, and a fixed date keeps the archive reproducible.
            archive.writestr(zipfile.ZipInfo(name), (folder / name).read_bytes())
    return path

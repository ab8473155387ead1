"""Sets as they lie on disk, tiny: pictures painted on the spot, files with their words beside."""

import io
import zipfile

import numpy as np
from PIL import Image

from generate.pictures.data.folders import open_folder, open_zip


def paint(seed, size=(32, 32), kind="PNG"):
    """The bytes of a picture of coarse coloured noise: no two alike."""
    levels = np.random.default_rng(seed).integers(0, 256, (6, 6, 3), np.uint8)
    file = io.BytesIO()
    Image.fromarray(levels).resize(size, Image.Resampling.BICUBIC).save(file, kind)
    return file.getvalue()


def lay(root, pictures, files=None):
    """Write ``pictures`` (names, or names by content) and ``files`` (texts by name) below root."""
    for seed, name in enumerate(pictures):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(paint(seed) if isinstance(pictures, list) else pictures[name])
    for name, text in (files or {}).items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return root


def pack(root):
    """The folder ``root`` as a zip beside it, its files in a folder of its name."""
    path = root.with_suffix(".zip")
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(root.rglob("*")):
            archive.write(file, f"{root.name}/{file.relative_to(root).as_posix()}")
    return path


def read_both(root, names=None, cut=None):
    """The source as a folder and as a zip, which must say the same: captions by name, and notes."""
    read = []
    for source in (open_folder(root, names, cut), open_zip(pack(root), names, cut)):
        entries = {entry.name.removeprefix(f"{root.name}/"): entry for entry in source.entries}
        notes = "\n".join(source.notes).replace(source.name, "SET").replace(f"{root.name}/", "")
        read.append((entries, notes, source))
    (folder, told, source), (zipped, told_of_zip, _) = read
    assert {n: (e.text, e.tags, e.texts) for n, e in folder.items()} == {
        n: (e.text, e.tags, e.texts) for n, e in zipped.items()
    }
    assert told == told_of_zip
    return folder, told, source


def texts_of(root, names=None):
    """What is said of each picture, by its name."""
    return {name: entry.text for name, entry in read_both(root, names)[0].items()}

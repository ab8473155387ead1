"""Write metadata.jsonl beside a person's own pictures: a caption for each."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from PIL import Image
from tqdm import tqdm

from generate.errors import Refusal
from generate.files import format_json_lines, write_text
from generate.pictures.captioning.telling import (
    LEARNED,
    Told,
    find_captioner,
    open_picture,
    tell_pictures,
)
from generate.pictures.data.endings import ENDINGS
from generate.pictures.data.tree import ending_of, list_folder
from generate.settings import Settings

METADATA = "metadata.jsonl"
ROWS = 16


def caption_folder(settings: Settings, folder: Path) -> Path:
    """Caption every picture below ``folder``, and write its metadata.jsonl; the path of it.

    Broken pictures are named and left out. Raises `Refusal` where the folder has metadata already,
    which is never written over, or no pictures.
    """
    if not folder.is_dir():
        raise Refusal(f"{folder}: no such folder; name one that holds pictures: PICTURES=folder")
    if found := sorted(path.name for path in folder.glob("metadata.*")):
        raise Refusal(f"{folder / found[0]}: is there already and stays; move it away first")
    names = sorted(n for n in list_folder(folder).sizes if ending_of(n) in ENDINGS)
    if not names:
        raise Refusal(f"{folder}: holds no pictures ({', '.join(sorted(ENDINGS))})")
    rows: list[dict[str, Any]] = []
    learned = 0
    with tqdm(total=len(names), desc="captions", unit="picture") as bar:
        for start in range(0, len(names), ROWS):
            part = names[start : start + ROWS]
            opened = dict(open_each(folder, part))
            for name, told in zip(opened, tell(settings, [*opened.values()]), strict=True):
                rows.append({"file_name": name, "text": told.text})
                learned += told.how == LEARNED
            bar.update(len(part))
    if not rows:
        raise Refusal(f"{folder}: none of its {len(names)} pictures can be read")
    path = folder / METADATA
    if path.exists():  # someone wrote one meanwhile
        raise Refusal(f"{path}: is there already and stays; move it away first")
    write_text(path, format_json_lines(rows))
    print(f"captions  {len(rows)} in {path}, {learned} by the captioner", flush=True)
    return path


def open_each(folder: Path, names: Iterable[str]) -> Iterable[tuple[str, Image.Image]]:
    """The pictures of these ``names`` that can be read; the others are named."""
    for name in names:
        try:
            yield name, open_picture(folder / name)
        except Refusal as refusal:
            tqdm.write(f"captions  left out: {refusal}")


def tell(settings: Settings, pictures: list[Image.Image]) -> list[Told]:
    """Captions by the model that ``pictures.captions`` names, else by the captioner."""
    named = settings.pictures.captions
    if named and named != LEARNED:
        from generate.pictures.captioning.pretrained import tell_by_model

        return tell_by_model(settings, named, pictures)
    captioner = find_captioner(settings.work)
    return tell_pictures(pictures, captioner, settings.captioner.confidence)

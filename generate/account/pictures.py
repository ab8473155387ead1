"""Pictures of an account: small copies of what the stages drew, in content/pages/making/."""

import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from PIL import Image

from generate.cards import Card
from generate.errors import Refusal
from generate.pictures.data.pixels import FAULTS, open_image
from generate.settings import Settings

WIDEST, TALLEST = 960, 1200
# A sheet of cards: how many, side by side, and the side of each in pixels.
CARDS, COLUMNS, SIDE = 12, 4, 200


def draw_pictures(settings: Settings, cards: Sequence[Card]) -> Iterator[tuple[str, str, bytes]]:
    """(name, what it shows, WebP) of each picture that can be drawn from what lies in work/ and
    content/. Broken files are passed over."""
    report = settings.work / "report"
    grids = sorted((report / "grids").glob("*.png"))
    own = [
        ("loss", "The loss while it learnt", report / "loss.png"),
        ("before", "What it drew early in the run", grids[0] if len(grids) > 1 else None),
        ("after", "The same, at the end of the run", grids[-1] if grids else None),
        ("verdict", "The same beasts before and after the run", report / "before-after.png"),
        ("sounds", "Waveforms and spectrograms of the sounds", report / "sounds.png"),
    ]
    for name, alt, path in own:
        if path is not None and (picture := open_sound_picture(path)):
            yield name, alt, to_webp(picture)
    if sheet := lay_sheet(card.picture for card in cards if card.picture):
        yield "cards", "Some of the cards", to_webp(sheet)
    if frames := lay_frames(cards):
        yield "frames", "A picture on its way out of the noise", to_webp(frames)


def open_sound_picture(path: Path) -> Image.Image | None:
    """A picture file in full colour, None where there is none or it is broken."""
    try:
        with open_image(path) as opened:
            return opened.convert("RGB")
    except (*FAULTS, Refusal):
        return None


def lay_sheet(paths: Iterable[Path]) -> Image.Image | None:
    """The first pictures side by side, None where there are none."""
    tiles: list[Image.Image] = []
    for path in paths:
        if len(tiles) == CARDS:
            break
        if picture := open_sound_picture(path):
            tiles.append(picture.resize((SIDE, SIDE), Image.Resampling.LANCZOS))
    return lay_row(tiles, COLUMNS)


def lay_frames(cards: Sequence[Card]) -> Image.Image | None:
    """Frames of the first card that has them, from noise to beast."""
    path = next((card.frames for card in cards if card.frames), None)
    if path is None:
        return None
    tiles: list[Image.Image] = []
    try:
        with open_image(path) as moving:
            count = getattr(moving, "n_frames", 1)
            for place in sorted({round(k * (count - 1) / 5) for k in range(6)}):
                moving.seek(place)
                tiles.append(moving.convert("RGB").resize((160, 160), Image.Resampling.LANCZOS))
    except (*FAULTS, Refusal):
        return None
    return lay_row(tiles, 6)


def lay_row(tiles: Sequence[Image.Image], columns: int) -> Image.Image | None:
    """Pictures of one size in rows of ``columns``."""
    if not tiles:
        return None
    side = tiles[0].width
    across = min(columns, len(tiles))
    sheet = Image.new("RGB", (across * side, -(-len(tiles) // across) * side), "white")
    for number, tile in enumerate(tiles):
        sheet.paste(tile, (number % across * side, number // across * side))
    return sheet


def to_webp(picture: Image.Image) -> bytes:
    """A picture, made smaller where it is large, as WebP."""
    picture = picture.copy()
    picture.thumbnail((WIDEST, TALLEST), Image.Resampling.LANCZOS)
    data = io.BytesIO()
    picture.save(data, "WEBP", quality=82, method=4)
    return data.getvalue()

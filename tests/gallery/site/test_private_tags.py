"""What files of a person's own say beside their pictures and sounds is not published."""

import json

import numpy as np
import pytest
import soundfile
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from generate.gallery.site.render import render_site
from tests.bundles import draw_picture, make_jungle

SAID = "grandfather-in-the-lake-house"
CARDS = ("beast-001", "beast-002", "beast-003", "beast-004")


def tell(folder, picture):
    """A picture that names its photographer in every way that its format has."""
    image = draw_picture(np.random.default_rng(3), 64).convert("RGB")
    exif = Image.Exif()
    exif[0x010E] = exif[0x013B] = exif[0x8298] = SAID
    exif.get_ifd(0x8825)[29] = SAID
    xmp = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{SAID}</x:xmpmeta>".encode()
    texts = PngInfo()
    texts.add_text("Author", SAID)
    texts.add_itxt("Comment", SAID)
    more = {"pnginfo": texts} if picture.endswith("png") else {"xmp": xmp}
    if picture.endswith("jpg"):
        more["comment"] = SAID.encode()
    image.save(folder / picture, exif=exif, **more)
    assert SAID.encode() in (folder / picture).read_bytes()


@pytest.fixture
def site(tmp_path):
    """The site of cards whose owner put pictures and sounds in place, as cameras write them."""
    settings = make_jungle(tmp_path, 4, seconds=0.1, frames=2)
    names = ("picture.jpg", "picture.png", "picture.webp", "picture.avif")
    for card, picture in zip(CARDS, names, strict=True):
        folder = settings.bundles / card
        (folder / "picture.png").unlink()
        (folder / "sound.flac").unlink()
        tell(folder, picture)
        tell(folder, "frames.webp")
    for card, name in zip(CARDS, ("wav", "flac", "ogg", "mp3"), strict=True):
        path = settings.bundles / card / f"sound.{name}"
        with soundfile.SoundFile(path, "w", 44_100, 1) as file:
            file.title = file.artist = file.comment = SAID
            file.write(0.3 * np.sin(np.arange(9000) / 9))
        assert SAID.encode() in path.read_bytes(), path
    for card in CARDS:
        path = settings.bundles / card / "card.json"
        card = json.loads(path.read_text())
        card["made"]["sound"] |= {"recording": f"{SAID}.wav", "model": f"/home/me/{SAID}"}
        card["made"]["picture"]["source"] = "5" * 64
        card["made"]["picture"]["nearest"]["what"] = f"{SAID}.jpg"
        path.write_text(json.dumps(card))
    render_site(settings)
    return tmp_path / "site"


def test_nothing_says_whose_it_is(site):
    read = [path for path in site.rglob("*") if path.is_file()]
    assert len({path.suffix for path in read} & {".mp3", ".jpg", ".webp", ".html", ".xml"}) >= 4
    told = [path for path in read if SAID.encode() in path.read_bytes() or SAID in path.name]
    assert not told
    for path in read:
        if path.suffix in (".jpg", ".webp", ".png", ".avif"):
            with Image.open(path) as image:
                assert not image.getexif() and "xmp" not in image.info, path

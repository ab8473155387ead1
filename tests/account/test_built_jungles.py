"""Accounts of three jungles that were really built, each tiny: the field guide, pets, emoji."""

import os
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from generate.account.stage import gather_account, tell_jungle
from generate.bundles.merged import read_cards
from generate.settings import read_settings
from tests.account.figures import check_figures
from tests.jungles import run

ASKED = "JUNGLE_TEST_ACCOUNT"
pytestmark = pytest.mark.skipif(
    os.environ.get(ASKED) != "1", reason=f"builds three jungles; {ASKED}=1 runs it"
)
SMALL = """
[pictures]
examples = 40
size = 32
exposures = 64
candidates = 1
postcard = 64
steps = 2
frames = 2
"""


def draw_pets(home: Path) -> str:
    """Photographs of two animals in class folders, one of them rare, one file broken."""
    rng = np.random.default_rng(5)
    for name, count in (("cats", 24), ("dogs", 22), ("goats", 3)):
        folder = home / "pets" / name
        folder.mkdir(parents=True)
        for number in range(count):
            pixels = rng.integers(0, 256, (8, 8, 3), dtype=np.uint8)
            Image.fromarray(pixels).resize((64, 64), 3).save(folder / f"{number}.jpg")
    (home / "pets/cats/broken.jpg").write_bytes(b"no picture")
    return 'source = "pets"'


def draw_emoji(home: Path) -> str:
    """A zip of see-through drawings with captions beside them, one twice."""
    home.mkdir(parents=True)
    with zipfile.ZipFile(home / "emoji.zip", "w") as archive:
        for number in range(30):
            picture = Image.new("RGBA", (72, 72))
            shape, colour = [8, 8, 40 + number, 60], (9 * number % 256, 80, 250 - 8 * number, 255)
            ImageDraw.Draw(picture).ellipse(shape, fill=colour)
            path = home / "one.png"
            picture.save(path)
            archive.write(path, f"{number}.png")
            archive.writestr(f"{number}.txt", f"a {'round' if number % 2 else 'wide'} face")
        archive.write(path, "again.png")
        path.unlink()
    return 'source = "emoji.zip"'


@pytest.mark.parametrize("name", ["default", "pets", "emoji"])
def test_every_figure_of_a_built_jungle_is_in_its_record(name: str, tmp_path: Path) -> None:
    home = tmp_path / name
    make = {"pets": draw_pets, "emoji": draw_emoji}.get(name)
    source = f"{make(home)}\n" if make else ""
    (home / "content").mkdir(parents=True)
    toml = "count = 2\n" + SMALL.replace("[pictures]\n", f"[pictures]\n{source}")
    toml += "[sounds]\nambience = false\n[phrases]\nnotes = true\n"
    (home / "content/jungle.toml").write_text(toml)
    run(home, "build")
    settings = read_settings(home)
    page = tell_jungle(settings).read_text(encoding="utf-8")
    check_figures(settings, page)
    account = gather_account(settings, read_cards(settings))
    assert len(account.advice) >= 3
    told = [one.told for one in account.advice]
    assert "steps, where" in told[0] or "are few" in told[0] or "too few" in told[0], told
    if name == "pets":
        assert any("goat is rare: 3 pictures" in text for text in told), told
    assert "| offline | 2 |" in page

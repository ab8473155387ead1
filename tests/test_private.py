"""A jungle made from private pictures and recordings, grown for real: its site names none."""

import numpy as np
import pytest
import soundfile
from PIL import Image

from tests.jungles import read_bundle, run, write_jungle

pytestmark = pytest.mark.slow

SETTINGS = """
title = "A private jungle"
count = 2
[pictures]
source = "lake-house-album"
size = 16
from = "scratch"
exposures = 48
batch = 8
steps = 2
candidates = 1
frames = 2
postcard = 64
[sounds]
engine = "folder"
folder = "grandfathers-tapes"
ambience = false
"""


def test_no_name_and_no_bytes_of_what_is_private_are_published(tmp_path):
    home = write_jungle(tmp_path / "jungle", SETTINGS)
    rng = np.random.default_rng(4)
    private = []
    for number in range(12):
        who = ("annelore-swimming", "bertolda-asleep")[number % 2]
        path = home / "lake-house-album" / f"{who}-{number}.png"
        path.parent.mkdir(exist_ok=True)
        coarse = Image.fromarray(rng.integers(0, 256, (5, 5, 3), np.uint8))
        coarse.resize((80, 80), Image.Resampling.BICUBIC).save(path)
        private.append(path)
    for number in range(2):
        path = home / "grandfathers-tapes" / f"birthday-speech-{number}.wav"
        path.parent.mkdir(exist_ok=True)
        times = np.arange(30_000) / 44_100
        tone = np.sin(2 * np.pi * (300 + 90 * number) * times) * np.hanning(len(times))
        soundfile.write(path, (0.3 * tone).astype(np.float32), 44_100)
        private.append(path)
    run(home, "build")

    names = {path.stem for path in private} | {"lake-house-album", "grandfathers-tapes"}
    for number in (1, 2):
        made = read_bundle(home, number)["made"]
        assert made["sound"]["recording"].removesuffix(".wav") in names
        assert made["picture"]["nearest"]["what"].removesuffix(".png") in names
    site = {path: path.read_bytes() for path in (home / "site").rglob("*") if path.is_file()}
    assert len([path for path in site if path.suffix == ".mp3"]) == 2
    # A caption could be made of a part of a name.
    secrets = [name.encode() for name in names | {"annelore", "bertolda", "grandfather"}]
    # Whole files, and what any copy of one holds: a stretch from its middle.
    for path in [*private, *home.glob("content/postcards/*/nearest.webp")]:
        data = path.read_bytes()
        secrets += [data, data[len(data) // 2 :][:64]]
    for path, data in site.items():
        found = [secret[:40] for secret in secrets if secret in data or secret in data.lower()]
        assert not found, f"{path} holds {found}"
    assert "error" not in run(home, "audit").stdout.replace("0 errors", "")

"""One tiny jungle, grown for real through the command line, and what changes do to it."""

import html.parser
import json
import os
import re
import shutil
import subprocess
import sys
from urllib.parse import unquote, urlsplit

import numpy as np
import pytest
from PIL import Image

from generate.recipe import digest_file, digest_folder
from tests.jungles import ROOT, read_bundle, run

pytestmark = pytest.mark.slow


class Links(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name in ("href", "src") and value and not value.startswith(("data:", "mailto:")):
                self.found.add(value)


def test_four_real_postcards(grown):
    index = (grown / "site/index.html").read_text()
    assert set(re.findall(r'href="(cards/beast-\d+\.html)"', index)) == {
        f"cards/beast-{number:03d}.html" for number in range(1, 5)
    }
    cards = json.loads((grown / "site/postcards.json").read_text())
    assert [card["slug"] for card in cards] == [f"beast-{n:03d}" for n in range(1, 5)]
    for key in ("picture", "sound"):
        assert len({digest_file(grown / "site" / card[key]) for card in cards}) == 4, key
    assert len({card["phrase"] for card in cards}) == 4
    assert all(card["alt"] and card["translation"] and card["title"] for card in cards)
    for number in range(1, 5):
        bundle = grown / f"content/postcards/beast-{number:03d}"
        assert {path.name for path in bundle.iterdir()} >= {
            "card.json",
            "picture.png",
            "sound.flac",
            "postcard.md",
        }
        pixels = np.asarray(Image.open(bundle / "picture.png").convert("RGB"))
        assert pixels.shape == (128, 128, 3)
        assert pixels.std() > 5, "a blank picture"


def test_every_internal_link_resolves(grown):
    site = grown / "site"
    for page in site.rglob("*.html"):
        if page.name == "404.html":
            continue
        links = Links()
        links.feed(page.read_text())
        for link in links.found:
            parts = urlsplit(link)
            assert not parts.path.startswith("/"), f"{page}: {link}"
            if not parts.scheme and parts.path:
                assert (page.parent / unquote(parts.path)).exists(), f"{page}: {link}"


def test_a_second_build_does_nothing_and_never_imports_torch(jungle, no_torch):
    before = [digest_folder(jungle / name) for name in ("content", "site", "work/model")]
    run(jungle, "build", env=no_torch)
    seconds = []
    for _ in range(2):
        # Of the processor, not of the clock: other programs may be at work.
        start = sum(os.times()[2:4])
        process = run(jungle, "build", env=no_torch)
        seconds.append(sum(os.times()[2:4]) - start)
    assert "0 made, 4 fresh" in process.stdout
    after = [digest_folder(jungle / name) for name in ("content", "site", "work/model")]
    assert after == before
    assert min(seconds) < 3


def test_a_new_title_renders_pages_only(jungle, no_torch):
    before = digest_folder(jungle / "content/postcards"), digest_folder(jungle / "work/model")
    text = (jungle / "content/jungle.toml").read_text()
    (jungle / "content/jungle.toml").write_text(text.replace("A tiny jungle", "Grüße & <b>"))
    run(jungle, "build", env=no_torch)
    after = digest_folder(jungle / "content/postcards"), digest_folder(jungle / "work/model")
    assert after == before
    assert "Grüße &amp; &lt;b&gt;" in (jungle / "site/index.html").read_text()


def test_a_clone_with_committed_bundles_needs_no_torch(jungle, no_torch):
    shutil.rmtree(jungle / "work")
    shutil.rmtree(jungle / "site")
    before = digest_folder(jungle / "content/postcards")
    assert run(jungle, "needs", "build").stdout == "light\n"
    run(jungle, "build", env=no_torch)
    assert digest_folder(jungle / "content/postcards") == before
    assert (jungle / "site/cards/beast-004.html").exists()


def test_a_hand_written_postcard_is_kept_shown_and_spoken(jungle, no_torch):
    path = jungle / "content/postcards/beast-002/postcard.md"
    sounds = [
        digest_file(jungle / f"content/postcards/beast-{n:03d}/sound.flac") for n in range(1, 5)
    ]
    phrase = read_bundle(jungle, 3)["phrase"]
    path.write_text(f"---\ntitle: Mine\nphrase: {phrase}\n---\nMy *own* words.\n")
    run(jungle, "build", "--seed", "7", env=no_torch)
    assert path.read_text().endswith("My *own* words.\n")
    page = (jungle / "site/cards/beast-002.html").read_text()
    assert "Mine" in page and "My <em>own</em> words." in page
    assert read_bundle(jungle, 2)["gloss"] == read_bundle(jungle, 3)["gloss"]
    after = [
        digest_file(jungle / f"content/postcards/beast-{n:03d}/sound.flac") for n in range(1, 5)
    ]
    assert [a != b for a, b in zip(sounds, after, strict=True)] == [False, True, False, False]


def test_what_a_person_replaced_is_kept_unless_forced(jungle):
    bundle = jungle / "content/postcards/beast-001"
    Image.new("RGB", (300, 200), (200, 30, 30)).save(bundle / "picture.png")
    mine = digest_file(bundle / "picture.png")
    shutil.copy(jungle / "content/postcards/beast-002/sound.flac", bundle / "sound.flac")
    sound = digest_file(bundle / "sound.flac")
    process = run(jungle, "build", "--seed", "8")
    assert process.stdout.count("kept 1 put there by hand (beast-001)") == 2
    assert digest_file(bundle / "picture.png") == mine
    assert digest_file(bundle / "sound.flac") == sound
    assert "red" in read_bundle(jungle, 1)["caption"].lower()
    run(jungle, "build", "--seed", "8", "--force")
    assert digest_file(bundle / "picture.png") != mine
    assert digest_file(bundle / "sound.flac") != sound


def test_a_deleted_bundle_is_made_again_the_same_and_count_changes_no_card(jungle):
    before = digest_folder(jungle / "content/postcards")
    shutil.rmtree(jungle / "content/postcards/beast-003")
    run(jungle, "build")
    assert digest_folder(jungle / "content/postcards") == before
    run(jungle, "build", "--count", "6")
    assert len(list((jungle / "site/cards").glob("*.html"))) == 6
    for number in (5, 6):
        shutil.rmtree(jungle / f"content/postcards/beast-{number:03d}")
    assert digest_folder(jungle / "content/postcards") == before


def test_a_bundle_added_by_hand_joins_and_fewer_cards_are_shown(jungle, no_torch):
    bundle = jungle / "content/postcards/My cat & é #1"
    bundle.mkdir()
    Image.new("RGB", (320, 240), (40, 160, 60)).save(bundle / "picture.jpg")
    (bundle / "postcard.md").write_text("---\ntitle: The cat\n---\nPurr.\n")
    process = run(jungle, "build", "--count", "3", env=no_torch)
    assert "1 beyond count = 3" in process.stdout
    cards = json.loads((jungle / "site/postcards.json").read_text())
    assert [card["title"] for card in cards][3:] == ["The cat"]
    assert (bundle / "sound.flac").exists()
    assert not (jungle / "site/cards/beast-004.html").exists()
    assert (jungle / "content/postcards/beast-004/picture.png").exists()


def test_other_sounds_leave_pictures_and_phrases_alone(jungle, no_torch):
    cards = [read_bundle(jungle, number) for number in range(1, 5)]
    with (jungle / "content/jungle.toml").open("a") as file:
        file.write("\n[sounds]\nloudness = -20.0\n")
    run(jungle, "build", env=no_torch)
    for number, old in enumerate(cards, 1):
        new = read_bundle(jungle, number)
        assert new["made"]["picture"] == old["made"]["picture"]
        assert new["made"]["phrase"] == old["made"]["phrase"]
        assert new["made"]["sound"]["sha256"] != old["made"]["sound"]["sha256"]


def test_hostile_words_are_harmless(jungle, no_torch):
    attack = "<script>alert(1)</script>"
    path = jungle / "content/postcards/beast-001/postcard.md"
    path.write_text(
        f'---\ntitle: "{attack}"\nphrase: "{attack}"\nplace: "{attack}"\n---\n{attack}\n'
    )
    run(jungle, "build", env=no_torch)
    for page in (jungle / "site").rglob("*.html"):
        assert attack not in page.read_text(), page


def test_honest_pictures(jungle, tmp_path):
    """Published pictures come from weights and seed: redraw three without the field guide."""
    shutil.rmtree(jungle / "work/dataset")
    shutil.rmtree(jungle / "work/pictures")
    published = {
        number: np.asarray(Image.open(jungle / f"content/postcards/beast-{number:03d}/picture.png"))
        for number in (1, 2, 4)
    }
    code = (
        "import sys; from pathlib import Path\n"
        "sys.modules['generate.pictures.fieldguide'] = None\n"
        "from generate.settings import read_settings\n"
        "from generate.pictures.sampling.stage import draw_cards\n"
        f"list(draw_cards(read_settings(Path({str(jungle)!r})), [4, 1, 2]))\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT, capture_output=True)
    for number, pixels in published.items():
        redrawn = np.asarray(Image.open(jungle / f"work/pictures/beast-{number:03d}.png"))
        assert np.array_equal(redrawn, pixels), number

"""A person's own pictures, recordings and models are not named on the site unless asked for."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from generate.bundles.merged import merge_card
from generate.cards import read_card, write_card
from generate.gallery.publishing.audit import audit_site
from generate.gallery.site.render import render_site
from generate.gallery.site.sources import hide_sources
from generate.settings import Settings, read_settings
from tests.bundles import make_jungle

PICTURE, RECORDING, MODEL = "anna-at-the-lake.jpg", "grandfather-1987.wav", "/home/ada/models/calls"
OWN = '[pictures]\nsource = "holidays"\n'


def make_private(home: Path, toml: str = OWN, **picture: Any) -> Settings:
    """Two cards as they are made from a folder of pictures, of recordings, and a model folder."""
    settings = make_jungle(home, 2, f'title = "T"\ncount = 2\n{toml}', size=24, frames=3)
    for number, sound in ((1, {"recording": RECORDING}), (2, {"model": MODEL})):
        folder = settings.bundles / f"beast-00{number}"
        card = read_card(folder)
        card["made"]["picture"] |= {"nearest": {"what": PICTURE, "ratio": 0.5}, **picture}
        card["made"]["sound"] |= sound
        write_card(folder, card)
        Image.effect_noise((32, 32), 90).convert("RGB").save(folder / "nearest.webp", lossless=True)
    return settings


def published(settings: Settings) -> bytes:
    """All bytes of the site."""
    files = sorted(path for path in (settings.home / "site").rglob("*") if path.is_file())
    return b"".join(path.read_bytes() for path in files)


@pytest.mark.parametrize(
    ("toml", "picture"),
    [(OWN, {}), ('[pictures]\nsource = "ada/holidays"\n', {}), ("", {"source": "0" * 64})],
    ids=["folder", "hub", "since changed"],
)
def test_digests_stand_for_the_names(tmp_path: Path, toml: str, picture: dict[str, str]) -> None:
    settings = make_private(tmp_path, toml, **picture)
    render_site(settings)
    site = published(settings)
    for name in (PICTURE, RECORDING, MODEL):
        assert name.encode() not in site
    for folder in sorted(settings.bundles.iterdir()):
        assert (folder / "nearest.webp").read_bytes() not in site
        page = (tmp_path / f"site/cards/{folder.name}.html").read_text()
        made = hide_sources(settings, merge_card(folder)).made
        shown = [made["picture"]["nearest"]["what"]]
        shown += [made["sound"][key] for key in ("recording", "model") if key in made["sound"]]
        assert len(shown) == 2
        for text in shown:
            assert len(text) == 12 and text in page
        # How near it is tells nothing of it.
        assert "50" in page
    assert not [line for line in audit_site(settings).warnings if "show_sources" in line]
    # The owner's own record stays as it is.
    assert PICTURE in (settings.bundles / "beast-001" / "card.json").read_text()


def test_who_asks_for_it_shows_them_and_the_audit_says_what(tmp_path: Path) -> None:
    settings = make_private(tmp_path)
    render_site(settings)
    hidden = published(settings)
    toml = tmp_path / "content" / "jungle.toml"
    toml.write_text(toml.read_text() + "[site]\nshow_sources = true\n")
    settings = read_settings(tmp_path)
    render_site(settings)
    site = published(settings)
    for name in (PICTURE, RECORDING, MODEL):
        assert name.encode() in site
    for folder in settings.bundles.iterdir():
        assert (folder / "nearest.webp").read_bytes() in site
    told = "\n".join(audit_site(settings).warnings)
    assert all(name in told for name in (PICTURE, RECORDING, MODEL))
    toml.write_text(toml.read_text().replace("true", "false"))
    render_site(read_settings(tmp_path))
    assert published(settings) == hidden


def test_a_training_picture_without_a_record_is_not_published(tmp_path: Path) -> None:
    settings = make_private(tmp_path)
    folder = settings.bundles / "beast-001"
    (folder / "card.json").unlink()
    render_site(settings)
    assert (folder / "nearest.webp").read_bytes() not in published(settings)


def test_the_projects_own_drawings_are_shown(tmp_path: Path) -> None:
    settings = make_private(tmp_path, "")
    shutil.rmtree(settings.bundles / "beast-002")
    folder = settings.bundles / "beast-001"
    card = read_card(folder)
    card["made"]["picture"]["nearest"]["what"] = "drawing 7"
    card["made"]["sound"] = {**card["made"]["sound"], "model": "stabilityai/stable-audio-open-1.0"}
    write_card(folder, card)
    render_site(settings)
    site = published(settings)
    assert b"drawing 7" in site and b"stabilityai/stable-audio" in site
    assert (folder / "nearest.webp").read_bytes() in site
    assert RECORDING.encode() not in site


def test_a_common_name_cannot_be_found_by_trying(tmp_path: Path) -> None:
    settings = make_private(tmp_path)
    cards = [hide_sources(settings, merge_card(folder)) for folder in settings.bundles.iterdir()]
    veils = {card.made["picture"]["nearest"]["what"] for card in cards}
    assert len(veils) == 2  # one name, two digests: each depends on a file that is not published
    facts = json.loads((settings.bundles / "beast-001" / "card.json").read_text())
    assert facts["made"]["picture"]["sha256"] not in published(settings).decode("utf-8", "replace")

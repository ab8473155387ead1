"""Recordings and pictures that lie beyond the jungle: links are refused, settings are told of."""

import numpy as np
import pytest
import soundfile

from generate.errors import Refusal
from generate.gallery.publishing.audit import audit_site
from generate.gallery.site.render import render_site
from generate.settings import read_settings
from generate.sounds.engines.recordings import list_recordings
from tests.bundles import make_jungle

RATE = 44_100


@pytest.fixture
def diary(tmp_path):
    """A folder of whoever builds the jungle, beside it, with a recording."""
    write(tmp_path / "diary" / "private.wav")
    return tmp_path / "diary"


def write(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    times = np.arange(RATE) / RATE
    tone = 0.3 * np.sin(2 * np.pi * 330 * times) * np.hanning(RATE)
    soundfile.write(path, tone.astype(np.float32), RATE)


def read(home, folder):
    toml = f'count = 2\n[sounds]\nengine = "folder"\nfolder = "{folder}"\n'
    return make_jungle(home, 2, toml, size=24, frames=0, seconds=0.1)


@pytest.mark.parametrize("folder", ["recordings", "content/recordings"])
@pytest.mark.parametrize("name", ["a.wav", "deep/a.wav", "deep", ".hidden.wav"])
def test_a_link_among_the_recordings_that_leaves_the_jungle_is_refused(
    tmp_path, diary, folder, name
):
    home = tmp_path / "jungle"
    settings, path = read(home, folder), home / folder / name
    write(home / folder / "good.wav")
    path.parent.mkdir(exist_ok=True)
    path.symlink_to(diary if name == "deep" else diary / "private.wav")
    with pytest.raises(Refusal, match=f"{name}: is a link that leads out of") as refusal:
        list_recordings(settings)
    assert "\n" not in str(refusal.value) and "diary" not in str(refusal.value)


def test_a_link_within_the_jungle_is_followed(tmp_path):
    home = tmp_path / "jungle"
    settings = read(home, "recordings")
    write(home / "mine" / "owl.wav")
    (home / "recordings").mkdir()
    (home / "recordings" / "a.wav").symlink_to("../mine/owl.wav")
    assert [path.name for path in list_recordings(settings)[0]] == ["a.wav"]


def test_content_links_to_no_folder_of_recordings(tmp_path, diary):
    home = tmp_path / "jungle"
    settings = read(home, "content/recordings")
    (home / "content/recordings").symlink_to(diary)
    with pytest.raises(Refusal, match="content/recordings: is a link that leads out of"):
        list_recordings(settings)


@pytest.mark.parametrize("how", ["path", "dots", "link"])
def test_a_folder_elsewhere_is_used_and_the_audit_tells_of_it(tmp_path, diary, how):
    home = tmp_path / "jungle"
    folder = {"path": str(diary), "dots": "../diary", "link": "recordings"}[how]
    settings = read(home, folder)
    if how == "link":
        (home / "recordings").symlink_to(diary)
    (diary / "again.wav").symlink_to("private.wav")
    assert len(list_recordings(settings)[0]) == 2
    render_site(settings)
    told = f"sounds.folder names {folder}, beyond the jungle: cards are made of what lies there"
    assert told in audit_site(settings).warnings


def test_what_lies_in_the_jungle_is_not_told_of(tmp_path):
    home = tmp_path / "jungle"
    read(home, "recordings")
    toml = home / "content/jungle.toml"
    toml.write_text(toml.read_text() + '[pictures]\nsource = "photos"\n')
    (home / "photos").mkdir()
    write(home / "recordings/a.wav")
    settings = read_settings(home)
    render_site(settings)
    assert not [line for line in audit_site(settings).warnings if "beyond" in line]
    toml.write_text(toml.read_text().replace('"photos"', f'"{tmp_path}"'))
    told = [line for line in audit_site(read_settings(home)).warnings if "beyond" in line]
    assert len(told) == 1 and told[0].startswith(f"pictures.source names {tmp_path}, beyond")

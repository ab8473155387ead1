"""Pictures and sounds as people name them: what a card shows, and what is said of the rest."""

import re
import shutil

import pytest
from PIL import Image

from generate.bundles.beside import list_strange, list_unused, tell_likely
from generate.bundles.merged import merge_card
from generate.cards import Bundle, list_files, read_card, write_card
from generate.errors import Refusal
from generate.plan import read_bundles
from generate.recipe import digest_file
from tests.bundles import make_bundle, write_tone


@pytest.fixture
def ours(tmp_path):
    """A bundle with a picture and a sound of ours."""
    return make_bundle(tmp_path / "content/postcards/beast-001", 1, 48, frames=0, seconds=0.2)


def paint(path, colour="red"):
    kind = {".jpg": "JPEG", ".jpeg": "JPEG", ".png": "PNG", ".webp": "WEBP"}[path.suffix.lower()]
    Image.new("RGB", (32, 32), colour).save(path, kind)


def unused(folder):
    card = read_card(folder)
    return list(list_unused(Bundle(folder, 1, 7, card, {}, False)))


@pytest.mark.parametrize(
    "name", ["picture.jpg", "Picture.JPG", "PICTURE.PNG", "picture.Webp", "Picture.jpeg"]
)
def test_a_picture_of_yours_wins_over_ours_however_it_is_written(ours, name):
    paint(ours / name)
    assert merge_card(ours).picture == ours / name
    assert unused(ours) == []


@pytest.mark.parametrize("name", ["sound.wav", "Sound.WAV", "SOUND.FLAC"])
def test_a_sound_of_yours_wins_over_ours_however_it_is_written(ours, name):
    write_tone(ours / "other.flac", 300, 0.3)
    (ours / "other.flac").rename(ours / name)
    assert merge_card(ours).sound == ours / name
    assert unused(ours) == []


@pytest.mark.parametrize("two", [("picture.png", "picture.jpg"), ("picture.jpg", "Picture.JPG")])
def test_of_two_pictures_of_yours_one_line_says_which_is_used(tmp_path, two):
    folder = tmp_path / "content/postcards/mine"
    folder.mkdir(parents=True)
    for name, colour in zip(two, ("red", "blue"), strict=True):
        paint(folder / name, colour)
    assert merge_card(folder).picture == folder / two[0]
    (line,) = unused(folder)
    assert f"{folder / two[1]} is not used: {two[0]} is" in line and "\n" not in line


def test_of_two_sounds_of_yours_beside_ours_one_line_says_which_is_used(ours):
    write_tone(ours / "x.flac", 300, 0.3)
    for name in ("sound.wav", "sound.ogg"):
        shutil.copy(ours / "x.flac", ours / name)
    (line,) = unused(ours)
    assert f"{ours / 'sound.ogg'} is not used: sound.wav is" in line


@pytest.mark.parametrize(
    ("name", "good"),
    [("picture.heic", "jpg"), ("Picture.GIF", "png"), ("sound.m4a", "mp3"), ("sound.opus", "flac")],
)
def test_a_form_that_no_card_takes_is_said(ours, name, good):
    (ours / name).write_bytes(b"x")
    (line,) = unused(ours)
    assert str(ours / name) in line and good in line and "convert it" in line


def test_what_editors_leave_is_of_no_account(ours):
    for name in ("postcard.md~", "Thumbs.db", "picture.png.bak", "picture", "sound.txt", "a.gif"):
        (ours / name).write_bytes(b"x")
    assert unused(ours) == []


def test_what_may_be_meant_as_the_picture_is_said(tmp_path, write_settings):
    settings = write_settings("count = 1")
    folder = settings.bundles / "dog"
    folder.mkdir(parents=True)
    assert tell_likely(folder) == ""
    (folder / "picture.heic").write_bytes(b"x")
    assert "picture.heic is of no form that a card takes" in tell_likely(folder)
    (folder / "IMG_0042.JPG").write_bytes(b"x")
    with pytest.raises(Refusal, match=r"no picture; .*IMG_0042\.JPG meant\? call it picture\.jpg"):
        read_bundles(settings)


def test_a_folder_that_is_none_has_no_files(tmp_path):
    (tmp_path / "file").write_text("x")
    assert list_files(tmp_path / "file", ("a",)) == list_files(tmp_path / "gone", ("a",)) == []


def test_a_number_in_front_matter_may_not_say_another_card(ours):
    (ours / "postcard.md").write_text("---\ntitle: a\nnumber: 1\n---\n")
    assert merge_card(ours).number == 1
    (ours / "postcard.md").write_text("---\ntitle: a\nnumber: 2\n---\n")
    with pytest.raises(Refusal, match=r"postcard\.md: number: .*remove this line \(line 3\)"):
        merge_card(ours)


def test_a_picture_in_capitals_is_given_up_by_force(tmp_path, write_settings):
    settings = write_settings("count = 1")
    folder = make_bundle(settings.bundles / "beast-001", 1, 48, frames=0, seconds=0)
    paint(folder / "Picture.JPG")
    write_card(folder, read_card(folder))
    (bundle,) = read_bundles(settings, force=True)
    assert digest_file(folder / "Picture.JPG") in bundle.given_up


def test_a_link_in_a_circle_is_no_picture_of_another_form(tmp_path):
    (tmp_path / "picture.heic").symlink_to("picture.heic")
    (tmp_path / "other").symlink_to("other")
    (tmp_path / "Picture.SVG").write_text("<svg/>")
    assert list_strange(tmp_path, "picture") == [tmp_path / "Picture.SVG"]


@pytest.mark.parametrize(
    "name", ["postcard.md.txt", "Postcard.MD", "postcard.txt", "post-card.md", "postcard.markdown"]
)
def test_words_under_another_name_are_said_and_nothing_stands_for_them(
    tmp_path, write_settings, name
):
    settings = write_settings("count = 1\n")
    folder = settings.bundles / "mine"
    folder.mkdir(parents=True)
    paint(folder / "picture.jpg")
    (folder / name).write_text("---\ntitle: Lu\n---\nHi")
    said = f"{folder / name}: is not read; call it postcard.md"
    with pytest.raises(Refusal, match=re.escape(said)):
        merge_card(folder)
    assert read_bundles(settings, keep_going=True).faults == [said]
    (folder / "postcard.md").write_text("Ho")
    assert merge_card(folder).message == "Ho"


def test_other_texts_beside_a_card_are_nobodys_business(ours):
    for name in ("notes.txt", "postcards.md", "my postcard.txt", "postcard.png.txt"):
        (ours / name).write_text("x")
    assert merge_card(ours)


def test_a_picture_in_a_message_is_said_to_stay_out(ours):
    (ours / "postcard.md").write_text("Look: ![me](IMG_1234.jpg)")
    (line,) = unused(ours)
    assert "postcard.md: pictures in the message are not shown" in line
    (ours / "postcard.md").write_text("Look! [me](about.html)")
    assert unused(ours) == []

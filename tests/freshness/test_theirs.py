"""A picture or sound of a person's on one of our cards: nothing of ours is said of it any more."""

import html
import json
import shutil

import pytest
from PIL import Image

from generate import build
from generate.bundles.merged import merge_card, read_cards
from generate.cards import read_card
from generate.freshness.judge import judge_picture, judge_sound
from generate.gallery.catalogue.provenance import list_leads, list_provenance
from generate.plan import read_bundles
from generate.settings import read_settings
from tests.bundles import make_jungle, write_tone
from tests.gallery.pages.rendering import invent_media, render_pages
from tests.jungles import ROOT


@pytest.fixture
def home(tmp_path):
    """The jungle of version 0.1.0, its sounds as they are."""
    shutil.copytree(ROOT / "tests/fixtures/jungle-0.1.0", tmp_path / "content")
    return tmp_path


def make_all(home):
    settings = read_settings(home)
    bundles = build.build_pictures(settings)
    build.build_phrases(settings, bundles)
    build.build_sounds(settings, bundles)
    return bundles


def find(home, slug="beast-003"):
    return home / "content/postcards" / slug


def photograph(path):
    Image.linear_gradient("L").convert("RGB").rotate(90).save(path)


@pytest.mark.parametrize("name", ["picture.png", "picture.jpg"])
def test_an_own_picture_leaves_nothing_of_the_old_beast(home, name):
    folder = find(home)
    before = read_card(folder)
    photograph(folder / name)
    make_all(home)
    card = merge_card(folder)
    assert card.picture == folder / name and card.frames is None and card.nearest is None
    told = dict(list_provenance(card))
    assert told["picture"] == [("by hand", "yes")]
    assert list_leads(card) == ["made_seen", "made_unheard"]
    record = read_card(folder)["made"]["picture"]
    assert not record.keys() & {"prompt", "seed", "recipe", "model", "chosen", "nearest"}
    assert record["sha256"] == before["made"]["picture"]["sha256"]
    # Frames of a picture that lies here no more are in the trash.
    assert (folder / "frames.webp").exists() == (name == "picture.jpg")
    assert not (folder / "nearest.webp").exists()
    (bundle,) = (b for b in read_bundles(read_settings(home)) if b.slug == "beast-003")
    assert judge_picture(read_settings(home), bundle).state == "theirs"


def test_ours_comes_back_with_all_that_was_said_of_it(home):
    folder = find(home)
    before = read_card(folder)["made"]["picture"]
    photograph(folder / "picture.jpg")
    make_all(home)
    (folder / "picture.jpg").unlink()
    (bundle,) = (b for b in read_bundles(read_settings(home)) if b.slug == "beast-003")
    assert judge_picture(read_settings(home), bundle).state == "fresh"
    make_all(home)
    after = read_card(folder)["made"]["picture"]
    assert after == {key: value for key, value in before.items() if key != "nearest"}
    card = merge_card(folder)
    assert card.frames == folder / "frames.webp" and list_leads(card) == ["made_lead"]


def test_a_message_that_nobody_edited_follows_and_an_edited_one_stays(home):
    folder = find(home)
    old, path = read_card(folder)["made"]["phrase"]["message"], folder / "postcard.md"
    assert old in path.read_text()
    photograph(folder / "picture.jpg")
    make_all(home)
    new = read_card(folder)["made"]["phrase"]["message"]
    assert new != old and new in path.read_text() and old not in path.read_text()
    for text in ("---\ntitle: Mine\n---\n\nMy own words.\n", f"---\n---\n\n{new} And mine.\n", ""):
        path.write_text(text)
        Image.new("RGB", (64, 64), (len(text), 9, 9)).save(folder / "picture.jpg")
        make_all(home)
        assert path.read_text() == text


def test_front_matter_stays_when_the_message_below_follows(home):
    folder = find(home)
    path, old = folder / "postcard.md", read_card(folder)["made"]["phrase"]["message"]
    path.write_text(f"---\n# mine\ntitle: Mine\n---\n\n{old}\n")
    photograph(folder / "picture.png")
    make_all(home)
    new = read_card(folder)["made"]["phrase"]["message"]
    assert path.read_text() == f"---\n# mine\ntitle: Mine\n---\n\n{new}\n"


@pytest.mark.parametrize("name", ["sound.flac", "sound.wav"])
def test_an_own_sound_has_no_engine_and_no_words(home, name):
    folder = find(home)
    before = read_card(folder)
    assert before["times"] and "engine" in before["made"]["sound"]
    kept = (folder / "sound.flac").read_bytes()
    write_tone(folder / name, 440.0, 0.5)
    make_all(home)
    card, written = merge_card(folder), read_card(folder)
    assert dict(list_provenance(card))["sound"] == [("by hand", "yes")]
    assert list_leads(card) == ["made_unseen", "made_heard"]
    assert card.times == [] == written["times"]
    told = ("engine", "seed", "candidates", "chosen", "beast", "loudness", "verdict")
    assert not written["made"]["sound"].keys() & {*told}
    again = (folder / "card.json").read_bytes()
    make_all(home)
    assert (folder / "card.json").read_bytes() == again
    (folder / name).unlink()
    (folder / "sound.flac").write_bytes(kept)
    (bundle,) = (b for b in make_all(home) if b.slug == "beast-003")
    assert judge_sound(read_settings(home), bundle).state == "fresh"
    assert read_card(folder)["made"]["sound"] == before["made"]["sound"]
    assert read_card(folder)["times"] == before["times"]


def test_cards_without_own_files_are_left_as_they_are(home):
    def read():
        return {path: path.read_bytes() for path in sorted((home / "content").rglob("*.*"))}

    before = read()
    make_all(home)
    assert read() == before


def test_a_card_from_before_this_was_known_says_nothing_of_ours_either(tmp_path):
    """Its record still holds all of ours, with ``by_hand``."""
    settings = make_jungle(tmp_path, count=2)
    folder = find(tmp_path, "beast-002")
    card = json.loads((folder / "card.json").read_text())
    card["made"]["picture"]["by_hand"] = True
    (folder / "card.json").write_text(json.dumps(card))
    photograph(folder / "picture.png")
    cards = read_cards(settings)
    pages = render_pages(cards, invent_media(cards), settings)
    ours, theirs = (html.unescape(pages[f"cards/beast-00{n}.html"]) for n in (1, 2))
    assert "Nobody photographed this animal, and nobody recorded it." in ours
    assert "a striped snake at dusk" in ours and "a spotted newt" in ours
    assert "<dt>Seed</dt>" in ours
    assert "The picture was put here by hand. Nobody recorded it." in theirs
    part = theirs[theirs.index("How this card was made") :]
    for word in ("striped snake at dusk", "spotted newt", "Nobody photographed", "<dt>Seed</dt>"):
        assert word not in part
    assert "Make it again" not in part


def test_a_voice_from_recordings_is_no_invention(tmp_path):
    settings = make_jungle(tmp_path, count=1)
    folder = find(tmp_path, "beast-001")
    card = merge_card(folder)
    card.made["sound"]["engine"] = "folder"
    assert list_leads(card) == ["made_unseen", "made_recorded"]
    assert list_leads(merge_card(folder)) == ["made_lead"]
    assert read_cards(settings)[0].frames

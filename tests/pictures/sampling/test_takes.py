"""A card's takes: drawn on demand, the same as among others, and no other card's business."""

import json

import numpy as np
import pytest
from PIL import Image

from generate.build import build_pictures
from generate.cards import read_card
from generate.errors import Refusal
from generate.freshness.judge import judge_picture
from generate.pictures.data.vocabulary import Vocabulary
from generate.pictures.sampling.beast import draw_beast
from generate.pictures.sampling.candidates import members_of, open_sampler
from generate.pictures.sampling.takes import open_takes
from generate.pictures.sampling.words import describe, tell_words, understand
from generate.plan import needs_model, read_bundles
from generate.recipe import derive_seed, digest_file

JUNGLE = Vocabulary(
    ("owl", "lizard", "red", "blue", "stripes", "night", "shiny"),
    ("plan", "plan", "colour", "colour", "coat", "hour", "word"),
    {"crocodile": "lizard", "dragon": "lizard", "striped": "stripes"},
)
PROMPTS = [{"text": "a", "tags": {"plan": "owl", "colour": "red", "hour": "night"}}]


def write(settings, slug, text):
    folder = settings.bundles / slug
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "postcard.md").write_text(f"---\n{text}\n---\nHi\n" if text else "Hi\n")


def list_pictures(settings):
    return {p.parent.name: digest_file(p) for p in sorted(settings.bundles.glob("*/picture.png"))}


def build(settings):
    """All pictures; what was made of them."""
    bundles = build_pictures(settings)
    assert not bundles.faults
    return list_pictures(settings)


def read_states(settings):
    return {b.slug: str(judge_picture(settings, b)) for b in read_bundles(settings)}


def test_a_take_is_the_candidate_that_it_was_among_others(jungle):
    settings = jungle("exposures = 64", count=9)
    usual = build(settings)
    chosen = read_card(settings.bundles / "beast-002")["made"]["picture"]["chosen"]["candidate"]
    sampler = open_sampler(settings, None)
    rounds = {take: sampler.draw_round(members_of(0), take - 1) for take in (1, 2, 3, 5)}
    for take, one in rounds.items():
        write(settings, "beast-002", f"take: {take}")
        told = read_states(settings)
        assert told.pop("beast-002").startswith("stale: take ")
        assert set(told.values()) == {"fresh"}, "no other card is touched"
        made = build(settings)
        assert {slug for slug in made if made[slug] != usual[slug]} <= {"beast-002"}
        assert (made["beast-002"] == usual["beast-002"]) == (take == chosen)
        drawn = open_takes(sampler, read_bundles(settings)[1]).draw(take)
        assert np.array_equal(drawn.pictures[0], one.pictures[1])
        card = read_card(settings.bundles / "beast-002")["made"]["picture"]
        assert card["chosen"] == {"candidate": take, "why": "the take that was asked for"}
        assert card["seed"] == derive_seed("beast", settings.seed, 2, *[take - 1] * (take > 1))
    assert needs_model(settings, "build") is False
    # Without a card's files, and from nothing, it is the same.
    for path in (settings.bundles / "beast-002").glob("picture.png"):
        path.unlink()
    assert build(settings) == made
    write(settings, "beast-002", "")
    assert build(settings) == usual


def test_a_clean_build_gives_the_same(jungle, tmp_path):
    settings = jungle("exposures = 64", count=4)
    usual = build(settings)
    asked = {"beast-001": "take: 3", "beast-003": "prompt: a dark thing", "own": "prompt: bright"}
    for slug, text in asked.items():
        write(settings, slug, text)
    made = build(settings)
    assert {s for s in usual if made[s] == usual[s]} >= {"beast-002", "beast-004"}
    cards = {slug: read_card(settings.bundles / slug) for slug in made}
    for path in [*settings.bundles.glob("*/*"), *(settings.work / "shown").glob("*")]:
        if path.name != "postcard.md" or path.parent.name not in asked:
            path.unlink()
    assert build(settings) == made
    assert {slug: read_card(settings.bundles / slug) for slug in made} == cards


def test_a_card_from_words(jungle, capsys):
    """Of a numbered card and of one added by hand: caption, traits, frames, nearest, a seed."""
    settings = jungle("exposures = 64", count=2)
    write(settings, "beast-002", "prompt: A dark zorp")
    write(settings, "night", "prompt: bright\ntake: 3")
    made = build(settings)
    said = capsys.readouterr().out
    assert "beast-002: understood: dark; not known here: zorp; did you mean" in said or (
        "beast-002: understood: dark; not known here: zorp; it knows" in said
    )
    assert "night: understood: bright" in said
    assert made.keys() == {"beast-001", "beast-002", "night"}
    for slug, text, word in (("beast-002", "A dark", "dark"), ("night", "Bright", "bright")):
        card = read_card(settings.bundles / slug)
        assert card["caption"] == text and card["traits"]["class"] == word
        assert card["hour"] in ("dawn", "day", "dusk", "night")
        assert (settings.bundles / slug / "frames.webp").is_file()
        assert (settings.bundles / slug / "nearest.webp").is_file()
        with Image.open(settings.bundles / slug / "picture.png") as picture:
            assert picture.size == (64, 64)
    assert read_card(settings.bundles / "beast-002")["number"] == 2
    card = read_card(settings.bundles / "night")
    assert card["number"] is None and card["origin"] == "night"
    assert card["made"]["picture"]["seed"] == derive_seed(
        "prompted beast", settings.seed, "bright", 2
    )
    # It is the third of those that make beast shows.
    draw_beast(settings, "bright")
    with Image.open(settings.work / "report/beast-bright.png") as sheet:
        third = np.asarray(sheet.crop((2 + 2 * 66, 2, 2 + 2 * 66 + 64, 66)))
    with Image.open(settings.bundles / "night/picture.png") as picture:
        assert np.array_equal(np.asarray(picture), third)
    assert set(read_states(settings).values()) == {"fresh"}
    (settings.bundles / "night").rename(settings.bundles / "day")
    assert set(read_states(settings).values()) == {"fresh"}, "a folder of another name"
    write(settings, "day", "prompt: dark")
    assert read_states(settings)["day"] == "stale: prompt bright → dark, take 3 → unset"


def test_ones_own_picture_stays_and_a_copy_keeps_its_own(jungle, capsys):
    settings = jungle("exposures = 64", count=1)
    write(settings, "beast-001", "prompt: dark")
    usual = build(settings)
    folder = settings.bundles / "copy"
    folder.mkdir()
    for path in (settings.bundles / "beast-001").iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    assert read_states(settings) == {"beast-001": "fresh", "copy": "theirs"}
    assert build(settings) == usual | {"copy": usual["beast-001"]}
    assert read_states(settings) == {"beast-001": "fresh", "copy": "theirs"}
    write(settings, "own", "prompt: dark\ntake: 2")
    Image.new("RGB", (9, 9), "red").save(settings.bundles / "own/picture.png")
    mine = digest_file(settings.bundles / "own/picture.png")
    write(settings, "beast-001", "take: 2")
    Image.new("RGB", (9, 9), "red").save(settings.bundles / "beast-001/picture.jpg")
    capsys.readouterr()
    assert build(settings)["own"] == mine
    assert "own: take and prompt draw nothing: the picture that lies" in capsys.readouterr().out
    assert read_states(settings)["own"] == read_states(settings)["beast-001"] == "theirs"
    write(settings, "own", "keep: true\nprompt: dark")
    assert read_states(settings)["own"] == "kept"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("take: 0", "take: Input should be greater than or equal to 1"),
        ("take: -1", "take: Input should be greater than or equal to 1"),
        ("take: two", "take: Input should be a valid integer"),
        ("take: 2.5", "take: Input should be a valid integer"),
        ("take: true", "take: Input should be a valid integer"),
        ("take: 9999999", "take: Input should be less than or equal to 100000"),
        ("prompt: [a]", "prompt: Input should be a valid string"),
        ("prompt: '+ !'", "prompt: holds no words; write what to draw"),
        (f"prompt: {'w ' * 300}", "prompt: has more than 500 letters; shorten it"),
        ("promt: a", "unknown key promt; did you mean prompt?"),
        ("takes: 2", "unknown key takes; did you mean take?"),
    ],
)
def test_what_cannot_be_drawn_is_named_before_anything_is(jungle, text, said):
    settings = jungle(count=1)
    write(settings, "beast-001", text)
    with pytest.raises(Refusal) as refusal:
        read_bundles(settings)
    assert f"beast-001/postcard.md: {said}" in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_take_of_a_card_that_has_none_is_named(jungle):
    settings = jungle(count=1)
    write(settings, "own", "take: 2")
    with pytest.raises(Refusal, match="own: has no picture; add picture"):
        read_bundles(settings)


def test_words_that_nobody_knows_leave_the_card_as_it_is(jungle):
    settings = jungle("exposures = 64", count=2)
    usual = build(settings)
    before = (settings.bundles / "beast-001/card.json").read_bytes()
    write(settings, "beast-001", "prompt: zorp")
    write(settings, "own", "prompt: zorp blib")
    bundles = build_pictures(settings)
    assert [bundle.slug for bundle in bundles] == ["beast-002"]
    first, second = bundles.faults
    assert "beast-001/postcard.md: prompt 'zorp': this model knows none of its words" in first
    assert "own/postcard.md" in second
    assert list_pictures(settings) == usual
    assert (settings.bundles / "beast-001/card.json").read_bytes() == before


def test_a_recipe_without_words_is_named_before_training(jungle):
    settings = jungle('recipe = "ddpm"', count=1)
    write(settings, "beast-001", "prompt: dark")
    bundles = build_pictures(settings)
    assert 'prompt: the "ddpm" recipe draws without words' in bundles.faults[0]
    assert not (settings.work / "model").exists()


@pytest.mark.parametrize(
    ("prompt", "text"),
    [
        ("a red owl at night, zorp", "A red owl at night"),
        ("zorp, red owl.", "Red owl"),
        ("a zorp, blib, Red-striped owl!", "A, Red-striped owl"),
        ("owl", "Owl"),
    ],
)
def test_a_caption_leaves_out_what_nobody_knows(prompt, text):
    assert describe(JUNGLE, understand(JUNGLE, prompt), PROMPTS, 1)["text"] == text


def test_what_was_understood_is_said():
    words = understand(JUNGLE, "two striped dragons + a zorp owl at night")
    assert tell_words(JUNGLE, words).startswith(
        "understood: striped → stripes, dragons → lizard, owl, night; not known here: zorp; "
    )
    told = describe(JUNGLE, words, PROMPTS, 7)
    assert told["text"] == "A cross of two striped dragons and a owl at night"
    tags = {"coat": "stripes", "plan": "lizard and owl", "hour": "night", "colour": "red"}
    assert told["tags"] == tags
    assert told["weights"]["lizard"] == told["weights"]["owl"] == 0.5
    assert json.dumps(told)

"""Cards crossed from others: their noise, the solver's too, their words, and when they are made."""

import json
import math

import numpy as np
import pytest
import torch
from PIL import Image

from generate.build import build_pictures
from generate.cards import read_card
from generate.errors import Refusal
from generate.freshness.judge import judge_picture
from generate.pictures.data.vocabulary import Vocabulary
from generate.pictures.families.mixed import mix_noise
from generate.pictures.model_folder import load_model
from generate.pictures.sampling.crossing import find_descent
from generate.plan import read_bundles
from generate.recipe import digest_file
from generate.wishes.descent import mix, read_descent

WORDS = Vocabulary(
    ("owl", "snake", "red", "blue", "night", "day", "shiny"),
    ("plan", "plan", "colour", "colour", "hour", "hour", "word"),
)


def write(settings, slug, text):
    folder = settings.bundles / slug
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "postcard.md").write_text(f"---\n{text}\n---\nHi\n" if text else "Hi\n")


def build(settings):
    bundles = build_pictures(settings)
    assert not bundles.faults
    return {p.parent.name: digest_file(p) for p in sorted(settings.bundles.glob("*/picture.png"))}


def read_states(settings):
    return {b.slug: str(judge_picture(settings, b)) for b in read_bundles(settings)}


def make_card(seed, caption="A red owl.", **made):
    traits = {"plan": "owl", "colour": "red", "hour": "night", "size": "blue"}
    picture = {"sha256": "0" * 64, "seed": seed, **made}
    return {"caption": caption, "traits": traits, "made": {"picture": picture}}


def test_noise_is_a_sum_on_the_circle():
    one, other = {"1": 1.0}, {"2": 1.0}
    half = mix([(one, 0.5), (other, 0.5)])
    assert half == pytest.approx({"1": math.sqrt(0.5), "2": math.sqrt(0.5)})
    more = mix([(one, 2 / 3), (other, 1 / 3)])
    angle = math.atan2(more["2"], more["1"])
    assert more["1"] == pytest.approx(math.cos(angle)) and math.degrees(angle) < 36
    # A child of parents that share one has as much noise as any.
    again = mix([(half, 0.5), (one, 0.5)])
    assert sum(weight**2 for weight in again.values()) == pytest.approx(1)
    assert again["1"] > again["2"] > 0


@pytest.mark.parametrize("recipe", ["flow", "dit", "cvae", "gpt"])
def test_the_solvers_noise_is_inherited_too(jungle, recipe):
    settings = jungle(f'recipe = "{recipe}"\nexposures = 32', count=1)
    build(settings)
    family = load_model(settings.work / "model")
    rows = [{"1": 0.6, "2": 0.8}, {"3": 1.0}]
    mixed = mix_noise(family, rows)
    one, two, three = (family.noise([torch.Generator().manual_seed(s)]) for s in (1, 2, 3))
    for ask in (lambda noise: noise.start, lambda noise: noise.next(), lambda noise: noise.next()):
        found = ask(mixed)
        assert torch.allclose(found[:1], 0.6 * ask(one) + 0.8 * ask(two), atol=1e-6)
        assert torch.allclose(found[1:], ask(three), atol=1e-6)
    assert len(mixed) == 2
    conditions = family.encode([{"text": None, "tags": {"class": "dark"}}] * 2)
    drawn = family.sample(conditions, mix_noise(family, rows), 4, 2.0).pictures
    plain = family.noise([torch.Generator().manual_seed(3)] * 2)
    alone = family.sample(conditions, mix_noise(family, [{"3": 1.0}] * 2), 4, 2.0).pictures
    assert torch.allclose(drawn[1], alone[1], atol=1e-5), "a row depends on no other"
    assert plain.start.shape == mixed.start.shape and torch.isfinite(drawn).all()


def test_words_are_the_mean_or_one_parents():
    other = make_card(2, "A blue snake.")
    other["traits"] = {"plan": "snake", "colour": "blue", "hour": "night"}
    descent = find_descent([("a", make_card(1)), ("b", other), ("a", make_card(1))])
    assert descent.shares == pytest.approx([2 / 3, 1 / 3])
    told = descent.inherit_words(WORDS, 1)
    assert told["text"] == "A cross of owl and snake"
    assert told["tags"] == {"plan": "owl", "colour": "red", "hour": "night"}
    weights = told["weights"]
    assert weights["owl"] == pytest.approx(2 / 3) and weights["snake"] == pytest.approx(1 / 3)
    assert weights["night"] == pytest.approx(1) and weights["shiny"] == 0
    assert descent.inherit_words(WORDS, 2)["text"] == "A red owl."
    assert descent.inherit_words(WORDS, 3)["tags"]["plan"] == "snake"
    assert descent.inherit_words(WORDS, 4) == told
    assert descent.inherit_noise(1, 9) == descent.inherit_noise(3, 9)
    assert descent.inherit_noise(4, 9)["9"] == pytest.approx(math.sqrt(0.3))
    assert json.dumps(told)


def test_what_a_card_can_hand_on():
    assert read_descent(make_card(1))["noise"] == {"1": 1.0}
    assert read_descent(make_card(1, noise={"5": 0.6, "6": 0.8}))["noise"] == {"5": 0.6, "6": 0.8}
    for card in ({}, make_card(None), make_card(1, by_hand=True), make_card(1, sha256=None)):
        assert read_descent(card) is None


def test_a_child_follows_its_parents_and_a_clean_build_gives_the_same(jungle):
    settings = jungle("exposures = 64", count=3)
    usual = build(settings)
    write(settings, "child", "parents: [beast-001, beast-003]")
    write(settings, "grandchild", "parents: [child, child, beast-002]\ntake: 5")
    made = build(settings)
    assert {slug: made[slug] for slug in usual} == usual
    assert len(set(made.values())) == 5
    assert set(read_states(settings).values()) == {"fresh"}
    card = read_card(settings.bundles / "child")
    assert card["number"] is None and card["made"]["picture"]["noise"].keys() == {
        str(read_card(settings.bundles / slug)["made"]["picture"]["seed"])
        for slug in ("beast-001", "beast-003")
    }
    noise = read_card(settings.bundles / "grandchild")["made"]["picture"]["noise"]
    assert len(noise) == 4 and sum(w**2 for w in noise.values()) == pytest.approx(1)
    assert (settings.bundles / "child/frames.webp").is_file()
    # Another take of a parent is another child and grandchild, in one build.
    chosen = read_card(settings.bundles / "beast-003")["made"]["picture"]["chosen"]["candidate"]
    write(settings, "beast-003", f"take: {chosen % 3 + 1}")
    states = read_states(settings)
    assert states["child"] == states["grandchild"] == "stale: parents"
    assert states["beast-001"] == states["beast-002"] == "fresh"
    other = build(settings)
    changed = {slug for slug in made if made[slug] != other[slug]}
    assert changed == {"beast-003", "child", "grandchild"}
    assert set(read_states(settings).values()) == {"fresh"}
    cards = {slug: read_card(settings.bundles / slug) for slug in made}
    for path in settings.bundles.glob("*/*"):
        if path.name != "postcard.md" or path.parent.name in ("beast-001", "beast-002"):
            path.unlink()
    assert build(settings) == other
    assert {slug: read_card(settings.bundles / slug) for slug in made} == cards
    # What is kept stays, whatever its parents become.
    write(settings, "child", "parents: [beast-001, beast-003]\nkeep: true")
    write(settings, "beast-003", "")
    last = build(settings)
    assert last["child"] == other["child"] and last["beast-003"] == made["beast-003"]
    assert last["grandchild"] == other["grandchild"], "it is the child of what the child was"


def test_a_numbered_card_and_words_of_ones_own(jungle):
    settings = jungle("exposures = 64", count=3)
    build(settings)
    write(settings, "beast-002", "parents: [beast-001, beast-003]\nprompt: dark\ntake: 1")
    build(settings)
    card = read_card(settings.bundles / "beast-002")
    assert card["number"] == 2 and card["caption"] == "Dark" and card["traits"]["class"] == "dark"
    assert len(card["made"]["picture"]["noise"]) == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[beast-001]", "parents: names two cards or more, such as [beast-007, beast-019]"),
        ("[beast-001, beast-001]", "parents: names two cards or more"),
        ("beast-001", "parents: Input should be a valid list"),
        ("[[a], b]", "parents.0: Input should be a valid string"),
        (f"[{', '.join(['beast-001', 'beast-002'] * 9)}]", "parents: names 16 at most"),
        ("[beast-001, beast-03]", "parents: beast-03 is no card that can be used; did you mean"),
        ("[beast-001, own]", "parents: it descends from itself, or from a card that does"),
    ],
)
def test_parents_that_cannot_be_are_named(jungle, text, said):
    settings = jungle(count=3)
    write(settings, "own", f"parents: {text}")
    with pytest.raises(Refusal) as refusal:
        read_bundles(settings)
    assert f"own/postcard.md: {said}" in str(refusal.value) and "\n" not in str(refusal.value)


def test_a_circle_leaves_out_whoever_is_in_it_or_comes_from_it(jungle):
    settings = jungle(count=2)
    write(settings, "a", "parents: [b, beast-001]")
    write(settings, "b", "parents: [a, beast-001]")
    write(settings, "c", "parents: [b, beast-002]")
    write(settings, "d", "parents: [beast-001, beast-002]")
    bundles = read_bundles(settings, keep_going=True)
    assert [bundle.slug for bundle in bundles] == ["beast-001", "beast-002", "d"]
    assert len(bundles.faults) == 3


def test_generations_without_end_are_weighed_at_once(jungle):
    """Each crossed from the two before it: as many ways back as Fibonacci's numbers."""
    settings = jungle(count=2)
    names = ["beast-001", "beast-002", *(f"x{number:03d}" for number in range(60))]
    for one, other, name in zip(names, names[1:], names[2:], strict=False):
        write(settings, name, f"parents: [{one}, {other}]")
    bundles = read_bundles(settings)
    assert len(bundles[-1].ancestors) == 61
    assert all(judge_picture(settings, bundle).state == "stale" for bundle in bundles)


def test_a_parent_that_nobody_drew_hands_nothing_on(jungle):
    settings = jungle("exposures = 64", count=2)
    write(settings, "mine", "title: Mine")
    Image.fromarray(np.zeros((9, 9, 3), np.uint8)).save(settings.bundles / "mine/picture.png")
    write(settings, "child", "parents: [beast-001, mine]")
    bundles = build_pictures(settings)
    (fault,) = bundles.faults
    assert "child/postcard.md: parents: the picture of mine was put there" in fault
    assert not (settings.bundles / "child/picture.png").exists()


def test_a_recipe_without_noise_to_cross_is_named(jungle):
    settings = jungle('recipe = "ddpm"\nexposures = 32', count=2)
    write(settings, "child", "parents: [beast-001, beast-002]")
    bundles = build_pictures(settings)
    assert bundles.faults == [
        f'{settings.bundles / "child/postcard.md"}: parents: the "ddpm" recipe cannot cross noise'
    ]

"""Captions as numbers and back: words, marks, capitals, what is not known."""

from generate.pictures.captioning.learned.wording import (
    BEGIN,
    END,
    UNKNOWN,
    Wording,
    collect_wording,
)
from generate.pictures.captioning.teaching.sayings import say_brief, say_scene
from generate.pictures.fieldguide.captions import SYNONYMS
from generate.pictures.fieldguide.scene import choose_tags


def tell_all(count=60):
    import random

    rng = random.Random(3)
    return [say_scene(rng, choose_tags(seed)) for seed in range(count)]


def test_the_field_guide_comes_back_as_it_was():
    captions = tell_all()
    wording = collect_wording(captions, 1)
    for text in captions:
        numbers = wording.encode(text, 60)
        assert numbers[0] == BEGIN and numbers[-1] == END and UNKNOWN not in numbers
        assert wording.decode(numbers[1:]) == text


def test_what_is_not_known_and_what_is_too_long():
    wording = Wording(("a", "bird", ".", "rain"))
    assert wording.encode("A green bird.", 9) == [BEGIN, 4, UNKNOWN, 5, 6, END]
    assert wording.decode([4, UNKNOWN, 5, 6, 4, 7, END, 5]) == "A bird. A rain"
    assert wording.encode("a a a a a", 4) == [BEGIN, 4, 4, END]
    assert wording.decode([]) == ""


def test_words_that_few_captions_have_are_left_out():
    texts = ["A bird sings.", "A bird, a bird!", "A fish swims."]
    assert collect_wording(texts).words == ("a", ".", "bird")
    assert set(collect_wording(texts, 1).words) > {"sings", "fish", ",", "!"}


def test_a_brief_caption_names_what_it_is_given_and_nothing_else():
    import random

    for seed in range(40):
        tags = choose_tags(seed)
        kept = {g: t for g, t in tags.items() if g in ("plan", "colour", "weather")}
        words = say_brief(random.Random(seed), kept).lower().replace(".", "").replace(",", "")
        named = {SYNONYMS[w] for w in words.split() if w in SYNONYMS}
        assert kept["plan"] in named and kept["colour"] in named
        assert named <= set(kept.values())

"""Words to pictures: crossing is a mean, and what is left open is filled from real captions."""

import numpy as np
import pytest
import torch

from generate.errors import Refusal
from generate.pictures.data.vocabulary import Vocabulary
from generate.pictures.families.flow import Flow
from generate.pictures.networks.unet import ALTERATIONS, Network
from generate.pictures.sampling.beast import draw_beast
from generate.pictures.sampling.words import complete, name_sheet
from tests.pictures.tiny import TINY

JUNGLE = Vocabulary(
    ("owl", "lizard", "red", "blue", "stripes", "night", "shiny"),
    ("plan", "plan", "colour", "colour", "coat", "hour", "word"),
    {"crocodile": "lizard"},
)
PROMPTS = [
    {"text": "a", "tags": {"plan": "owl", "colour": "red", "hour": "night"}},
    {"text": "b", "tags": {"plan": "lizard", "colour": "blue", "coat": "stripes"}},
]


def read(prompt):
    return JUNGLE.read_prompt(prompt)[0]


def fill(wanted, prompts, seed):
    """The condition of a prompt, with what it leaves open taken from ``prompts``."""
    return JUNGLE.encode_prompt(complete(JUNGLE, wanted, prompts, seed))


def test_a_cross_is_halfway_between_its_parents():
    torch.manual_seed(0)
    family = Flow(Network(TINY, len(JUNGLE)), JUNGLE)
    prompts = ("owl + crocodile", "owl", "crocodile", "crocodile + owl")
    asked = [complete(JUNGLE, read(prompt), [], 0) for prompt in prompts]
    with torch.inference_mode():
        cross, owl, crocodile, other = family.network.embed(family.encode(asked))
    assert torch.allclose(cross, (owl + crocodile) / 2, atol=1e-6)
    assert torch.equal(cross, other)
    assert not torch.allclose(cross, owl, atol=1e-3)


def test_what_a_prompt_leaves_open_comes_from_one_caption():
    wanted = read("a red thing")
    found = {tuple(fill(wanted, PROMPTS, seed)) for seed in range(20)}
    assert found == {(1, 0, 1, 0, 0, 1, 0), (0, 1, 1, 0, 1, 0, 0)}
    assert tuple(wanted) == (0, 0, 1, 0, 0, 0, 0)


def test_what_a_prompt_names_is_kept_as_it_is():
    wanted = read("owl + crocodile at night")
    for seed in range(6):
        filled = fill(wanted, PROMPTS, seed)
        assert filled[:2].tolist() == [0.5, 0.5] and filled[5] == 1
        assert filled[2:4].sum() == 1, "some colour"


def test_captions_without_tags_leave_a_prompt_alone():
    wanted = read("shiny")
    assert np.array_equal(fill(wanted, [{"text": "a shiny owl", "tags": {}}], 3), wanted)
    assert np.array_equal(fill(wanted, [], 3), wanted)


def test_words_alone_say_that_nothing_was_altered():
    network = Network(TINY, len(JUNGLE))
    words = torch.from_numpy(np.stack([read("owl"), read("red owl")]))
    full = torch.cat([words, torch.zeros(2, ALTERATIONS)], 1)
    with torch.inference_mode():
        assert torch.equal(network.embed(words), network.embed(full))
        assert not torch.equal(network.embed(full), network.embed(full + 1))


def test_a_cross_of_unknown_beasts_is_refused_by_name():
    with pytest.raises(Refusal, match="unicorn \\+ griffin"):
        read("unicorn + griffin")
    vector, unknown = JUNGLE.read_prompt("owl + griffin")
    assert unknown == ["griffin"] and vector[0] == 1


@pytest.mark.parametrize(
    ("extra", "prompt", "said"),
    [("", " + ", "holds no words"), ('recipe = "ddpm"', "red", "draws without words")],
)
def test_a_prompt_that_cannot_be_drawn_is_refused_before_training(jungle, extra, prompt, said):
    settings = jungle(extra)
    with pytest.raises(Refusal, match=said):
        draw_beast(settings, prompt)
    assert not settings.work.exists()


def test_no_two_prompts_share_a_sheet():
    prompts = ["red dog", "red + dog", "Red  dog!", "dog снег", "снег", "ящер"]
    names = [name_sheet(prompt) for prompt in prompts]
    assert len(set(names)) == len(names) and names[0] == "red-dog"
    assert all(name and name[0] not in ".-" for name in names)

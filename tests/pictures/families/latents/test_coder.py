"""The autoencoder: what its numbers cost, how its codes round, and when each phase learns."""

from dataclasses import replace

import pytest
import torch
from torch.distributions import Normal, kl_divergence

from generate.errors import Refusal
from generate.files import read_json, write_json
from generate.pictures.data.vocabulary import Vocabulary
from generate.pictures.families import registry
from generate.pictures.families.latents.course import follow_course
from generate.pictures.families.latents.likeness import measure_unlikeness
from generate.pictures.model_folder import load_model, save_model
from generate.pictures.networks.autoencoder import Autoencoder, LatentShape, make_codes
from generate.pictures.networks.weights import copy_weights
from generate.pictures.training.loop import make_optimisers, train_steps
from generate.pictures.training.pictures import TrainingPictures, seeded
from tests.pictures.tiny import use_tiny_networks

WORDS = Vocabulary(("bright", "dark"), ("class", "class"))
TINY = LatentShape(16, 1, (8, 16), 3, 1, 4, 4)


@pytest.fixture(autouse=True)
def tiny(monkeypatch):
    use_tiny_networks(monkeypatch.setattr)


def make_family(name, **own):
    spec = registry.find_spec(name)
    torch.manual_seed(0)
    facts = {"recipe": name, "size": 16, "source": "set"}
    family = spec.load().create(WORDS, facts, spec.settings(**own))
    family.begin(None, "set")
    return family


def make_rows(family, count=4):
    pictures = torch.rand(count, 3, 16, 16, generator=seeded("rows")) * 2 - 1
    prompts = [{"text": None, "tags": {"class": WORDS.tokens[n % 2]}} for n in range(count)]
    return {
        "pictures": pictures,
        "conditions": family.encode(prompts),
        "labels": torch.zeros(count, 8),
    }


def test_latent_numbers_cost_what_they_tell_beyond_what_is_free():
    family = make_family("cvae", free_bits=0.0, evenness=2.0)
    rows = make_rows(family)
    chance = family.settled_chance(rows, seeded("chance"))
    _, cost = family.reconstruct(rows["pictures"], rows["conditions"], chance)
    mean, spread = family.coder.encode(rows["pictures"])
    nats = kl_divergence(Normal(mean, (spread / 2).exp()), Normal(0.0, 1.0)).sum((1, 2, 3))
    assert torch.allclose(cost, 0.1 * 2.0 * nats / rows["pictures"][0].numel(), rtol=1e-4)
    family.beginning = replace(family.beginning, free_bits=float(nats.detach().max()))
    assert not family.reconstruct(rows["pictures"], rows["conditions"], chance)[1].any()
    family.beginning = replace(family.beginning, free_bits=0.0)
    early = {**chance, "share": torch.zeros(4)}
    assert not family.reconstruct(rows["pictures"], rows["conditions"], early)[1].any()


def test_a_shift_by_a_pixel_is_less_unlike_than_a_blur_of_the_same_edges():
    lines = torch.zeros(1, 3, 16, 16) - 1
    lines[..., ::4] = 1
    moved, grey = lines.roll(1, 3), torch.full_like(lines, -0.5)
    assert float(measure_unlikeness(lines, lines)) == 0
    plain = (grey - lines).abs().mean() / (moved - lines).abs().mean()
    ours = measure_unlikeness(grey, lines) / measure_unlikeness(moved, lines)
    assert float(ours) < float(plain) + 0.5
    seen = measure_unlikeness(moved, lines, lambda pictures: [pictures[:, :1] * 5])
    assert float(seen) > float(measure_unlikeness(moved, lines))


def test_what_the_eyes_see_counts_and_the_model_says_whose_they_are():
    blind, seeing = make_family("cvae"), make_family("cvae", eyes="lite0")
    rows = make_rows(blind)
    losses = [
        family.losses("autoencoder", rows, family.settled_chance(rows, seeded("chance")))
        for family in (blind, seeing)
    ]
    assert (losses[1] > losses[0]).all()
    assert [facts["name"] for facts in seeing.facts["eyes"]] == ["lite0"]
    assert "eyes" not in blind.facts
    assert not any("eyes" in name for name, _ in seeing.network.named_parameters())


def test_numbers_snap_to_the_nearest_of_all_codes():
    codes = make_codes((4, 3))
    book = codes.indices_to_codes(torch.arange(12))
    network = Autoencoder(replace(TINY, levels=(4, 3)), 2)
    numbers = torch.randn(2, 2, 4, 4, generator=seeded("numbers"))
    flat = numbers.permute(0, 2, 3, 1).reshape(-1, 2)
    # Each digit is rounded by itself, on a scale of its own.
    half = torch.tensor([2, 1])
    nearest = torch.cdist(flat * half, book * half).argmin(1)
    found = network.snap(numbers).permute(0, 2, 3, 1).reshape(-1, 2)
    assert torch.allclose((found - flat).abs() * half, (book[nearest] - flat).abs() * half)
    rounded, indices = network.round(numbers)
    assert torch.allclose(network.look_up(indices), rounded)
    assert torch.allclose(network.snap(rounded), rounded)


def test_codes_say_in_one_line_which_package_is_missing(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "vector_quantize_pytorch", None)
    with pytest.raises(Refusal, match="pip install vector-quantize-pytorch"):
        make_family("gpt")
    make_family("cvae")


def test_each_phase_has_a_whole_course_of_its_own():
    ends = [follow_course(share, 0.5, 1.0) for share in (0.0, 0.499, 1.0)]
    assert ends == [0, 0, 0]
    inside = [follow_course(0.5 + 0.005 * n, 0.5, 1.0) for n in range(100)]
    assert min(inside) > 0 and max(inside) == 1
    peak = inside.index(1)
    assert inside[: peak + 1] == sorted(inside[: peak + 1]) and inside[-1] < 0.03


@pytest.mark.parametrize("name", ["cvae", "gpt"])
def test_the_autoencoder_learns_first_and_rests_while_the_other_learns(name):
    family = make_family(name)
    other = next(phase for phase in family.phases if phase in ("prior", "writer"))
    rows = make_rows(family, 8)
    levels = ((rows["pictures"] + 1) * 127.5).to(torch.uint8)
    training = TrainingPictures(levels, rows["conditions"])
    plan = replace(family.beginning.plan, steps=8, batch=4, micro=4, seed=1)
    steps = train_steps(
        family, training, plan, make_optimisers(family, plan), copy_weights(family.network)
    )
    moved = []
    before = copy_weights(family.network)
    for _ in steps:
        now = copy_weights(family.network)
        changed = {key.split(".")[0] for key in now if not torch.equal(now[key], before[key])}
        moved.append(changed)
        before = now
    assert all("autoencoder" in changed and other not in changed for changed in moved[:4])
    assert all(changed == {other} for changed in moved[4:])
    assert "adversary" not in moved[0]
    assert ("adversary" in moved[3]) == ("adversary" in family.phases)


def test_a_damaged_shape_is_refused_by_the_files_name(tmp_path):
    family = make_family("cvae")
    save_model(family, tmp_path, [], "card")
    path = tmp_path / "autoencoder/config.json"
    record = read_json(path)
    for shape in ({"size": 10**9}, {"widths": []}, {"channels": "12"}, {"factor": 0}):
        write_json(path, {**record, "shape": {**record["shape"], **shape}})
        with pytest.raises(Refusal, match=r"config\.json"):
            load_model(tmp_path)


def test_weights_of_another_family_are_refused():
    with pytest.raises(Refusal, match="another family"):
        make_family("cvae").begin(make_family("flow"), "set")


def test_words_keep_their_meaning_when_they_change_places():
    donor, family = make_family("cvae"), make_family("cvae")
    family.vocabulary = Vocabulary(("dark", "new", "bright"), ("class",) * 3)
    moved = family.move_words(
        donor.prior.words.weight, donor, torch.zeros(donor.prior.words.weight.shape[0], 11)
    )
    theirs = donor.prior.words.weight
    assert torch.equal(moved[:, 0], theirs[:, 1]) and torch.equal(moved[:, 2], theirs[:, 0])
    assert not moved[:, 1].any() and torch.equal(moved[:, 3:], theirs[:, 2:])

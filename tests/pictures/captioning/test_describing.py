"""What a small captioner learns, says and believes; its file; its confidence."""

import numpy as np
import pytest
import torch
from PIL import Image

from generate.errors import Refusal
from generate.pictures.captioning.learned.confidence import Scale, fit_scale, measure_gap
from generate.pictures.captioning.learned.describing import describe_pictures
from generate.pictures.captioning.learned.model import load_caption_model, make_model
from generate.pictures.captioning.learned.wording import Wording
from generate.pictures.captioning.teaching.transplant import transplant_captioner
from generate.pictures.compute.tensors import write_tensors
from generate.pictures.data.vocabulary import Vocabulary
from tests.pictures.captioning.kinds import CAPTIONS, KINDS, draw_kind, teach


def test_it_says_what_it_learnt_of_pictures_of_any_size(captioner):
    model = load_caption_model(captioner)
    for kind in KINDS:
        pictures = [draw_kind(kind), draw_kind(kind, 200, 2), draw_kind(kind).convert("P")]
        for said in describe_pictures(model, pictures):
            assert said.text in CAPTIONS[kind]
            assert said.traits["plan"] == kind and said.chance > 0.5


def test_an_lstm_learns_too():
    model, losses = teach("lstm", 30)
    assert losses[-1] < 0.7 * losses[0]
    pictures = [draw_kind(kind) for kind in KINDS]
    together = [said.text for said in describe_pictures(model, pictures)]
    assert together == [describe_pictures(model, [picture])[0].text for picture in pictures]


def test_only_what_is_sure_is_said(captioner):
    model = load_caption_model(captioner)
    with torch.no_grad():  # it believes in no colour any more
        model.network.judge[2].bias[3:] -= 50
    (said,) = describe_pictures(model, [draw_kind("frog")], sure=True)
    assert "frog" in said.text.lower() and "green" not in said.text.lower()
    with torch.no_grad():  # nor in any kind
        model.network.judge[2].bias[:3] -= 50
    (said,) = describe_pictures(model, [draw_kind("frog")], sure=True)
    assert (said.text, said.chance, said.traits) == ("", 0.0, {})


def test_what_it_believes_is_judged_by_the_kind_and_not_by_the_colour(captioner):
    model = load_caption_model(captioner)
    before = describe_pictures(model, [draw_kind("frog")])[0]
    with torch.no_grad():
        model.network.judge[2].bias[3:] -= 5
    after = describe_pictures(model, [draw_kind("frog")])[0]
    if after.text == before.text:
        assert after.belief == pytest.approx(before.belief)


def test_a_saved_captioner_says_the_same(captioner, taught):
    pictures = [draw_kind(kind) for kind in KINDS]
    again = load_caption_model(captioner)
    first, second = (describe_pictures(model, pictures) for model in (taught, again))
    assert [said.text for said in first] == [said.text for said in second]
    assert again.learnt == {"of": "three kinds"} and again.scale == taught.scale


@pytest.mark.parametrize("fault", ["none", "cut", "other", "shape"])
def test_what_is_no_captioner_is_refused_in_one_line(tmp_path, captioner, fault):
    path = tmp_path / "weights.safetensors"
    if fault == "cut":
        path.write_bytes(captioner.read_bytes()[:2000])
    elif fault == "other":
        write_tensors(path, {"weight": np.zeros(3)})
    elif fault == "shape":
        write_tensors(path, {"a": np.zeros(1)}, captioner='{"shape": {}, "vocabulary": {}}')
    with pytest.raises(Refusal, match=str(path)) as found:
        load_caption_model(path)
    assert "\n" not in str(found.value)


def test_an_heir_knows_the_words_that_both_have(taught):
    shape = {"width": 32, "layers": 1, "heads": 2, "most": 12}
    words = Wording(("dragon", *taught.wording.words[::-1]))
    known = Vocabulary(("dragon", "frog", "red"), ("plan", "plan", "colour"))
    heir = make_model(words, known, 5, **shape)
    dragon = heir.network.teller.words.weight[4].clone()
    assert transplant_captioner(taught, heir) == []
    ours, theirs = heir.network.teller.words.weight, taught.network.teller.words.weight
    for word in taught.wording.words:
        assert torch.equal(ours[words.numbers[word]], theirs[taught.wording.numbers[word]])
    assert torch.equal(ours[4], dragon)
    assert torch.equal(heir.network.judge[2].weight[1], taught.network.judge[2].weight[2])
    assert torch.equal(heir.network.known.weight[:, 2], taught.network.known.weight[:, 3])
    wider = make_model(words, known, 5, **{**shape, "width": 64})
    assert "enter.weight" in transplant_captioner(taught, wider)


def test_a_scale_makes_chances_of_beliefs():
    rng = np.random.default_rng(0)
    beliefs = rng.normal(1, 3, 4000)
    right = rng.random(4000) < 1 / (1 + np.exp(-(0.5 * beliefs - 1)))
    scale = fit_scale(list(beliefs), list(right))
    assert (scale.slope, scale.shift) == pytest.approx((0.5, -1), abs=0.15)
    chances = [scale.weigh(belief) for belief in beliefs]
    assert measure_gap(chances, list(right)) < 0.04
    too_sure = [Scale(3.0).weigh(belief) for belief in beliefs]
    assert measure_gap(too_sure, list(right)) > 0.15


def test_a_scale_of_few_or_of_one_kind_stays_sane():
    assert fit_scale([1.0, 2.0], [True, False]) == Scale()
    sure = fit_scale([0.5] * 20, [True] * 20)
    assert 0.9 < sure.weigh(0.5) < 1
    contrary = fit_scale(list(range(20)), [n < 10 for n in range(20)])
    assert contrary.slope == 0
    assert Scale().weigh(float("-inf")) == 0 and Scale().weigh(1e9) == pytest.approx(1)


def test_see_through_pictures_stand_on_white(captioner):
    model = load_caption_model(captioner)
    picture = draw_kind("snake").convert("RGBA")
    clear = Image.fromarray(
        np.where(
            (np.asarray(picture)[..., :3] > 240).all(-1)[..., None],
            np.array([0, 0, 0, 0], np.uint8),
            np.asarray(picture),
        )
    )
    plain, other = describe_pictures(model, [draw_kind("snake"), clear])
    assert plain.text == other.text

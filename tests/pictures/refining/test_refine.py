"""The second stage, against the field guide's true large renderings and against Lanczos."""

import numpy as np
import torch
from scipy import ndimage

from generate.evaluation.judge.extractor import resize
from generate.pictures.choosing.look import LUMA, measure_grain
from generate.pictures.fieldguide.drawings import draw_one
from generate.pictures.refining.refiner import TIMES, Refiner, give_back, refine
from generate.pictures.refining.trainer import psnr
from generate.pictures.sampling.prints import enlarge
from generate.pictures.sheets import as_images
from generate.recipe import derive_seed

SMALL = 64


def as_array(image):
    return np.asarray(image.convert("RGB")).transpose(2, 0, 1)


def enlarge_by_lanczos(picture):
    return as_array(enlarge(as_images(picture[None])[0], picture.shape[-1] * TIMES))


def measure_deviation(picture, truth):
    """Gradient magnitude similarity deviation, 0 for alike (Xue et al., IEEE TIP 23(2), 2014)."""
    slopes = []
    for one in (picture, truth):
        luma = ndimage.uniform_filter(np.tensordot(LUMA, one.astype(np.float64), 1), 2)[::2, ::2]
        slopes.append(np.hypot(ndimage.prewitt(luma, 0), ndimage.prewitt(luma, 1)) / 3)
    ours, theirs = slopes
    alike = (2 * ours * theirs + 170) / (ours**2 + theirs**2 + 170)
    return float(alike.std())


def paint_fur(seed):
    """Hairs of a pixel's width, light and dark, on a coat: what no drawing has."""
    chance = np.random.default_rng(seed)
    coat = chance.integers(60, 190, 3)
    hairs = ndimage.gaussian_filter(chance.normal(size=(SMALL, SMALL)), (1.5, 0.3))
    light = ndimage.gaussian_filter(chance.normal(size=(SMALL, SMALL)), 12)
    picture = coat[:, None, None] + 22 * hairs / hairs.std() + 30 * light / light.std()
    return picture.clip(0, 255).round().astype(np.uint8)


def test_it_is_nearer_to_true_large_drawings_than_lanczos():
    """In decibels and to the eye's liking for edges, on drawings that it never learnt from."""
    ours, lanczos = [], []
    for number in range(12):
        seed = derive_seed("unseen", number)
        small, truth = (as_array(draw_one((seed, side))[1]) for side in (SMALL, SMALL * TIMES))
        for answers, large in (
            (ours, as_array(refine(small))),
            (lanczos, enlarge_by_lanczos(small)),
        ):
            answers.append((psnr(large, truth), measure_deviation(large, truth)))
    (our_psnr, our_deviation), (psnr_of_lanczos, deviation_of_lanczos) = (
        np.mean(answers, 0) for answers in (ours, lanczos)
    )
    assert our_psnr > psnr_of_lanczos + 1
    assert our_deviation < 0.9 * deviation_of_lanczos


def test_fur_is_not_painted_smooth():
    """Made small again, the answer is more like the fur that it was given than Lanczos's is."""
    for seed in range(4):
        fur = paint_fur(seed)
        ours, lanczos = (
            resize(large[None], SMALL) for large in (as_array(refine(fur)), enlarge_by_lanczos(fur))
        )
        assert measure_grain(lanczos) < measure_grain(ours) < 1.15 * measure_grain(fur[None])
        assert psnr(ours[0], fur) > psnr(lanczos[0], fur) + 0.5


def test_what_is_given_back_is_what_stands_out_from_the_noise():
    """An answer that lost everything gets a strong pattern back, and little of a weak one."""
    rows = torch.linspace(0, 6.28, 16).sin().view(1, 1, 16, 1).expand(1, 3, 16, 16)
    lost = torch.zeros(1, 3, 64, 64)
    for strength, least, most in ((0.8, 0.9, 1.0), (0.02, 0.0, 0.25)):
        found = torch.nn.functional.avg_pool2d(
            give_back(lost, strength * rows, torch.tensor([0.04])), TIMES
        )
        assert least < float((found * rows).sum() / (strength * rows.square()).sum()) < most
    flat = torch.full((1, 3, 16, 16), 0.3)
    whole = torch.full_like(lost, 0.3)
    assert torch.equal(give_back(whole, flat, torch.zeros(1)), whole)


def test_an_untrained_refiner_is_bicubic_and_neighbours_do_not_matter():
    refiner = Refiner().eval()
    pictures = torch.rand(2, 3, 8, 8) * 2 - 1
    with torch.inference_mode():
        both = refiner(pictures, torch.zeros(2))
        alone = refiner(pictures[:1], torch.zeros(1))
    wanted = torch.nn.functional.interpolate(pictures, scale_factor=4, mode="bicubic")
    assert torch.allclose(both, wanted, atol=1e-5)
    assert torch.allclose(both[:1], alone, atol=1e-5)
    assert refine(np.zeros((3, 16, 16), np.uint8)).size == (64, 64)

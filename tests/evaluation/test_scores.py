"""The scores against closed forms, second opinions and plain cases."""

import numpy as np
import pytest
import torch

from generate.evaluation.scoring.scores import (
    compare,
    discrepancy,
    fid,
    kid,
    neighbourhoods,
    sliced,
)


def normal(count, mean=0.0, deviation=1.0, width=4, seed=0):
    drawn = np.random.default_rng(seed).standard_normal((count, width))
    return drawn * deviation + mean


def whiten(features):
    """The same set with sample mean 0 and sample covariance 1 exactly."""
    centred = features - features.mean(0)
    factor = np.linalg.cholesky(np.cov(centred, rowvar=False))
    return np.linalg.solve(factor, centred.T).T


def test_fid_has_its_closed_form_for_gaussians():
    ours = whiten(normal(200)) @ np.diag([1.0, 2.0, 3.0, 0.5]) + np.array([1.0, 0, 0, 2.0])
    theirs = whiten(normal(300, seed=1))
    assert fid(ours, theirs) == pytest.approx(1 + 4 + 0 + 1 + 4 + 0.25, abs=1e-8)


def test_fid_of_covariances_that_do_not_commute_agrees_with_the_matrix_root():
    from scipy.linalg import sqrtm

    mix = np.random.default_rng(3).standard_normal((2, 5, 5))
    ours, theirs = normal(80, width=5) @ mix[0], normal(90, width=5, seed=1) @ mix[1]
    a, b = np.cov(ours, rowvar=False), np.cov(theirs, rowvar=False)
    gap = ours.mean(0) - theirs.mean(0)
    expected = gap @ gap + np.trace(a + b - 2 * np.real(sqrtm(a @ b)))
    assert fid(ours, theirs) == pytest.approx(expected, rel=1e-8)


def test_another_library_agrees():
    """torchmetrics on the same features; its KID draws other subsets, its kernel is the same."""
    kid_of_theirs = pytest.importorskip("torchmetrics.image.kid")
    from torchmetrics.image.fid import FrechetInceptionDistance

    class Same(torch.nn.Module):
        num_features = 6

        def forward(self, features):
            return features

    ours, theirs = normal(80, mean=0.3, width=6), normal(90, width=6, seed=1)
    metric = FrechetInceptionDistance(feature=Same()).set_dtype(torch.float64)
    metric.update(torch.from_numpy(ours), real=True)
    metric.update(torch.from_numpy(theirs), real=False)
    assert fid(ours, theirs) == pytest.approx(float(metric.compute()), rel=1e-6)
    mmd = kid_of_theirs.poly_mmd(torch.from_numpy(ours[:80]), torch.from_numpy(theirs[:80]))
    assert discrepancy(ours, theirs[:80]) == pytest.approx(float(mmd), rel=1e-9)


def test_fid_bears_fewer_pictures_than_features():
    assert np.isfinite(fid(normal(10, width=64), normal(12, width=64, seed=1)))
    assert fid(normal(10, width=64), normal(10, width=64)) == pytest.approx(0, abs=1e-9)


def test_kid_of_two_pictures_each_by_hand():
    ours, theirs = np.array([[1.0], [2.0]]), np.array([[0.0], [1.0]])
    within, without = (1 * 2 + 1) ** 3, (0 * 1 + 1) ** 3
    cross = np.mean([1, 8, 1, 27])
    assert discrepancy(ours, theirs) == pytest.approx(within + without - 2 * cross)


def test_kid_is_unbiased_and_grows_with_the_distance():
    """Over many pairs of small equal sets the mean is nought within its own error."""
    values = [discrepancy(normal(12, seed=2 * k), normal(12, seed=2 * k + 1)) for k in range(400)]
    assert abs(np.mean(values)) < 4 * np.std(values) / np.sqrt(len(values))
    far = [kid(normal(60, mean), normal(80, seed=1))[0] for mean in (0.0, 0.5, 1.0, 2.0)]
    assert far == sorted(far) and far[1] > 0.1
    mean, deviation = kid(normal(60), normal(80, seed=1))
    assert abs(mean) < 3 * deviation


def test_sliced_distance_of_a_shift_is_its_square_over_the_dimensions():
    ours = normal(500, width=6)
    shift = np.array([3.0, 0, 0, 4.0, 0, 0])
    assert sliced(ours, ours) == 0
    far = [sliced(ours + shift * k, ours) for k in (1, 2)]
    assert far[1] == pytest.approx(4 * far[0])
    assert far[0] == pytest.approx(25 / 6, rel=0.5)


def test_neighbourhoods_of_one_set_of_two_far_ones_and_of_equal_ones():
    one = normal(60)
    assert set(neighbourhoods(one, one.copy()).values()) >= {1.0}
    assert min(neighbourhoods(one, one.copy()).values()) == 1.0
    assert max(neighbourhoods(one + 100, one).values()) == 0.0
    # Two samples of one distribution: density 1 and coverage 1 - 2^-5 (Naeem et al., section 3).
    many = [neighbourhoods(normal(200, seed=2 * k), normal(200, seed=2 * k + 1)) for k in range(8)]
    assert np.mean([row["density"] for row in many]) == pytest.approx(1, abs=0.05)
    assert np.mean([row["coverage"] for row in many]) == pytest.approx(1 - 2**-5, abs=0.02)


def test_a_few_of_one_kind_are_precise_but_cover_little():
    theirs = np.concatenate([normal(100), normal(100, mean=50, seed=1)])
    found = neighbourhoods(normal(100, seed=2), theirs)
    assert found["precision"] > 0.9
    assert found["recall"] < 0.6 and found["coverage"] < 0.6


def test_sets_of_other_sizes_are_cut_to_the_smaller():
    found = neighbourhoods(normal(40), normal(900, seed=1))
    assert found["coverage"] > 0.9 and 0.8 < found["density"] < 1.2


def test_too_few_pictures_give_no_number_rather_than_a_wrong_one():
    scores = compare(normal(1), normal(1, seed=1))
    assert np.isnan([scores["KID"], scores["FID"], scores["precision"]]).all()
    assert np.isfinite(compare(normal(8), normal(30, seed=1))["KID"])

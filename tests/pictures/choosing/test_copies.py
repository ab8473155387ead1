"""The copy check against a second implementation, and against what must and must not be a copy."""

import numpy as np
import pytest

from generate.pictures.choosing import copies
from generate.pictures.choosing.copies import average_hash, find_nearest, measure_distances, shrink


def noise(seed, count, size=12):
    return np.random.default_rng(seed).integers(0, 256, (count, 3, size, size)).astype(np.uint8)


def slow(picture, training):
    """Every distance, one at a time, in integers."""
    ways = [
        np.stack([(p.astype(int) - t.astype(int)) ** 2 for t in training]).mean((1, 2, 3))
        for p in (picture, np.flip(picture, 2))
    ]
    return np.sqrt(np.minimum(*ways)) / 255


def test_the_two_nearest_are_those_of_a_slow_search(monkeypatch):
    monkeypatch.setattr(copies, "CHUNK_BYTES", 7 * 4 * 3 * 12 * 12)
    monkeypatch.setattr(copies, "ROWS", 3)
    pictures, training = noise(0, 8), noise(1, 40)
    found = find_nearest(pictures, training)
    for row, picture in enumerate(pictures):
        distances = slow(picture, training)
        order = np.argsort(distances)
        assert found.place[row] == order[0]
        assert found.distance[row] == pytest.approx(distances[order[0]], abs=1e-12)
        assert found.second[row] == pytest.approx(distances[order[1]], abs=1e-12)
    assert not found.copied.any()


def test_chunks_change_nothing(monkeypatch):
    pictures, training = noise(2, 5), noise(3, 30)
    whole = find_nearest(pictures, training)
    monkeypatch.setattr(copies, "CHUNK_BYTES", 1)
    monkeypatch.setattr(copies, "ROWS", 2)
    parts = find_nearest(pictures, training)
    assert np.array_equal(whole.place, parts.place)
    assert np.array_equal(whole.second, parts.second)


def test_copies_mirrors_and_faint_changes_are_copies():
    training = noise(4, 30)
    faint = np.clip(training[7].astype(int) + 3, 0, 255).astype(np.uint8)
    found = find_nearest(np.stack([training[5], training[6][..., ::-1], faint]), training)
    assert found.place.tolist() == [5, 6, 7]
    assert found.distance[:2].tolist() == [0, 0]
    assert found.copied.all() and (found.ratio < 0.1).all()


def test_a_duplicate_in_the_training_set_hides_no_copy():
    training = noise(5, 30)
    twin = np.clip(training[4].astype(int) + 2, 0, 255).astype(np.uint8)
    for other in (twin, twin[..., ::-1]):
        found = find_nearest(training[4:5], np.concatenate([training, other[None]]))
        assert found.copied.all() and found.second[0] > 0.2


def test_pictures_of_one_outline_are_not_one_picture():
    """Two faces with one silhouette: a mean of both is a copy of neither."""
    ground = np.full((2, 3, 16, 16), 255, np.uint8)
    ground[:, :, 4:12, 4:12] = 90
    ground[0, 0, 4:12, 4:12] = 0
    ground[1, 2, 4:12, 4:12] = 0
    assert np.array_equal(*average_hash(ground))
    between = ground.mean(0, keepdims=True).astype(np.uint8)
    found = find_nearest(between, np.concatenate([ground, noise(6, 9, 16)]))
    assert not found.copied.any() and found.second[0] < 0.2


def test_the_ideal_denoiser_copies_and_a_gaussian_does_not():
    """The closed-form posterior mean over a set returns its members; a Gaussian's draws do not."""
    generator = np.random.default_rng(7)
    smooth = generator.normal(size=(60, 3, 4, 4)).repeat(4, 2).repeat(4, 3)
    training = (128 + 50 * smooth).clip(0, 255).astype(np.uint8)
    flat = training.reshape(60, -1) / 255
    noisy = flat[:20] + 0.3 * generator.normal(size=flat[:20].shape)
    weights = -np.square(noisy[:, None] - flat).sum(2) / (2 * 0.3**2)
    weights = np.exp(weights - weights.max(1, keepdims=True))
    ideal = weights @ flat / weights.sum(1, keepdims=True)
    ideal = (ideal * 255).round().astype(np.uint8).reshape(20, 3, 16, 16)
    assert find_nearest(ideal, training).copied.all()
    drawn = generator.multivariate_normal(flat.mean(0), np.cov(flat.T), 20, method="eigh")
    drawn = (drawn.clip(0, 1) * 255).astype(np.uint8).reshape(20, 3, 16, 16)
    assert not find_nearest(drawn, training).copied.any()


def test_one_training_picture_has_no_second():
    found = find_nearest(noise(8, 2), noise(9, 1))
    assert np.isinf(found.second).all() and found.place.tolist() == [0, 0]
    assert found.copied.all()


@pytest.mark.parametrize("shape", [(0, 3, 12, 12), (4, 3, 8, 8), (3, 12, 12)])
def test_other_shapes_are_refused(shape):
    with pytest.raises(ValueError, match="compare"):
        find_nearest(noise(0, 1), np.zeros(shape, np.uint8))


def test_shrinking_is_the_mean_of_cells_and_never_grows_a_distance():
    """Jensen: means over equal cells are no further apart than the pixels."""
    pictures = noise(10, 6, 16)
    small = shrink(pictures, 4)
    assert np.allclose(small, pictures.reshape(6, 3, 4, 4, 4, 4).mean((3, 5)))
    exact = measure_distances(pictures[0], pictures)
    bound = measure_distances(small[0], small)
    assert (bound <= exact + 1e-12).all()
    assert shrink(noise(0, 2, 11), 4).shape == (2, 3, 4, 4)
    assert np.allclose(shrink(np.full((1, 3, 5, 5), 9, np.uint8), 8), 9)

"""Baselines see what is too easy."""

import numpy as np

from okng.evaluation.metrics.baseline import BaselinePhotos, baselines

RNG = np.random.default_rng(0)


def _noise(count: int, level: int) -> np.ndarray:
    return RNG.integers(level - 40, level + 40, (count, 40, 40, 3)).astype(np.uint8)


def test_brightness_that_tells_the_classes_is_found() -> None:
    """Defective parts photographed in brighter light."""
    photos = np.concatenate([_noise(20, 90), _noise(20, 150)])
    truth = np.repeat([False, True], 20)
    found = baselines(BaselinePhotos(photos[::2], truth[::2], photos[1::2], truth[1::2], [""] * 20))

    assert found.brightness.accuracy.value == 1.0
    assert found.brightness.roc_auc.value == 1.0


def test_copies_of_training_photos_are_found_in_any_pose() -> None:
    """Turned and mirrored copies of parts that look alike in brightness."""
    smooth = RNG.integers(0, 256, (30, 5, 5, 1)).repeat(8, 1).repeat(8, 2).repeat(3, 3)
    train = smooth.astype(np.uint8)
    truth = RNG.random(30) < 0.5
    test = np.stack([np.rot90(p, i % 4)[:, :: 1 - 2 * (i % 2)] for i, p in enumerate(train)])
    found = baselines(BaselinePhotos(train, truth, test, truth, [""] * 30))

    assert found.nearest_neighbour.accuracy.value == 1.0
    assert found.nearest_neighbour.roc_auc.value == 1.0

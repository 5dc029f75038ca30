"""With folds, all photos teach, and each is judged by a classifier that did not see its part."""

import numpy as np
import torch
from torch import nn

from okng.training.probe.cross_fit import cross_fit, fold_count, is_small, mean_head
from okng.training.probe.logistic_head import Features


def _features(parts: int = 20, seed: int = 0) -> list[Features]:
    """Two draws of two photos of each part; the first number tells good from defective."""
    rng = np.random.default_rng(seed)
    labels = np.repeat(np.arange(parts) % 2, 2)
    values = rng.normal(0, 1, (len(labels), 4)).astype(np.float32)
    values[:, 0] += 4 * labels
    known = (labels, np.ones(len(labels), np.float32), np.repeat(np.arange(parts), 2))
    draws = (values, values + rng.normal(0, 0.1, values.shape).astype(np.float32))
    return [Features(*map(torch.from_numpy, (draw, *known))) for draw in draws]


def test_unseen_photos_are_judged_well() -> None:
    """And in the order in which they came."""
    views = _features()
    folded = cross_fit(views, 5, seed=0)

    assert ((folded.out_of_fold[:, 0] > 0) == (views[0].labels > 0)).float().mean() > 0.9
    assert folded.folds == 5


def test_nobody_judges_a_part_that_taught_him() -> None:
    """Labels that are noise, one per part, cannot be told, though each part has copies."""
    views = _features(parts=60)
    noise = np.repeat(np.random.default_rng(3).permutation(np.arange(60) % 2), 2)
    copies = torch.from_numpy(np.repeat(np.eye(60, dtype=np.float32), 2, axis=0))
    learned = [v._replace(values=copies, labels=torch.from_numpy(noise)) for v in views]
    right = ((cross_fit(learned, 5, seed=0).out_of_fold[:, 0] > 0).numpy() == noise).mean()

    assert right < 0.7


def test_classifier_is_the_mean_of_those_of_the_folds() -> None:
    """So one linear layer stands for all of them, at no cost on the line."""
    layers = [nn.Linear(4, 1) for _ in range(3)]
    mean = mean_head(layers)
    values = torch.rand(5, 4)
    expected = torch.stack([layer(values) for layer in layers]).mean(0)

    assert torch.allclose(mean(values), expected, atol=1e-6)


def test_parts_count_not_photos() -> None:
    """340 copies of one casting make no second fold."""
    labels = np.repeat([0, 1], 300)
    parts = np.concatenate([np.arange(300), 300 + np.arange(300) % 4])

    assert fold_count(labels, parts) == 4
    assert fold_count(labels, np.concatenate([np.arange(300), np.full(300, 300)])) == 0
    assert is_small(labels, parts)
    assert not is_small(labels, np.arange(600))

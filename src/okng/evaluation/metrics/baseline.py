"""Baselines that nobody should lose to: brightness alone, and the most similar training photo.

A network that is no better than these has not learned what a defect looks like.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from okng.evaluation.metrics.binary_rates import rankings
from okng.evaluation.results.provenance import Baseline, Baselines
from okng.evaluation.statistics.intervals import Groups, group_numbers, proportion

Photos = npt.NDArray[np.uint8]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float32]
Scored = npt.NDArray[np.float64]
THUMBNAIL = 32  # pixels of a side: the nearest photo by its coarse look, not by details
_BLOCK = 512  # test photos at once, which bounds the matrix of likenesses


class BaselinePhotos(NamedTuple):
    """Photos for trivial judges.

    Attributes:
        train: uint8 (N, S, S, 3).
        train_defective: bool (N,).
        test: uint8 (M, S, S, 3).
        test_defective: bool (M,).
        groups: group name of each test photo; empty for a part of its own.
    """

    train: Photos
    train_defective: Bools
    test: Photos
    test_defective: Bools
    groups: Sequence[str]


def baselines(photos: BaselinePhotos) -> Baselines:
    """Score both baselines on the test."""
    numbers, truth = group_numbers(photos.groups), photos.test_defective
    brightness = _by_brightness(photos.train, photos.train_defective, photos.test)
    neighbour = _by_neighbour(photos.train, photos.train_defective, photos.test)
    return Baselines(
        brightness=_figures(brightness, brightness >= 0.5, truth, numbers),
        nearest_neighbour=_figures(neighbour, neighbour > 0, truth, numbers),
    )


def _figures(scores: Scored, called: Bools, truth: Bools, groups: Groups) -> Baseline:
    return Baseline(
        accuracy=proportion(called == truth, groups),
        roc_auc=rankings(scores, truth, groups)["roc_auc"],
    )


def _by_brightness(train: Photos, defective: Bools, test: Photos) -> Scored:
    """P(defective) from mean and deviation of the grey values, by logistic regression."""
    model = make_pipeline(StandardScaler(), LogisticRegression())
    model.fit(_brightness(train), defective)
    return np.asarray(model.predict_proba(_brightness(test))[:, 1])


def _brightness(photos: Photos) -> npt.NDArray[np.float64]:
    return np.array([(photo.mean(), photo.mean(axis=2).std()) for photo in photos])


def _by_neighbour(train: Photos, defective: Bools, test: Photos) -> Scored:
    """How much more a photo is like its most similar defective training photo than any good one.

    Likeness is correlation, the highest over 8 flips and quarter turns; above 0, the most similar
    training photo is defective.
    """
    known = _thumbnails(train).reshape(len(train), -1)  # (M, 1024)
    kinds = [known[~defective], known[defective]]
    # correlation with the nearest good, with the nearest defective one
    best = np.full((2, len(test)), -1.0)
    for start in range(0, len(test), _BLOCK):
        rows = slice(start, start + _BLOCK)
        for pose in _poses(_thumbnails(test[rows])):  # eight poses: parts lie turned and mirrored
            flat = pose.reshape(len(pose), -1)
            for number, photos in enumerate(kinds):
                if len(photos):
                    likeness = (flat @ photos.T).max(axis=1)  # correlations (B,)
                    best[number, rows] = np.maximum(best[number, rows], likeness)
    return np.asarray(best[1] - best[0])


def _thumbnails(photos: Photos) -> Floats:
    """Standardised grey values (N, 32, 32): two of them multiply to their correlation."""
    size = (THUMBNAIL, THUMBNAIL)
    small = np.stack([_grey_thumbnail(photo, size) for photo in photos]).astype(np.float32)
    small -= small.mean(axis=(1, 2), keepdims=True)
    norm = np.sqrt((small**2).sum(axis=(1, 2), keepdims=True))
    return np.asarray(small / np.maximum(norm, 1e-6))  # a photo of one grey value has no norm


def _grey_thumbnail(photo: Photos, size: tuple[int, int]) -> Photos:
    return np.asarray(Image.fromarray(photo).convert("L").resize(size, Image.Resampling.BOX))


def _poses(photos: Floats) -> list[Floats]:
    turned = [np.rot90(photos, turns, axes=(1, 2)) for turns in range(4)]
    return turned + [pose[:, :, ::-1] for pose in turned]

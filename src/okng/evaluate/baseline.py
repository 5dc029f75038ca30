"""Baselines that nobody should lose to: brightness alone, and the most similar training photo.

A network that is no better than these has not learned what a defect looks like.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from okng.evaluate.intervals import group_numbers, proportion

Photos = npt.NDArray[np.uint8]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float32]
THUMBNAIL = 32
_BLOCK = 512


def baselines(
    train: Photos, train_defective: Bools, test: Photos, test_defective: Bools, groups: list[str]
) -> dict[str, Any]:
    """Score both baselines on the test.

    Args:
        train: uint8 (N, S, S, 3).
        train_defective: bool (N,).
        test: uint8 (M, S, S, 3).
        test_defective: bool (M,).
        groups: group name of each test photo; empty for a part of its own.
    """
    numbers = group_numbers(groups)
    brightness = _by_brightness(train, train_defective, test)
    neighbour = _by_neighbour(train, train_defective, test)
    found: dict[str, Any] = {
        "brightness": {
            "accuracy": proportion((brightness >= 0.5) == test_defective, numbers).model_dump()
        },
        "nearest_neighbour": {
            "accuracy": proportion(neighbour == test_defective, numbers).model_dump()
        },
    }
    if 0 < test_defective.sum() < len(test_defective):
        found["brightness"]["roc_auc"] = float(roc_auc_score(test_defective, brightness))
    return found


def _by_brightness(train: Photos, defective: Bools, test: Photos) -> npt.NDArray[np.float64]:
    """P(defective) from mean and deviation of the grey values, by logistic regression."""
    model = make_pipeline(StandardScaler(), LogisticRegression())
    model.fit(_brightness(train), defective)
    return np.asarray(model.predict_proba(_brightness(test))[:, 1])


def _brightness(photos: Photos) -> npt.NDArray[np.float64]:
    return np.array([(photo.mean(), photo.mean(axis=2).std()) for photo in photos])


def _by_neighbour(train: Photos, defective: Bools, test: Photos) -> Bools:
    """Label of the training photo with the highest correlation, over 8 flips and quarter turns."""
    known = _thumbnails(train).reshape(len(train), -1)
    best = np.full(len(test), -np.inf, dtype=np.float32)
    nearest = np.zeros(len(test), dtype=np.int64)
    for start in range(0, len(test), _BLOCK):
        rows = slice(start, start + _BLOCK)
        for pose in _poses(_thumbnails(test[rows])):
            likeness = pose.reshape(len(pose), -1) @ known.T
            top = likeness.argmax(axis=1)
            value = likeness[np.arange(len(top)), top]
            better = value > best[rows]
            nearest[rows][better], best[rows][better] = top[better], value[better]
    return np.asarray(defective[nearest])


def _thumbnails(photos: Photos) -> Floats:
    """Standardised grey values (N, 32, 32): two of them multiply to their correlation."""
    size = (THUMBNAIL, THUMBNAIL)
    small = np.stack([_grey_thumbnail(photo, size) for photo in photos]).astype(np.float32)
    small -= small.mean(axis=(1, 2), keepdims=True)
    norm = np.sqrt((small**2).sum(axis=(1, 2), keepdims=True))
    return np.asarray(small / np.maximum(norm, 1e-6))


def _grey_thumbnail(photo: Photos, size: tuple[int, int]) -> Photos:
    return np.asarray(Image.fromarray(photo).convert("L").resize(size, Image.Resampling.BOX))


def _poses(photos: Floats) -> list[Floats]:
    turned = [np.rot90(photos, turns, axes=(1, 2)) for turns in range(4)]
    return turned + [pose[:, :, ::-1] for pose in turned]

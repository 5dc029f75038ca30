"""Weights of photos in the loss: every part counts the same, and optionally every class.

340 photos of one casting are one casting. Counted as 340, they would make the network learn this
casting.
"""

import numpy as np
import numpy.typing as npt

from okng.config import ClassWeights

Labels = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]


def photo_weights(labels: Labels, groups: Labels | None, how: ClassWeights) -> Floats:
    """The weight of every photo.

    Args:
        labels: class indices (N,).
        groups: int (N,), equal for photos of one part; None when each photo is a part.
        how: whether rare classes count as much as frequent ones.

    Returns:
        float32 (N,), 1 on average. Within a class every part counts the same; a class counts by
        its parts or, balanced, as much as any other.
    """
    if not len(labels):
        return np.zeros(0, np.float32)
    parts = labels if groups is None else _numbers(labels, groups)
    sizes = np.ones(len(labels)) if groups is None else np.bincount(parts)[parts]
    weights = 1.0 / sizes  # sums to 1 over each part
    if how is ClassWeights.BALANCED:
        # Then to 1 over each class.
        weights /= np.bincount(labels, weights)[labels]
    return np.asarray(weights * (len(weights) / weights.sum()), dtype=np.float32)


def _numbers(labels: Labels, groups: Labels) -> Labels:
    """One number for each part and class: a part that shows two classes counts in both."""
    pairs = np.stack([labels, groups], axis=1)
    return np.unique(pairs, axis=0, return_inverse=True)[1].reshape(-1).astype(np.int64)

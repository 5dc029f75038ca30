"""How many draws of each photo the classifier is fitted on, and how many photos an epoch has."""

import numpy as np
import numpy.typing as npt

_ROWS = 4_000  # views in all that suffice to fit a classifier
_FEWEST, _MOST = 2, 4  # views of each photo; more change nothing (benchmarks/training/LOG.md)
_OF_A_PART = 30  # photos of a part per epoch: further copies of one part add time, not variety
_FEWEST_DRAWN = 2_000  # photos per epoch, where groups are lots of many parts


def evenly(count: int, most: int) -> npt.NDArray[np.int64]:
    """Up to so many rows that lie evenly among `count`: int64 (n,), rising."""
    return np.linspace(0, count - 1, min(count, most)).astype(np.int64)


def views_worth_seeing(photos: int) -> int:
    """Views of each of so many photos, the photo as it is among them: 2 to 4.

    Many photos vary by themselves, so fewer views of each suffice.
    """
    return min(_MOST, max(_FEWEST, _ROWS // max(1, photos)))


def photos_of_an_epoch(parts: npt.NDArray[np.int64]) -> int:
    """Photos that an epoch draws where the network is pretrained.

    Parts are drawn, and then a photo of the part: 340 photos of one casting take no longer than 30.
    Where groups hold many parts, as lots do, 2,000 photos are drawn all the same.

    Args:
        parts: int64 (N,), equal for photos of one part.
    """
    counts = np.unique(parts, return_counts=True)[1]
    return max(min(len(parts), _FEWEST_DRAWN), int(np.minimum(counts, _OF_A_PART).sum()))

"""Photos of good parts: the reference that is subtracted from heatmaps."""

import numpy as np
import numpy.typing as npt

from okng.training import Sample
from okng.training.novelty.fit_novelty import draw_in_turn

_MOST = 64  # photos; each costs one pass of the network before the export


def reference_photos(sample: Sample, *, has_ok: bool, most: int = _MOST) -> npt.NDArray[np.uint8]:
    """Up to 64 photos of good parts, of as many parts as possible; the same ones each time.

    Args:
        sample: training photos.
        has_ok: whether class 0 is that of good parts; where there is none, all parts count.
        most: photos, where it shall be fewer.

    Returns:
        uint8 (N, S, S, 3); empty without a good part among the training photos.
    """
    rows = np.flatnonzero(sample.labels == 0) if has_ok else np.arange(len(sample.labels))
    if len(rows):
        parts = rows if sample.groups is None else sample.groups[rows]
        rows = rows[draw_in_turn(parts, most, np.random.default_rng(0))]
    return np.asarray(sample.photos[rows])

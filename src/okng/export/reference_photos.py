"""Photos that show what is usual: from them the heatmap knows what to leave out."""

import numpy as np
import numpy.typing as npt

from okng.training import Sample
from okng.training.novelty.fit_novelty import draw_in_turn

_MOST = 64


def usual_photos(sample: Sample, *, has_ok: bool) -> npt.NDArray[np.uint8]:
    """Up to 64 photos of good parts, of as many parts as can be; the same ones each time.

    Args:
        sample: photos that taught.
        has_ok: whether class 0 is that of good parts; where there is none, all parts are usual.

    Returns:
        uint8 (N, S, S, 3); empty where training saw no good part.
    """
    rows = np.flatnonzero(sample.labels == 0) if has_ok else np.arange(len(sample.labels))
    if len(rows):
        parts = rows if sample.groups is None else sample.groups[rows]
        rows = rows[draw_in_turn(parts, _MOST, np.random.default_rng(0))]
    return np.asarray(sample.photos[rows])

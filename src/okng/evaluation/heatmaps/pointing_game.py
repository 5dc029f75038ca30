"""The pointing game: does the hottest place of the heatmap lie on the defect?

Zhang et al. (2018) allow 15 pixels; a heatmap is a grid of cells, so here the hottest cell must
touch the mask. Masks are looked for as MVTec lays them out: ground_truth/<class>/<name>_mask.png
beside the folders of the photos.
"""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from okng.dataset.loading.masks import find_mask, read_mask
from okng.errors import PhotoError
from okng.evaluation.heatmaps.true_positives import Hit
from okng.evaluation.results.trust import Pointing
from okng.evaluation.statistics.intervals import proportion


def point(hits: Iterable[Hit], root: Path, *, limit: int) -> Pointing | None:
    """Play the pointing game.

    Args:
        hits: with heatmaps; only as many are taken as are needed.
        root: of the photos.
        limit: masks, at most.

    Returns:
        None where there is no mask.
    """
    touched, chances, centres = [], [], []
    for hit in hits:
        cells = _cells(root, hit)
        if cells is None:
            continue
        # the hottest cell (Zhang et al., 2016: the pointing game)
        touched.append(bool(cells.ravel()[int(hit.heatmap.argmax())]))
        chances.append(float(cells.mean()))  # a point at random
        centres.append(bool(cells[cells.shape[0] // 2, cells.shape[1] // 2]))
        if len(touched) == limit:
            break
    if not touched:
        return None
    return Pointing(
        rate=proportion(np.array(touched)),
        chance=float(np.mean(chances)),
        centre=float(np.mean(centres)),
        masks=len(touched),
    )


def _cells(root: Path, hit: Hit) -> npt.NDArray[np.bool_] | None:
    """Cells (h, w) of the heatmap that the mask touches; None without a mask that can be read."""
    path = find_mask(root, hit.path, hit.label)
    if path is None:
        return None
    try:
        mask = read_mask(path)
    except PhotoError:
        return None
    if not mask.any():
        return None
    height, width = hit.heatmap.shape
    rows, columns = np.nonzero(mask)
    cells = np.zeros((height, width), dtype=bool)
    # a cell counts where any pixel of the mask lies in it
    cells[rows * height // mask.shape[0], columns * width // mask.shape[1]] = True
    return cells

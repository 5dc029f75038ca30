"""The one scale on which a model file's evidence is drawn, from photos that are not reported."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from okng.evaluation.scores import Scores
from okng.inference import Inspector
from okng.modelfile import HeatScale

PHOTOS = 24  # of each side: a quantile of their maxima is all that is needed
_GOOD = 0.9  # share of good parts that stay without colour
_DEFECTIVE = 0.75  # share of defective parts below the full colour
_LEVEL = 0.4  # of the full colour that stays clear where there is no good part


def heat_scale(inspector: Inspector, root: Path, scores: Scores) -> HeatScale | None:
    """Measure how much evidence good and defective parts have at their hottest place.

    Args:
        inspector: the model file.
        root: folder that the paths of the scores are relative to.
        scores: of photos to measure on, those that did not teach first.

    Returns:
        The scale; None where the file gives no evidence, or no photo of a defect can be read.
    """
    defective = _hottest(inspector, root, scores.keep(scores.is_defective))
    if not len(defective):
        return None
    full = float(np.quantile(defective, _DEFECTIVE))
    if scores.ok_class is None:
        # no class of good parts to measure the rest on
        return HeatScale(clear=_LEVEL * full, full=full) if full > 0 else None
    good = _hottest(inspector, root, scores.keep(~scores.is_defective))
    clear = float(np.quantile(good, _GOOD)) if len(good) else _LEVEL * full
    # Where good parts have as much as defective ones, nothing but the very hottest is coloured.
    return HeatScale(clear=clear, full=max(full, clear + 0.5 * abs(clear) + 1e-3))


def _hottest(inspector: Inspector, root: Path, scores: Scores) -> npt.NDArray[np.float64]:
    """The largest evidence of each photo, of so many parts as can be, in order of the scores."""
    first = np.sort(np.unique(scores.groups, return_index=True)[1])[:PHOTOS]  # one photo a part
    paths = [root / path for path in scores.table["path"].iloc[first]]
    verdicts = inspector.judge(paths, heatmap=True)
    return np.array([v.evidence.max() for v in verdicts if v.evidence is not None], dtype=float)

"""Distributions on photos of parts that training did not see, to be sealed into the model file."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from okng.evaluation.scores import Scores
from okng.modelfile import BINS, HeldOut, Moments
from okng.verdict import Judgement, log_odds

_FEWEST = 2  # photos that have a deviation


def held_out(scores: Scores, folded: Scores | None = None) -> HeldOut | None:
    """What a model file gives for parts that taught it nothing.

    Args:
        scores: of all photos, by the file with its operating point.
        folded: of training and validation photos, each by a classifier that was fitted without its
            part, where the classifier was cross-fitted; with no unfamiliarity of their own.

    Returns:
        None without an OK class, or where no such photo was judged.
    """
    rest = scores.keep(_taught_nothing(scores, folds=folded is not None))
    every = rest if folded is None else _joined(rest, folded)
    if scores.ok_class is None or not len(every):
        return None
    good, defective = every.keep(~every.is_defective), every.keep(every.is_defective)
    passed = good.keep(np.asarray(good.table["verdict"] == Judgement.OK))
    known = rest.keep(~rest.is_defective & np.isfinite(rest.unfamiliarity))
    odds = np.array([log_odds(score) for score in passed.defect_scores])
    return HeldOut(
        good=_bins(good.defect_scores),
        defective=_bins(defective.defect_scores),
        unfamiliarity=_bins(known.unfamiliarity) if len(known) else None,
        passed_log_odds=_moments(odds, passed),
        good_unfamiliarity=_moments(known.unfamiliarity, known),
    )


def _joined(rest: Scores, folded: Scores) -> Scores:
    """The rows of both that were judged."""
    known = folded.table[folded.table["error"] == ""]
    table = pd.concat([rest.table, known], ignore_index=True)
    return Scores(table, rest.classes, rest.ok_class)


def _taught_nothing(scores: Scores, *, folds: bool) -> npt.NDArray[np.bool_]:
    """Which photos (N,) were judged and show parts that taught nothing."""
    table = scores.table
    taught = table["split"].isin(["train", *(["val"] if folds else [])])
    parts = set(table["group"][taught]) - {""}
    left = ~taught & ~table["group"].isin(parts) & (table["error"] == "")
    return np.asarray(left & table["split"].isin(["val", "test"]), dtype=bool)


def _bins(values: npt.NDArray[np.float64]) -> tuple[int, ...]:
    """Photos in each of the bins of [0, 1], like the tallies of a station; 1 is in the last one."""
    numbers = np.clip(np.floor(values * BINS), 0, BINS - 1).astype(int)
    return tuple(map(int, np.bincount(numbers, minlength=BINS)))


def _moments(values: npt.NDArray[np.float64], of: Scores) -> Moments | None:
    if len(values) < _FEWEST:
        return None
    return Moments(mean=float(values.mean()), deviation=float(values.std(ddof=1)), parts=_parts(of))


def _parts(scores: Scores) -> int:
    """Parts that photos show; a photo without a group is a part of its own."""
    groups = scores.table["group"]
    return int(groups[groups != ""].nunique() + (groups == "").sum())

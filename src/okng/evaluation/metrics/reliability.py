"""Reliability: does a score of 0.2 mean that one such part in five is defective?"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from okng.evaluation.metrics.calibration import brier, expected_calibration_error, undo_calibration
from okng.evaluation.results import Message, message
from okng.evaluation.results.trust import (
    CalibrationErrors,
    ClassError,
    ClassReliability,
    Reliability,
    ReliabilityBin,
)
from okng.evaluation.scores import Scores
from okng.evaluation.statistics.intervals import proportion
from okng.modelfile import Calibration

BINS = 10  # 0.1 wide


def reliability(scores: Scores, calibration: Calibration | None) -> Reliability:
    """Bins of scores with the share of defective parts in each, and the error before and after.

    Args:
        scores: with an OK class; photos that could not be judged are left out.
        calibration: the one of the model file, to tell what it changed; None leaves that out.
    """
    valid = scores.keep(np.asarray(scores.table["error"] == ""))
    values, truth, groups = valid.defect_scores, valid.is_defective, valid.groups
    if not len(values):
        return Reliability(bins=(), messages=(message("nothing_judged"),))
    bin_of = np.minimum((values * BINS).astype(int), BINS - 1)  # 1.0 belongs to the last bin
    bins = tuple(
        ReliabilityBin(
            low=number / BINS,
            high=(number + 1) / BINS,
            photos=int((bin_of == number).sum()),
            mean_score=float(values[bin_of == number].mean()),
            defective=proportion(truth[bin_of == number], groups[bin_of == number]),
        )
        for number in np.unique(bin_of).tolist()
    )
    errors, before = calibration_errors(values, truth), None
    if calibration is not None and np.isfinite(valid.probabilities).all():
        raw = 1 - undo_calibration(calibration, valid.probabilities)[:, 0]  # class 0 is OK
        before = calibration_errors(raw, truth)
    return Reliability(
        bins=bins,
        ece=errors.ece,
        brier=errors.brier,
        before=before,
        messages=(_conclusion(bins, errors, before),),
    )


def class_reliability(scores: Scores, calibration: Calibration | None) -> ClassReliability:
    """Does a photo that is called a scratch with 0.8 show one in four of five cases?

    The error of the likeliest class (Guo et al., ICML 2017): mean distance between its probability
    and the share of photos that it names rightly.

    Args:
        scores: of any classes; photos that could not be judged or show an unknown class are left
            out.
        calibration: the one of the model file, to tell what it changed; None leaves that out.

    Returns:
        Empty where nothing could be judged.
    """
    valid = scores.keep(scores.is_known & np.isfinite(scores.probabilities).all(axis=1))
    if not len(valid):
        return ClassReliability()
    before = None
    if calibration is not None:
        raw = undo_calibration(calibration, valid.probabilities)
        before = ClassError(ece=_named(raw, valid.labels))
    return ClassReliability(ece=_named(valid.probabilities, valid.labels), before=before)


def _named(probabilities: Any, labels: Any) -> float:
    right = probabilities.argmax(axis=1) == labels
    return expected_calibration_error(probabilities.max(axis=1), right, BINS)


def calibration_errors(values: Any, truth: Any) -> CalibrationErrors:
    """Both errors of defect scores (N,) against the truth (N,)."""
    return CalibrationErrors(
        ece=expected_calibration_error(values, truth, BINS), brier=brier(values, truth)
    )


def _conclusion(
    bins: Sequence[ReliabilityBin], errors: CalibrationErrors, before: CalibrationErrors | None
) -> Message:
    outside = [(row.low, row.high) for row in bins if not _covers(row)]
    code = "reliability" + ("_before" if before else "") + ("_outside" if outside else "")
    raw = None if before is None else before.ece
    return message(code, ece=errors.ece, before=raw, bins=outside)


def _covers(row: ReliabilityBin) -> bool:
    """Whether the interval of a bin, which holds a photo, covers its mean score."""
    low, high = row.defective.low, row.defective.high
    return low is not None and high is not None and low <= row.mean_score <= high

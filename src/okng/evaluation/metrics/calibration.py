"""Calibration: a score of 0.2 shall mean that one such part in five is defective."""

import numpy as np
import numpy.typing as npt
from scipy import optimize, special

from okng.modelfile import Calibration

Floats = npt.NDArray[np.float64]
_FLOOR = 1e-7
"""Probability below which photos are alike in the fit: one wrong photo at 1e-30 would decide it."""
_LEAST = float(np.finfo(np.float32).tiny)
"""The least probability that a file gives in float32, 1e-38; the graph itself has no floor."""
_FEWEST = 10  # photos; fewer do not fit two parameters
_STEEPEST = 20.0  # of scale and bias: separable photos would ask for infinity


def fit_calibration(probabilities: Floats, labels: npt.NDArray[np.int64]) -> Calibration:
    """Fit a calibration on validation photos.

    Two classes: Platt scaling (Platt, 1999) with his softened targets, which keep few and
    perfectly separated photos from giving certainty. More: one temperature (Guo et al., 2017).

    Args:
        probabilities: float (N, K), uncalibrated, of the validation photos.
        labels: int (N,).

    Returns:
        The identity when fewer than ten photos or not all classes are there.
    """
    usable = np.isfinite(probabilities).all(axis=1)
    probabilities, labels = probabilities[usable], labels[usable]
    classes = probabilities.shape[1]
    if len(labels) < _FEWEST or len(np.unique(labels)) < classes:
        return Calibration.identity(classes)
    logs = np.log(probabilities.clip(_FLOOR, 1))
    # Two classes: Platt (1999) on the logit, K = 2. More: one temperature (Guo et al., 2017).
    if classes == 2:
        return _platt(logs[:, 1] - logs[:, 0], labels == 1)
    return _temperature(logs, labels)


def apply_calibration(calibration: Calibration, probabilities: Floats) -> Floats:
    """Calibrated probabilities (N, K): softmax(scale * log p + bias)."""
    return np.asarray(special.softmax(calibrated_logits(calibration, probabilities), axis=1))


def calibrated_logits(calibration: Calibration, probabilities: Floats) -> Floats:
    """Logits (N, K) up to a constant of each row: scale * log p + bias, as the graph adds them."""
    logs = np.log(probabilities.clip(_LEAST, 1))
    return np.asarray(calibration.scale * logs + np.array(calibration.bias))


def undo_calibration(calibration: Calibration, probabilities: Floats) -> Floats:
    """Probabilities (N, K) as they were before `apply_calibration`."""
    logs = (np.log(probabilities.clip(_LEAST, 1)) - np.array(calibration.bias)) / calibration.scale
    return np.asarray(special.softmax(logs, axis=1))


def expected_calibration_error(
    scores: Floats, is_defective: npt.NDArray[np.bool_], bins: int = 10
) -> float:
    """Mean distance between score and share of defective parts, over bins of equal width.

    Naeini et al. (2015), on the defect score; 0 is perfect.
    """
    bin_of = np.minimum((scores * bins).astype(int), bins - 1)
    # (bins,) sum of differences
    gap = np.bincount(bin_of, weights=scores - is_defective, minlength=bins)
    return float(np.abs(gap).sum() / len(scores))


def brier(scores: Floats, is_defective: npt.NDArray[np.bool_]) -> float:
    """Mean squared distance between score and truth (Brier, 1950); 0 is perfect."""
    return float(np.mean((scores - is_defective) ** 2))


def _platt(margins: Floats, is_defective: npt.NDArray[np.bool_]) -> Calibration:
    positive, negative = int(is_defective.sum()), int((~is_defective).sum())
    # Platt's targets: never quite 0 or 1, so few photos do not fit to infinity
    targets = np.where(is_defective, (positive + 1) / (positive + 2), 1 / (negative + 2))

    def loss(parameters: Floats) -> float:
        # the exponential keeps the order of scores
        z = np.exp(parameters[0]) * margins + parameters[1]
        return float(np.mean(np.logaddexp(0, z) - targets * z))

    limits = [(-np.log(_STEEPEST), np.log(_STEEPEST)), (-_STEEPEST, _STEEPEST)]
    optimum = optimize.minimize(loss, np.zeros(2), method="L-BFGS-B", bounds=limits)
    return Calibration(scale=float(np.exp(optimum.x[0])), bias=(0.0, float(optimum.x[1])))


def _temperature(logs: Floats, labels: npt.NDArray[np.int64]) -> Calibration:
    rows = np.arange(len(labels))

    def loss(log_scale: float) -> float:
        return -float(np.mean(special.log_softmax(np.exp(log_scale) * logs, axis=1)[rows, labels]))

    limit = np.log(_STEEPEST)
    optimum = optimize.minimize_scalar(loss, bounds=(-limit, limit), method="bounded")
    return Calibration(scale=float(np.exp(optimum.x)), bias=(0.0,) * logs.shape[1])

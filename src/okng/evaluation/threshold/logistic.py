"""Logistic regression of one variable on weighted counts, by Newton's method."""

import numpy as np
from scipy import special

from okng.evaluation.statistics.intervals import Floats

_RIDGE = 0.01
"""Weight of the squared slope; keeps it finite where good and defective ones do not overlap."""
_STEPS = 40
_CLOSE = 1e-8


def logistic_shares(places: Floats, good: Floats, defective: Floats) -> Floats:
    """Fitted share of defective ones at each place, never falling.

    Args:
        places: float (G,), on a scale with a standard deviation of about 1.
        good: weight of good ones at each place (G,).
        defective: weight of defective ones at each place (G,).

    Returns:
        Float (G,) in (0, 1).
    """
    design = np.stack([places, np.ones_like(places)], axis=1)  # (G, 2): slope and offset
    both = good + defective
    ridge = np.array([2 * _RIDGE, 0.0])  # on the slope alone

    def loss(at: Floats) -> float:
        margins = design @ at
        return float(both @ np.logaddexp(0, margins) - defective @ margins + _RIDGE * at[0] ** 2)

    coefficients = np.zeros(2)
    for _ in range(_STEPS):
        shares = special.expit(design @ coefficients)
        gradient = design.T @ (both * shares - defective) + ridge * coefficients
        curvature = (design.T * (both * shares * (1 - shares))) @ design
        # 1e-9: places that are all equal have no curvature
        step = np.linalg.solve(curvature + np.diag(ridge) + 1e-9 * np.eye(2), gradient)
        scale = 1.0
        # half the step until the loss falls: Newton overshoots where classes are separable
        while scale > _CLOSE and loss(coefficients - scale * step) > loss(coefficients):
            scale /= 2
        coefficients = coefficients - scale * step
        if np.abs(scale * step).max() < _CLOSE:
            break
    slope, offset = coefficients
    if slope <= 0:  # the scores rank the wrong way round: the share is the same everywhere
        return np.full(len(places), defective.sum() / both.sum())
    return np.asarray(special.expit(slope * places + offset))

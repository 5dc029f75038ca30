"""A threshold from few known parts, with the threshold of the model file as the prior.

The log-odds of defective rise with those of the defect score: `a (x - t)`. In front of the camera
of the training the slope `a` is 1, since scores are calibrated, and `t` is the threshold of the
file. Another camera moves both. A few of the known parts may not be what they are taken for. The
posterior of slope and threshold is computed on a grid; the threshold is its mean.
`benchmarks/server/adapt_threshold.py` compares it with others, on several products.
"""

import math
from typing import NamedTuple

import numpy as np
from scipy import special

from okng.station.camera.known import Floats, KnownParts

PRIOR_SHIFT = 4.0
"""Deviation of the shift of the threshold in log-odds, before a known part was seen."""
PRIOR_SLOPE = 0.7
"""Deviation of the logarithm of the slope: a factor of 2 either way is nothing unusual."""
ODD = 0.05
"""Probability that a known part looks like one of the other kind: a wrong label, a bad photo."""
_SLOPES = np.exp(np.linspace(math.log(0.25), math.log(4), 13))
_SHIFTS = np.linspace(-16, 16, 321)  # float32 scores end at 16


class Costs(NamedTuple):
    """What a rate of errors costs.

    Attributes:
        escape: weight of the escape rate, above 0.
        overkill: weight of the overkill rate, above 0.
    """

    escape: float = 1.0
    overkill: float = 1.0


EVEN = Costs()
"""Both rates weigh the same."""


def fitted_threshold(known: KnownParts, before: float, costs: Costs = EVEN) -> float:
    """The threshold that the known parts speak for, in log-odds.

    Both kinds of part count alike, whatever their numbers, and all photos of a part as one.

    Args:
        known: known parts.
        before: threshold of the model file, in log-odds.
        costs: of errors.
    """
    posterior = _posterior(known, before)
    # Where an escape costs ten times as much, a part is NG from odds of one in ten.
    thresholds = before + _SHIFTS + math.log(costs.overkill / costs.escape) / _SLOPES[:, None]
    return float((posterior * thresholds).sum())


def _posterior(known: KnownParts, before: float) -> Floats:
    """Of each slope and shift, float (A, C), adding up to 1."""
    prior = (np.log(_SLOPES) / PRIOR_SLOPE)[:, None] ** 2 + (_SHIFTS / PRIOR_SHIFT) ** 2
    log = -prior / 2
    parts = len(known.good.names) + len(known.defective.names)
    for side, sign in ((known.good, -1), (known.defective, 1)):
        weights = side.weights * parts / (2 * len(side.names))
        margins = side.logits[:, None] - before - _SHIFTS  # (P, C)
        right = special.expit(sign * _SLOPES[:, None, None] * margins)  # (A, P, C)
        log += np.einsum("p,apc->ac", weights, np.log(ODD + (1 - 2 * ODD) * right))
    posterior = np.exp(log - log.max())
    return np.asarray(posterior / posterior.sum())

"""A threshold from few known parts: the mean of two estimates, which err in different ways.

- **Where the kinds part.** The log-odds of defective rise with those of the score, around the
  threshold of the model file; another camera moves both slope and threshold. It admits that a known
  part may not be what it is taken for. Where the kinds lie far apart, nothing in the gap speaks for
  one place, and the threshold of the file pulls.
- **How wide the kinds are.** Both are normal in log-odds; the threshold has the lowest cost
  expected of the next part. Where they lie far apart, it is nearer to the narrow one. Few parts
  give a poor width, so it starts from what the model file states of its test.

`benchmarks/server/adapt_threshold.py` compares these and others on several products.
"""

import math
from typing import NamedTuple

import numpy as np

from okng.evaluation.statistics.distributions import expit, normal_quantile, student_cdf
from okng.modelfile import Metadata
from okng.station.camera.known import Floats, KnownParts, KnownSide

PRIOR_SHIFT = 4.0
"""Deviation of the shift of the threshold in log-odds, before a known part was seen."""
PRIOR_SLOPE = 0.7
"""Deviation of the logarithm of the slope: a factor of 2 either way is nothing special."""
ODD = 0.05
"""Probability that a known part looks like one of the other kind: a wrong label, a bad photo."""
PRIOR_PARTS = 4.0
"""Known parts that the width from the model file counts as."""
# (A,) of the logit, 1/4 to 4 times that of training, even in its logarithm
_SLOPES = np.exp(np.linspace(math.log(0.25), math.log(4), 13))
_SHIFTS = np.linspace(-16, 16, 321)  # float32 scores end at 16
_HUBER = 1.5  # widths from the middle beyond which a photo pulls with constant force (Huber, 1964)
_CLIPPED = 2.5  # widths beyond which a photo widens its side no further
_STEPS = 20  # of the robust mean, which has settled by then
_LEAST_AUC, _MOST_AUC = 0.6, 0.9995  # of a test: below, it ranks nothing; above, it cannot resolve


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


class Prior(NamedTuple):
    """What the model file states, before a known part was seen.

    Attributes:
        threshold: in log-odds.
        width: deviation of each kind, in log-odds.
    """

    threshold: float
    width: float


def width_of(metadata: Metadata) -> float:
    """Deviation of each kind in log-odds, from the area under the ROC curve of the file's test.

    For two normals of equal width whose log-odds are calibrated it equals the distance of their
    middles in widths, d' = sqrt(2) z(AUC). A file without the figure counts as a good model.
    """
    area = metadata.metrics.get("roc_auc")
    value = area.get("value") if isinstance(area, dict) else None
    auc = min(max(_MOST_AUC if value is None else float(value), _LEAST_AUC), _MOST_AUC)
    # Two normal distributions of equal width: AUC = Phi(distance / (width * sqrt 2)).
    return math.sqrt(2) * normal_quantile(auc)


def fitted_threshold(known: KnownParts, prior: Prior, costs: Costs = EVEN) -> float:
    """The threshold that the known parts speak for, in log-odds.

    Both kinds of part count alike, whatever their numbers, and all photos of a part as one.

    Args:
        known: known parts.
        prior: what the model file states.
        costs: of errors.
    """
    return (parting(known, prior, costs) + lowest_cost(known, prior, costs)) / 2


def parting(known: KnownParts, prior: Prior, costs: Costs = EVEN) -> float:
    """Where the kinds part: the posterior mean of the threshold of a logistic, on a grid."""
    # (A, C), squared distance from the prior in its widths
    shape = (np.log(_SLOPES) / PRIOR_SLOPE)[:, None] ** 2 + (_SHIFTS / PRIOR_SHIFT) ** 2
    log = -shape / 2
    parts = len(known.good.names) + len(known.defective.names)
    for side, sign in ((known.good, -1), (known.defective, 1)):
        # (P,) Both sides weigh the same, however many parts each has; photos of a part share its
        # weight.
        weights = side.weights * parts / (2 * len(side.names))
        margins = side.logits[:, None] - prior.threshold - _SHIFTS  # (P, C)
        right = expit(sign * _SLOPES[:, None, None] * margins)  # (A, P, C)
        # A share `ODD` of the labels may be wrong: one odd part cannot pull the threshold to
        # itself.
        log += np.einsum("p,apc->ac", weights, np.log(ODD + (1 - 2 * ODD) * right))
    posterior = np.exp(log - log.max())  # less the largest: exp of -1000 is 0 everywhere
    posterior /= posterior.sum()
    # Where an escape costs ten times as much, a part is NG from odds of one in ten.
    offsets = math.log(costs.overkill / costs.escape) / _SLOPES[:, None]
    return prior.threshold + float((posterior * (_SHIFTS + offsets)).sum())


def lowest_cost(known: KnownParts, prior: Prior, costs: Costs = EVEN) -> float:
    """Where the next part costs least: a normal for each kind, parameters unknown (Student's t).

    Where good parts lie above defective ones, nothing separates them: then the middle.
    """
    good, defective = (_next_part(side, prior.width) for side in (known.good, known.defective))
    # the two sides lie the wrong way round, or in one place: no cost has a minimum between them
    if good.place >= defective.place:
        return (good.place + defective.place) / 2
    grid = np.linspace(good.place, defective.place, 401)
    # (401,) expected cost of the next part at each threshold
    escapes = student_cdf((grid - defective.place) / defective.width, defective.freedom)
    overkill = student_cdf(-(grid - good.place) / good.width, good.freedom)
    cost = costs.escape * escapes + costs.overkill * overkill
    return float(grid[int(np.argmin(cost))])


class _NextPart(NamedTuple):
    place: float
    width: float
    freedom: float


def _next_part(side: KnownSide, prior: float) -> _NextPart:
    parts, weights = len(side.names), side.weights
    place = _robust_mean(side.logits, weights, prior)
    offsets = np.clip(side.logits - place, -_CLIPPED * prior, _CLIPPED * prior)
    freedom = PRIOR_PARTS + parts - 1
    variance = (PRIOR_PARTS * prior**2 + float(weights @ offsets**2)) / freedom
    # of the next part, not of the mean: 1 + 1/n
    return _NextPart(place, math.sqrt(variance * (1 + 1 / parts)), freedom)


def _robust_mean(values: Floats, weights: Floats, width: float) -> float:
    """Huber's mean: one photo that lies far off pulls no more than one that lies at its edge."""
    order = np.argsort(values)
    # weighted median: where to start from
    half = np.searchsorted(np.cumsum(weights[order]), weights.sum() / 2)
    place = float(values[order][half])
    for _ in range(_STEPS):
        # weight 1 near the middle, falling with the distance beyond
        pull = weights * np.minimum(1, _HUBER * width / np.maximum(np.abs(values - place), 1e-9))
        place = float(pull @ values / pull.sum())
    return place

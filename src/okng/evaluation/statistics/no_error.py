"""What a test without a single error leaves possible: one bound for every figure made of errors."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from okng.evaluation.results import Rate
from okng.evaluation.statistics.intervals import (
    Bools,
    Floats,
    Groups,
    proportion,
)

METHOD = "no error seen; low end from the exact bounds of escape and overkill"


class NoErrorBound(NamedTuple):
    """The largest error rates that a test without an error leaves possible.

    Both are the high ends of exact 95 % intervals at the effective number of parts (Korn and
    Graubard, 1998), as `proportion` gives them: a part with a hundred photos is no hundred parts.

    Attributes:
        escape: of defective parts.
        overkill: of good ones.
    """

    escape: float
    overkill: float


def no_error_bound(truth: Bools, groups: Groups) -> NoErrorBound:
    """The bound of a test in which every verdict was right.

    Args:
        truth: bool (N,), whether the part is defective; both kinds are there.
        groups: int (N,), equal for photos of one part.
    """
    return NoErrorBound(*(largest_rate(groups[kind]) for kind in (truth, ~truth)))


def largest_rate(groups: Groups) -> float:
    """The largest error rate that photos without an error leave possible, in [0, 1]."""
    bound = proportion(np.zeros(len(groups), dtype=bool), groups).high
    return 1.0 if bound is None else bound


def flawless(formula: Callable[[Floats], Floats], truth: Bools, groups: Groups) -> Rate:
    """A coefficient of 1, whose low end has the error rates of `no_error_bound`.

    Args:
        formula: of tables (R, 4): both defective, only called, only true, both good.
        truth: bool (N,), whether the part is defective.
        groups: int (N,), equal for photos of one part.
    """
    bound = no_error_bound(truth, groups)
    defective, good = float(truth.sum()), float((~truth).sum())
    # TP, FP, FN, TN
    cells = [defective * (1 - bound.escape), good * bound.overkill, defective * bound.escape,
             good * (1 - bound.overkill)]  # fmt: skip
    low = float(formula(np.array([cells]))[0])
    return Rate(value=1.0, low=low, high=1.0, n=len(truth), method=METHOD)


def all_pairs_right(truth: Bools, groups: Groups) -> Rate:
    """An area of 1: every defective part scores above every good one.

    As many pairs of a good and a defective part are independent as the rarer kind has parts.
    """
    # A pair in the wrong order needs one part on the wrong side: no more pairs than the larger
    # rate.
    low = 1 - max(no_error_bound(truth, groups))
    return Rate(value=1.0, low=low, high=1.0, n=len(truth), method=METHOD)

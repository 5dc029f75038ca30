"""One-sided 95 % bounds of the headline figures: the one number that a test proves of each."""

from collections.abc import Mapping
from typing import Any

from okng.evaluation.results import LowerRate, Rate, with_lower, with_upper
from okng.evaluation.statistics.intervals import Bools, Groups, upper_rate

UPPER, LOWER = "upper_one_sided", "lower_one_sided"


def with_bounds(
    rates: Mapping[str, Rate], truth: Bools, called: Bools, groups: Groups
) -> dict[str, Rate]:
    """The rates, those of good and defective parts with their one-sided bounds.

    Args:
        rates: by name.
        truth: bool (N,), whether the part is defective.
        called: bool (N,), whether it was called so.
        groups: int (N,), equal for photos of one part.
    """
    escape = upper_rate(~called[truth], groups[truth])
    overkill = upper_rate(called[~truth], groups[~truth])
    wrong = upper_rate(called != truth, groups)
    # of rates that should be low the upper bound counts
    upper = {"escape_rate": escape, "overkill_rate": overkill}
    # of those that should be high the lower one
    lower = {"accuracy": wrong, "recall": escape, "specificity": overkill}
    bounded = dict(rates)
    bounded |= {name: with_upper(rates[name], bound) for name, bound in upper.items()}
    return bounded | {name: with_lower(rates[name], _rest(bound)) for name, bound in lower.items()}


def with_accuracy_bound(rate: Rate, right: Bools, groups: Groups) -> LowerRate:
    """The accuracy of types with its one-sided lower bound.

    Args:
        rate: accuracy.
        right: bool (N,), whether the photo was named correctly.
        groups: int (N,), equal for photos of one part.
    """
    return with_lower(rate, _rest(upper_rate(~right, groups)))


def bound_of(name: str, rate: Mapping[str, Any]) -> float | None:
    """The bound of a headline figure; of older documents the end of its two-sided interval."""
    upper = name in {"escape_rate", "overkill_rate"}
    key, end = (UPPER, "high") if upper else (LOWER, "low")
    bound = rate.get(key)
    return rate.get(end) if bound is None else bound  # older files have intervals alone


def _rest(rate: float | None) -> float | None:
    return None if rate is None else 1 - rate

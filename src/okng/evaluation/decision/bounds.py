"""One-sided 95 % bounds of the headline figures: the one number that a test proves of each."""

from collections.abc import Mapping
from typing import Any

from okng.evaluation.statistics.intervals import Bools, Groups, upper_rate

UPPER, LOWER = "upper_one_sided", "lower_one_sided"


def add_bounds(document: dict[str, Any], truth: Bools, called: Bools, groups: Groups) -> None:
    """Put one-sided bounds beside the rates of good and defective parts, in place.

    Args:
        document: rates by name, as plain values; those that are absent are passed over.
        truth: bool (N,), whether the part is defective.
        called: bool (N,), whether it was called so.
        groups: int (N,), equal for photos of one part.
    """
    escape = upper_rate(~called[truth], groups[truth])
    overkill = upper_rate(called[~truth], groups[~truth])
    wrong = upper_rate(called != truth, groups)
    for name, key, bound in (
        ("escape_rate", UPPER, escape),
        ("overkill_rate", UPPER, overkill),
        ("accuracy", LOWER, _rest(wrong)),
        ("recall", LOWER, _rest(escape)),
        ("specificity", LOWER, _rest(overkill)),
    ):
        if name in document:
            document[name][key] = bound


def add_accuracy_bound(document: dict[str, Any], right: Bools, groups: Groups) -> None:
    """Put the one-sided lower bound beside the accuracy of types, in place.

    Args:
        document: rates by name, as plain values.
        right: bool (N,), whether the photo was named correctly.
        groups: int (N,), equal for photos of one part.
    """
    document["accuracy"][LOWER] = _rest(upper_rate(~right, groups))


def bound_of(name: str, rate: Mapping[str, Any]) -> float | None:
    """The bound of a headline figure; of older documents the end of its two-sided interval."""
    upper = name in {"escape_rate", "overkill_rate"}
    key, end = (UPPER, "high") if upper else (LOWER, "low")
    found = rate.get(key)
    return rate.get(end) if found is None else found


def _rest(rate: float | None) -> float | None:
    return None if rate is None else 1 - rate

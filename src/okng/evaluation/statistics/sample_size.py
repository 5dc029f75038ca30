"""How many parts a test needs to prove a rate."""

import math
from typing import NamedTuple

from okng.errors import ConfigError
from okng.evaluation.statistics.distributions import binomial_cdf

ALLOWED = (0, 1, 2)  # errors that a plan may allow
_LARGEST = 10**9  # parts; no factory photographs more


class PlannedTest(NamedTuple):
    """A test that proves an escape rate.

    Attributes:
        allowed: escapes that may be seen.
        parts: defective parts it takes, each of them another.
        passes_at_half: probability of passing when the true rate is half of the required one.
        passes_at_tenth: the same at a tenth of it.
    """

    allowed: int
    parts: int
    passes_at_half: float
    passes_at_tenth: float


def plan_test(max_escape: float, confidence: float = 0.95) -> list[PlannedTest]:
    """Sizes of tests that prove an escape rate, by the exact binomial.

    Args:
        max_escape: the rate to prove, in (0, 1).
        confidence: in (0.5, 1).

    Returns:
        One test per number of allowed escapes.

    Raises:
        ConfigError: a number is out of its range.
    """
    faults = []
    if not 1e-7 <= max_escape < 1:
        faults.append(f"max_escape is {max_escape:g}; it lies between 0.00001% and 100%")
    if not 0.5 < confidence < 1:
        faults.append(f"confidence is {confidence:g}; it lies between 50% and 100%, as in 95%")
    if faults:
        raise ConfigError.gather(faults, where="the plan", hint="Correct them.")
    table = []
    for allowed in ALLOWED:
        parts = parts_needed(max_escape, confidence, allowed)
        # How likely the test passes where the true rate is a half, or a tenth, of the limit.
        half, tenth = (binomial_cdf(allowed, parts, max_escape / by) for by in (2, 10))
        table.append(PlannedTest(allowed, parts, half, tenth))
    return table


def parts_needed(rate: float, confidence: float = 0.95, allowed: int = 0) -> int:
    """Fewest parts of which at most `allowed` may fail to prove a failure rate below `rate`."""
    if allowed == 0:
        # solved for n: (1 - rate)^n <= 1 - confidence
        return math.ceil(math.log(1 - confidence) / math.log1p(-rate))
    low, high = allowed, _LARGEST  # bisection: the probability falls with the number of parts
    while high - low > 1:
        middle = (low + high) // 2
        if binomial_cdf(allowed, middle, rate) <= 1 - confidence:
            high = middle
        else:
            low = middle
    return high

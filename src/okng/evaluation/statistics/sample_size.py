"""How many parts a test needs to prove a rate."""

import math
from typing import Any

from scipy import stats

from okng.errors import ConfigError

ALLOWED = (0, 1, 2)
_LARGEST = 10**9


def plan_test(max_escape: float, confidence: float = 0.95) -> list[dict[str, Any]]:
    """Sizes of tests that prove an escape rate, by the exact binomial.

    Args:
        max_escape: the rate to prove, in (0, 1).
        confidence: in (0.5, 1).

    Returns:
        Per number of allowed escapes: `allowed`, `parts` (defective ones, each of them another),
        and `passes_at_half`, `passes_at_tenth`: how likely an inspector passes whose true rate is
        half, or a tenth, of the asked-for one.

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
        half, tenth = (float(stats.binom.cdf(allowed, parts, max_escape / by)) for by in (2, 10))
        table.append(
            {"allowed": allowed, "parts": parts, "passes_at_half": half, "passes_at_tenth": tenth}
        )
    return table


def parts_needed(rate: float, confidence: float = 0.95, allowed: int = 0) -> int:
    """Fewest parts of which at most `allowed` may fail to prove a failure rate below `rate`."""
    if allowed == 0:
        return math.ceil(math.log(1 - confidence) / math.log1p(-rate))
    low, high = allowed, _LARGEST
    while high - low > 1:
        middle = (low + high) // 2
        if stats.binom.cdf(allowed, middle, rate) <= 1 - confidence:
            high = middle
        else:
            low = middle
    return high

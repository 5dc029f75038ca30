"""Numbers as a report writes them: no more digits than a test of its size can bear."""

import math


def percent(value: float | None) -> str:
    """A share in [0, 1] as a percentage: 23.6 %, 0.66 %, 99.86 %, 0 %; `none` when there is none.

    One decimal is enough between 1 and 99 %; nearer to an end, two digits that are not 0 or 9.
    """
    return "none" if value is None else f"{_rounded(value, _decimals(value))} %"


def between(low: float, high: float) -> str:
    """Two shares in [0, 1] as a range of percentages; the wider, the fewer decimals."""
    decimals = _decimals(min(0.5, high - low))
    ends = (_rounded(end, decimals) for end in (low, high))
    return " to ".join(end if float(end) % 100 else f"{float(end):g}" for end in ends) + " %"


def _decimals(share: float) -> int:
    end = 100 * min(share, 1 - share)
    return 1 if end >= 1 or end <= 0 else min(4, 1 - math.floor(math.log10(end)))


def _rounded(share: float, decimals: int) -> str:
    return f"{100 * share:.0f}" if share in {0.0, 1.0} else f"{100 * share:.{decimals}f}"

"""When photos come: days of a plant, as rates per minute and as times drawn from them."""

from collections.abc import Callable, Mapping

import numpy as np
from fleet import MINUTE, Floats

DAY = 1440
"""Minutes of a day."""


def shift_start(peak: float) -> Floats:
    """Two shifts: all lines start at 06:00, stop at 22:00, and stop for breaks and at 14:00."""
    rates = np.zeros(DAY)
    rates[6 * 60 : 22 * 60] = peak
    # breaks: 15 minutes at 09:00 and 17:00, 30 at 12:00 and 19:00, 10 at the change of shifts
    for start, minutes in ((540, 15), (720, 30), (840, 10), (1020, 15), (1140, 30)):
        rates[start : start + minutes] = 0.02 * peak
    return rates


def burst(peak: float) -> Floats:
    """A tenth of the peak all day, and six times eight minutes of the peak: lots done again."""
    rates = np.full(DAY, 0.1 * peak)
    for start in (125, 370, 615, 790, 1040, 1300):
        rates[start : start + 8] = peak
    return rates


def night(peak: float) -> Floats:
    """A hundredth of the peak all day: one slow line, whose cost is that of waiting."""
    return np.full(DAY, 0.01 * peak)


TRACES: Mapping[str, Callable[[float], Floats]] = {
    "shift start": shift_start, "burst": burst, "night": night,
}  # fmt: skip


def times(rates: Floats, rng: np.random.Generator) -> Floats:
    """Times of a Poisson process, in s, rising.

    Many lines together come near to one, whatever the cycle of each (Palm and Khinchin).

    Args:
        rates: photos per second in each minute.
        rng: draws.
    """
    counts = rng.poisson(rates * MINUTE)
    starts = np.repeat(MINUTE * np.arange(len(rates)), counts)
    return np.sort(starts + rng.uniform(0, MINUTE, len(starts)))


def service(number: int, mean: float, variation: float, rng: np.random.Generator) -> Floats:
    """Seconds of a slot for each photo, gamma distributed.

    Args:
        number: of photos.
        mean: in s.
        variation: standard deviation over the mean; 0 for equal times, 1 for exponential ones.
        rng: draws.
    """
    if variation == 0:
        return np.full(number, mean)
    shape = variation**-2
    return rng.gamma(shape, mean / shape, number)

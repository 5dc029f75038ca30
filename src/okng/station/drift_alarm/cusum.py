"""Cumulative sums with a stated rate of false alarms: the arithmetic of the drift alarm.

A CUSUM (Page, Biometrika 1954) adds up how far each part lies beyond its allowance, and begins
anew at 0. Its limit follows from an exponent g with E[exp(g (z - k))] <= 1 for parts in control:
exp(g * sum) is then bounded by an e-process, and with the limit ln(N) / g there are at least N
parts between two false alarms on average (Lorden, Annals of Mathematical Statistics 1971, theorem
2; Shin, Ramdas and Rinaldo, "E-detectors", New England Journal of Statistics in Data Science 2024).
The exponent is fitted to the first parts themselves, so no normal distribution is assumed; it is
made smaller by what these parts leave open, and by how far neighbours resemble each other.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict

from okng.evaluation.statistics.distributions import beta_quantile

Floats = npt.NDArray[np.float64]

CLIP = 3.0
"""Deviations at which a single part stops to count for more: one odd photo is no drift."""
_LEAST_ALLOWANCE, _LARGEST_ALLOWANCE = 0.25, 1.5  # deviations
_SURE = 2.33
"""Standard errors by which the exponent is kept on the safe side: one-sided, 1 %."""
_MOST = 0.99
"""Share of parts beyond which more of them are no change."""
_OVERSHOOT = 1.5
"""How far beyond its limit a sum may grow, in limits: an alarm must be able to end."""


class Change(NamedTuple):
    """A change that began, or that is over.

    Attributes:
        over: whether the parts are those of before again.
        since_us: time of the first part that added to the sum without a break, in microseconds
            since 1970, UTC: about when the change began.
        difference: mean since then less the mean of before, in the unit of the measure.
    """

    over: bool
    since_us: int
    difference: float


class Limits(BaseModel):
    """What one measure is in control.

    Attributes:
        centre: mean.
        deviation: standard deviation of single parts.
        allowance: deviations from the mean that add nothing to a sum.
        up: exponent g of the sum of large values; 0 where it cannot be bounded.
        down: of the sum of small values.
    """

    model_config = ConfigDict(frozen=True)

    centre: float
    deviation: float
    allowance: float
    up: float
    down: float

    @classmethod
    def fitted(cls, values: Sequence[float], sought: float) -> "Limits":
        """From parts in control, in their order.

        Args:
            values: at least two.
            sought: the change that is to be found soon, in the unit of the values.
        """
        sample = np.asarray(values, np.float64)
        centre = float(sample.mean())
        deviation = _deviation(float(sample.std()), sought)
        allowance = _allowance(sought, deviation)
        scaled = np.clip((sample - centre) / deviation, -CLIP, CLIP)
        alike = correlation_time(scaled)
        # the mean itself is known to this accuracy, in deviations
        error = 2 * math.sqrt(alike / len(sample))
        effective = len(sample) / alike
        up, down = (
            _exponent(sign * scaled - max(allowance - error, allowance / 2), effective) / alike
            for sign in (1, -1)
        )
        return cls(centre=centre, deviation=deviation, allowance=allowance, up=up, down=down)

    @classmethod
    def stated(cls, mean: float, deviation: float, error: float, sought: float) -> "Limits":
        """From moments alone, where the parts are not at hand: as of a normal distribution.

        Args:
            mean: of parts in control.
            deviation: of single parts.
            error: standard error of the mean.
            sought: as in `fitted`.
        """
        deviation = _deviation(deviation, sought)
        allowance = _allowance(sought, deviation) + 2 * error / deviation
        exponent = 2 * (allowance - 2 * error / deviation)  # E exp(g(z-k)) = 1 at g = 2k
        return cls(
            centre=mean, deviation=deviation, allowance=allowance,
            up=exponent / 2, down=exponent / 2,  # half: its tails are not known
        )  # fmt: skip

    def steps(self, value: float) -> tuple[float, float]:
        """What a part adds to the sum of large values and to that of small ones, in logarithms."""
        scaled = min(max((value - self.centre) / self.deviation, -CLIP), CLIP)
        return self.up * (scaled - self.allowance), self.down * (-scaled - self.allowance)


class RateLimits(BaseModel):
    """What a share of parts, such as that of NG, is in control.

    The steps are likelihood ratios of the changed share to the outermost one that is in control, so
    E[exp(step)] <= 1 holds exactly.

    Attributes:
        centre: the share.
        high: in control up to here.
        low: in control down to here; 0 where none less is possible.
    """

    model_config = ConfigDict(frozen=True)

    centre: float
    high: float
    low: float

    @classmethod
    def fitted(cls, parts: int, counted: int) -> "RateLimits":
        """From parts in control: the exact interval of 99 % around their share."""
        high = beta_quantile(0.995, counted + 1, parts - counted) if counted < parts else 1.0
        low = beta_quantile(0.005, counted, parts - counted + 1) if counted else 0.0
        return cls(centre=counted / parts, high=min(high, _MOST), low=low)

    def steps(self, value: float) -> tuple[float, float]:
        """As of `Limits`; value is 1 for a part that counts and 0 for another."""
        more = min(max(2 * self.high, self.high + 0.02), (1 + self.high) / 2)  # twice as many
        up = _ratio(value, more, self.high) if self.high < _MOST else 0.0
        return up, _ratio(value, self.low / 2, self.low) if self.low > 0 else 0.0


class Sum(BaseModel):
    """One sum on its way.

    Attributes:
        sum: of what lies beyond the allowance, in natural logarithms (g times deviations).
        since_us: time of the first part since it was 0.
        parts: since then.
        total: of their values.
        on: whether the alarm is on.
    """

    sum: float = 0.0
    since_us: int = 0
    parts: int = 0
    total: float = 0.0
    on: bool = False

    def add(self, step: float, value: float, time_us: int, limit: float) -> bool | None:
        """Add a part.

        Args:
            step: natural logarithm, negative for parts in control.
            value: in the unit of the measure.
            time_us: of the part.
            limit: of the sum.

        Returns:
            True where an alarm begins, False where one is over, None else.
        """
        if self.sum <= 0:
            self.since_us, self.parts, self.total = time_us, 0, 0.0
        self.sum = min(max(self.sum + step, 0.0), _OVERSHOOT * limit)
        self.parts += 1
        self.total += value
        if self.on and self.sum <= 0:
            self.on = False
            return False
        if not self.on and self.sum >= limit:
            self.on = True
            return True
        return None


def correlation_time(values: Floats) -> float:
    """Parts that say as much as one, at least 1: twice the sum of the autocorrelations, less 1.

    Summed as long as pairs of neighbours are positive (Geyer, Statistical Science 1992).

    Args:
        values: float (n,).
    """
    centred = values - values.mean()
    variance = float(centred @ centred)
    if variance <= 0:
        return 1.0
    lags = len(values) // 4
    products = [float(centred[lag:] @ centred[: len(values) - lag]) for lag in range(lags)]
    total = 0.0
    for first, second in zip(products[::2], products[1::2], strict=False):
        if first + second <= 0:
            break
        total += (first + second) / variance
    return max(1.0, 2 * total - 1)


def _ratio(value: float, changed: float, before: float) -> float:
    return math.log(changed / before) if value else math.log((1 - changed) / (1 - before))


def _deviation(deviation: float, sought: float) -> float:
    """At least a third of what is sought: else its half, which may last, would add to the sum."""
    return max(deviation, sought / 2 / _LARGEST_ALLOWANCE)


def _allowance(sought: float, deviation: float) -> float:
    return min(max(sought / 2 / deviation, _LEAST_ALLOWANCE), _LARGEST_ALLOWANCE)


def _exponent(steps: Floats, effective: float) -> float:
    """The largest g, at most twice the allowance, whose E[exp(g step)] is 1 for sure.

    Args:
        steps: float (n,): deviations beyond the allowance.
        effective: independent parts among them.
    """
    low, high = 0.0, -2 * float(steps.mean())  # of a normal distribution of deviation 1
    if high <= 0 or _bound(steps, high, effective) <= 1:
        return max(high, 0.0)
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if _bound(steps, middle, effective) <= 1 else (low, middle)
    return low


def _bound(steps: Floats, exponent: float, effective: float) -> float:
    grown = np.exp(exponent * steps)
    return float(grown.mean() + _SURE * grown.std() / math.sqrt(effective))

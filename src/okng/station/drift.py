"""Drift of a station: control charts of the NG rate, the unfamiliarity and the score over time.

A point outside of its limits is a reason to look at the camera, the product or the model. It
changes no verdict. The charts take numbers; where they come from is not their concern.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from okng.evaluation.statistics.distributions import (
    beta_binomial_quantile,
    binomial_quantile,
    normal_quantile,
    student_quantile,
)
from okng.modelfile import Moments

TAIL = 0.00135
"""Probability beyond each limit while nothing changes: that of three deviations of a normal."""
WEIGHT = 0.2
"""Share of the newest point in a moving average (Montgomery: 0.05 to 0.25)."""
WIDTH = 3.0
"""Deviations of the moving average from its baseline to either limit."""
FEWEST = 5
"""Periods of the line itself from which a baseline may be taken."""
FAMILIAR = 0.5
"""Mean unfamiliarity of the training's parts: it is a share of them, uniform in [0, 1]."""


class Chart(StrEnum):
    """What a chart shows."""

    NG_RATE = "ng-rate"
    UNFAMILIARITY = "unfamiliarity"
    SCORE = "score"


class Counted(NamedTuple):
    """The parts of a period, such as a shift.

    Attributes:
        begun: start of the period.
        parts: that were inspected.
        rejected: those of them that were NG.
    """

    begun: datetime
    parts: int
    rejected: int


class Averaged(NamedTuple):
    """A mean over the parts of a period.

    Attributes:
        begun: start of the period.
        parts: that were inspected.
        mean: of them.
    """

    begun: datetime
    parts: int
    mean: float


class Expected(NamedTuple):
    """A baseline that was measured on other parts, such as those of the test.

    Attributes:
        mean: over these parts.
        deviation: of single parts around it.
        error: standard error of the mean: so few parts give it.
    """

    mean: float
    deviation: float
    error: float

    @classmethod
    def of(cls, moments: Moments) -> "Expected":
        """From what a model file states of the photos of its test and validation."""
        error = moments.deviation / math.sqrt(moments.parts)
        return cls(moments.mean, moments.deviation, error)


UNIFORM = Expected(FAMILIAR, 1 / math.sqrt(12), 0.0)
"""Of the unfamiliarity of good parts, where nothing was measured."""


@dataclass(frozen=True, slots=True)
class ChartPoint:
    """One period of a chart.

    Attributes:
        begun: start of the period.
        parts: that were inspected.
        value: of the period: a rate, or a mean.
        charted: what is compared with the limits: the rate, or the moving average of the means.
        low: lower limit.
        high: upper limit.
    """

    begun: datetime
    parts: int
    value: float
    charted: float
    low: float
    high: float

    @property
    def outside(self) -> bool:
        """Whether it lies outside of its limits."""
        return not self.low <= self.charted <= self.high


@dataclass(frozen=True, slots=True)
class ControlChart:
    """A control chart.

    Attributes:
        chart: what it shows.
        baseline: what is expected while nothing changes; None where too little is known.
        points: periods with at least one part, in order.
    """

    chart: Chart
    baseline: float | None
    points: tuple[ChartPoint, ...] = ()

    @property
    def outside(self) -> tuple[ChartPoint, ...]:
        """Points outside of their limits."""
        return tuple(point for point in self.points if point.outside)


def ng_chart(
    periods: Sequence[Counted], *, baseline: float | None = None, spread: float | None = None
) -> ControlChart:
    """The p-chart of the NG rate, with exact limits of each period.

    Lines vary more than a fixed rate would: dies wear, coils change. Where the baseline comes from
    the first periods, their own spread widens the limits (beta-binomial).

    Args:
        periods: in order of time; those without a part are left out.
        baseline: expected rate, in (0, 1); from the first `FEWEST` periods if not given.
        spread: correlation of parts within a period, in [0, 1); likewise.
    """
    counted = [period for period in periods if period.parts > 0]
    if baseline is None and len(counted) < FEWEST:
        return ControlChart(Chart.NG_RATE, None)
    first = counted[:FEWEST]
    rate = _rate(first) if baseline is None else baseline
    # a baseline that is given states its own spread
    width = _correlation(first, rate) if spread is None and baseline is None else spread or 0.0
    points = tuple(_ng_point(period, rate, width) for period in counted)
    return ControlChart(Chart.NG_RATE, rate, points)


def unfamiliarity_chart(periods: Sequence[Averaged], expected: Expected = UNIFORM) -> ControlChart:
    """The moving average of the mean unfamiliarity against that of the training's camera.

    In front of it the unfamiliarity of good parts is uniform in [0, 1], so the baseline needs no
    measurement. Only an upper limit is a finding: parts that are more familiar than the
    training's own are no fault.

    Args:
        periods: in order of time, with means in [0, 1].
        expected: as measured on photos of parts that training did not see.
    """
    chart = mean_chart(periods, Chart.UNFAMILIARITY, expected)
    points = (ChartPoint(p.begun, p.parts, p.value, p.charted, 0.0, p.high) for p in chart.points)
    return ControlChart(Chart.UNFAMILIARITY, expected.mean, tuple(points))


def score_chart(periods: Sequence[Averaged], expected: Expected | None = None) -> ControlChart:
    """The moving average of the mean score of OK parts.

    Args:
        periods: in order of time, with means of the log-odds of the defect score.
        expected: as measured on good parts that training did not see; the first `FEWEST` periods
            are the baseline if not given.
    """
    if expected is not None:
        return mean_chart(periods, Chart.SCORE, expected)
    counted = [period for period in periods if period.parts > 0]
    if len(counted) < FEWEST:
        return ControlChart(Chart.SCORE, None)
    means = [period.mean for period in counted[:FEWEST]]
    baseline = math.fsum(means) / FEWEST
    spread = math.sqrt(math.fsum((mean - baseline) ** 2 for mean in means) / (FEWEST - 1))
    # Few periods give the deviation poorly: the factor of Student's t for as many of them.
    wider = student_quantile(1 - TAIL, FEWEST - 1) / normal_quantile(1 - TAIL)
    return mean_chart(counted, Chart.SCORE, Expected(baseline, 0.0, 0.0), between=wider * spread)


def mean_chart(
    periods: Sequence[Averaged], chart: Chart, expected: Expected, *, between: float = 0.0
) -> ControlChart:
    """The exponentially weighted moving average of a mean (Roberts, 1959), for periods of any size.

    Args:
        periods: in order of time; those without a part are left out.
        chart: what it shows.
        expected: the baseline. Its error is the same in every period, so no average lessens it.
        between: deviation of the true means of periods, which more parts do not lessen.
    """
    average, variance = expected.mean, 0.0
    points = []
    for begun, parts, mean in periods:
        if parts <= 0:
            continue
        average += WEIGHT * (mean - average)
        own = between**2 + expected.deviation**2 / parts
        variance = (1 - WEIGHT) ** 2 * variance + WEIGHT**2 * own
        reach = WIDTH * math.hypot(math.sqrt(variance), expected.error)
        low, high = expected.mean - reach, expected.mean + reach
        points.append(ChartPoint(begun, parts, mean, average, low, high))
    return ControlChart(chart, expected.mean, tuple(points))


def _rate(periods: Sequence[Counted]) -> float:
    """Rejected parts of all, with half a part added: a rate of 0 would allow none ever after."""
    rejected, parts = (sum(p.rejected for p in periods), sum(p.parts for p in periods))
    # half an error in one part more: a baseline of 0 would make every error an alarm
    return (rejected + 0.5) / (parts + 1)


def _correlation(periods: Sequence[Counted], rate: float) -> float:
    """By how much periods vary beyond chance, as a correlation of their parts (moments)."""
    expected = rate * (1 - rate)
    # variance beyond that of a binomial, by period
    excess = [(p.rejected / p.parts - rate) ** 2 - expected / p.parts for p in periods]
    weight = math.fsum(expected * (1 - 1 / p.parts) for p in periods)
    return min(max(math.fsum(excess) / weight, 0.0), 0.5) if weight > 0 else 0.0


def _ng_point(period: Counted, rate: float, correlation: float) -> ChartPoint:
    low, high = _limits(period.parts, rate, correlation)
    value = period.rejected / period.parts
    return ChartPoint(period.begun, period.parts, value, value, low, high)


def _limits(parts: int, rate: float, correlation: float) -> tuple[float, float]:
    tails = (TAIL, 1 - TAIL)
    if correlation > 0:
        size = 1 / correlation - 1  # a beta-binomial with this correlation within a period
        low, high = (
            beta_binomial_quantile(tail, parts, rate * size, (1 - rate) * size) for tail in tails
        )
    else:
        low, high = (binomial_quantile(tail, parts, rate) for tail in tails)
    return low / parts, high / parts

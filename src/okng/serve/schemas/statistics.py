"""Figures of a period, as answers have them."""

from datetime import datetime
from typing import Self

from pydantic import BaseModel, Field

from okng.records.queries import ReviewedRates, Statistics
from okng.records.queries.exact_rate import ExactRate
from okng.records.queries.statistics import Histogram
from okng.station.clock import utc_of
from okng.station.drift import ChartPoint, ControlChart
from okng.station.drift_charts import DriftCharts


class LatencyBody(BaseModel):
    """Time from receipt to verdict, in milliseconds; percentiles are off by 4.5 % at most."""

    mean: float
    p50: float
    p95: float
    p99: float
    maximum: float


class HistogramBody(BaseModel):
    """How a number in [0, 1] is distributed."""

    counts: list[int] = Field(description="Inspections in each of 50 bins.")
    mean: float | None

    @classmethod
    def of(cls, histogram: Histogram) -> Self:
        """The body for a histogram of the records."""
        return cls(counts=list(histogram.counts), mean=histogram.mean)


class PeriodBody(BaseModel):
    """What a station did in a period."""

    since: datetime
    until: datetime = Field(description="Not included.")
    ok: int
    ng: int
    review: int
    error: int
    yield_rate: float | None = Field(description="Share with the verdict OK.")
    ng_rate: float | None = Field(description="Share with the verdict NG.")
    latency_ms: LatencyBody | None
    score: HistogramBody
    unfamiliarity: HistogramBody

    @classmethod
    def of(cls, period: Statistics) -> Self:
        """The body for statistics of the records."""
        counts, latency = period.counts, period.latency
        return cls(
            since=utc_of(period.since_us),
            until=utc_of(period.until_us),
            ok=counts.ok,
            ng=counts.ng,
            review=counts.review,
            error=counts.error,
            yield_rate=counts.yield_rate,
            ng_rate=counts.ng_rate,
            latency_ms=None
            if latency is None
            else LatencyBody(
                mean=latency.mean, p50=latency.p50, p95=latency.p95, p99=latency.p99,
                maximum=latency.maximum,
            ),
            score=HistogramBody.of(period.score),
            unfamiliarity=HistogramBody.of(period.unfamiliarity),
        )  # fmt: skip


class RateBody(BaseModel):
    """A rate with its exact 95 % interval."""

    value: float | None
    low: float | None
    high: float | None
    n: int

    @classmethod
    def of(cls, rate: ExactRate) -> Self:
        """The body for a rate of the records."""
        return cls(value=rate.value, low=rate.low, high=rate.high, n=rate.n)


class ReviewedBody(BaseModel):
    """Errors among the reviewed parts, which are a choice and not a sample."""

    escapes: RateBody
    overkill: RateBody
    reviewed: int

    @classmethod
    def of(cls, rates: ReviewedRates) -> Self:
        """The body for rates of the records."""
        return cls(
            escapes=RateBody.of(rates.escapes),
            overkill=RateBody.of(rates.overkill),
            reviewed=rates.reviewed,
        )


class StatisticsBody(BaseModel):
    """Figures of a period and of its steps."""

    whole: PeriodBody
    steps: list[PeriodBody]
    reviewed: ReviewedBody


class ChartPointBody(BaseModel):
    """One period of a control chart."""

    since: datetime
    parts: int
    value: float = Field(description="Of the period.")
    charted: float = Field(description="What is compared: the value, or its moving average.")
    low: float
    high: float
    outside: bool

    @classmethod
    def of(cls, point: ChartPoint) -> Self:
        """The body for a point."""
        return cls(
            since=point.begun,
            parts=point.parts,
            value=point.value,
            charted=point.charted,
            low=point.low,
            high=point.high,
            outside=point.outside,
        )


class ControlChartBody(BaseModel):
    """A control chart."""

    baseline: float | None = Field(description="Expected; null while too little is known.")
    points: list[ChartPointBody] = Field(description="Periods with at least one part.")

    @classmethod
    def of(cls, chart: ControlChart) -> Self:
        """The body for a chart."""
        return cls(baseline=chart.baseline, points=[ChartPointBody.of(p) for p in chart.points])


class DriftBody(BaseModel):
    """Control charts of a station. A point outside is a reason to look, and changes no verdict."""

    ng_rate: ControlChartBody = Field(description="Share of NG, against the first periods.")
    score: ControlChartBody = Field(
        description="Mean log-odds of the defect score of OK parts, bounded to 13.8."
    )
    unfamiliarity: ControlChartBody
    from_training: bool = Field(
        description="Whether scores are compared with the photos of the model's test; else with "
        "the first periods."
    )

    @classmethod
    def of(cls, charts: DriftCharts) -> Self:
        """The body for the charts of a station."""
        return cls(
            ng_rate=ControlChartBody.of(charts.ng_rate),
            score=ControlChartBody.of(charts.score),
            unfamiliarity=ControlChartBody.of(charts.unfamiliarity),
            from_training=charts.from_training,
        )

"""Figures of a period: counts, charts, errors among reviewed parts."""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from okng.records import Records
from okng.records.queries import ReviewedRates, Statistics
from okng.serve.web.views.charts import (
    Chart,
    level_chart,
    rejects_chart,
    score_chart,
    unfamiliarity_chart,
    yield_chart,
)
from okng.station.drift_charts import DriftCharts, held_out_of
from okng.station.models import Models
from okng.wording import mark

_HOUR_US = 3_600_000_000


class Period(StrEnum):
    """How far back the figures go, and in which steps."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"

    @property
    def label(self) -> str:
        """Its name in English, marked for translation."""
        return _LABELS[self]

    @property
    def hours(self) -> int:
        """Its length."""
        return _HOURS[self][0]

    @property
    def step(self) -> int:
        """Hours of one step."""
        return _HOURS[self][1]


_LABELS = {
    Period.DAY: mark("24 hours"),
    Period.WEEK: mark("7 days"),
    Period.MONTH: mark("30 days"),
    Period.QUARTER: mark("90 days"),
}
_HOURS = {Period.DAY: (24, 1), Period.WEEK: (168, 6), Period.MONTH: (720, 24),
          Period.QUARTER: (2160, 24)}  # fmt: skip


class Figures(NamedTuple):
    """What the page of figures shows.

    Attributes:
        whole: of the period.
        charts: over its steps.
        rates: escapes and overkill among its reviewed parts.
    """

    whole: Statistics
    charts: Sequence[Chart]
    rates: ReviewedRates

    @classmethod
    def of(
        cls,
        records: Records,
        now_us: int,
        period: Period,
        station: str,
        models: Models,
    ) -> "Figures":
        """The figures of the period that ends now.

        Args:
            records: to read.
            now_us: microseconds since 1970, UTC.
            period: how far back.
            station: its name.
            models: of the station; one alone is what its scores are compared with.
        """
        length, step = period.hours * _HOUR_US, period.step * _HOUR_US
        since = now_us - length
        steps = records.series(since, now_us, step, station=station)
        whole = records.statistics(since, now_us, station=station)
        before = records.statistics(since - length, since, station=station)
        held_out, thresholds = held_out_of(models), _thresholds(models)
        drift = DriftCharts.of(steps, held_out)
        charts = (
            yield_chart(steps),
            rejects_chart(steps, drift.ng_rate),
            score_chart(whole.score, before.score, held_out, thresholds),
            level_chart(steps, drift.score, from_training=drift.from_training),
            unfamiliarity_chart(steps, drift.unfamiliarity),
        )
        return cls(whole, charts, records.reviewed_rates(since, now_us, station=station))


def _thresholds(models: Models) -> list[float]:
    return [each.engine.metadata.operating_point.threshold for each in models.all()]

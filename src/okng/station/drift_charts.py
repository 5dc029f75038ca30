"""The control charts of a station, from its statistics and from what its model file states."""

from collections.abc import Sequence
from typing import NamedTuple

from okng.modelfile import HeldOut, Moments
from okng.records.queries import Statistics
from okng.station.clock import utc_of
from okng.station.drift import (
    UNIFORM,
    Averaged,
    ControlChart,
    Counted,
    Expected,
    ng_chart,
    score_chart,
    unfamiliarity_chart,
)
from okng.station.models import Models


class DriftCharts(NamedTuple):
    """Control charts over the same periods.

    Attributes:
        ng_rate: share of NG, against the first periods.
        score: mean log-odds of the defect score of OK parts.
        unfamiliarity: mean of all parts.
        from_training: whether score and unfamiliarity are compared with photos of parts that
            training did not see; else with the first periods, and with a uniform number.
    """

    ng_rate: ControlChart
    score: ControlChart
    unfamiliarity: ControlChart
    from_training: bool

    @classmethod
    def of(cls, steps: Sequence[Statistics], held_out: HeldOut | None) -> "DriftCharts":
        """Charts of periods in order of time.

        Args:
            steps: statistics of each period.
            held_out: of the model file; None for files without it.
        """
        scores = None if held_out is None else _expected(held_out.passed_log_odds)
        familiar = None if held_out is None else _expected(held_out.good_unfamiliarity)
        return cls(
            ng_chart([Counted(utc_of(s.since_us), s.counts.total, s.counts.ng) for s in steps]),
            score_chart([_averaged(s, s.ok_scored, s.ok_log_odds) for s in steps], scores),
            unfamiliarity_chart([_unfamiliarity(s) for s in steps], familiar or UNIFORM),
            scores is not None,
        )


def held_out_of(models: Models) -> HeldOut | None:
    """Of the one model that decides; of several, whose parts differ, None."""
    live = models.all()
    return live[0].engine.metadata.held_out if len(live) == 1 else None


def _expected(moments: Moments | None) -> Expected | None:
    return None if moments is None else Expected.of(moments)


def _unfamiliarity(step: Statistics) -> Averaged:
    return _averaged(step, sum(step.unfamiliarity.counts), step.unfamiliarity.mean)


def _averaged(step: Statistics, parts: int, mean: float | None) -> Averaged:
    return Averaged(utc_of(step.since_us), 0 if mean is None else parts, mean or 0.0)

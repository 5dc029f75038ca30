"""Figures of a period: counts, latency, distributions, and what reviews show."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from okng.errors import StationError
from okng.records import Role
from okng.serve.context import ServingNow
from okng.serve.problems import responses
from okng.serve.routes.inspections import microseconds_of, records_of
from okng.serve.schemas import PeriodBody, ReviewedBody, StatisticsBody
from okng.serve.schemas.statistics import DriftBody
from okng.serve.security import require
from okng.station.drift_charts import DriftCharts, held_out_of

router = APIRouter(prefix="/api/v1", tags=["statistics"], dependencies=[Depends(require())])

_MOST_STEPS = 1000
_MINUTE_US = 60_000_000


@router.get("/statistics", responses={**responses(400, 401, 422, 503)})
def statistics(
    serving: ServingNow,
    since: Annotated[datetime | None, Query(description="A day ago, if left out.")] = None,
    until: Annotated[datetime | None, Query(description="Now, if left out.")] = None,
    station: Annotated[str | None, Query(max_length=200)] = None,
    role: Role = Role.LIVE,
    model_digest: Annotated[str | None, Query(max_length=64)] = None,
    step_minutes: Annotated[int | None, Query(ge=15, le=44640)] = None,
) -> StatisticsBody:
    """Figures of a period, and of each step of it where a step is given."""
    records, (since_us, until_us) = records_of(serving), _period(since, until)
    steps = []
    if step_minutes is not None:
        steps = records.series(
            since_us, until_us, _step_us(since_us, until_us, step_minutes),
            station=station, role=role, model_digest=model_digest,
        )  # fmt: skip
    whole = records.statistics(
        since_us, until_us, station=station, role=role, model_digest=model_digest
    )
    reviewed = records.reviewed_rates(since_us, until_us, station=station)
    return StatisticsBody(
        whole=PeriodBody.of(whole),
        steps=[PeriodBody.of(each) for each in steps],
        reviewed=ReviewedBody.of(reviewed),
    )


@router.get("/statistics/drift", responses={**responses(400, 401, 404, 422, 503)})
def drift(
    serving: ServingNow,
    since: Annotated[datetime | None, Query(description="A day ago, if left out.")] = None,
    until: Annotated[datetime | None, Query(description="Now, if left out.")] = None,
    step_minutes: Annotated[int, Query(ge=15, le=44640)] = 60,
) -> DriftBody:
    """Control charts of this station: NG rate, scores and unfamiliarity of each step."""
    records, (since_us, until_us) = records_of(serving), _period(since, until)
    step_us = _step_us(since_us, until_us, step_minutes)
    steps = records.series(since_us, until_us, step_us, station=serving.station.name)
    return DriftBody.of(DriftCharts.of(steps, held_out_of(serving.station.models)))


def _period(since: datetime | None, until: datetime | None) -> tuple[int, int]:
    """Begin and end in microseconds since 1970, UTC.

    Raises:
        StationError: it is empty.
    """
    end = until or datetime.now(UTC)
    since_us, until_us = microseconds_of(since or end - timedelta(days=1)), microseconds_of(end)
    if since_us >= until_us:
        raise StationError("The period is empty", where="since", hint="Begin before the end.")
    return since_us, until_us


def _step_us(since_us: int, until_us: int, minutes: int) -> int:
    """The length of a step in microseconds.

    Raises:
        StationError: the period has too many of them.
    """
    step_us = minutes * _MINUTE_US
    if (until_us - since_us) / step_us > _MOST_STEPS:
        raise StationError(
            "The period has too many steps",
            where="step_minutes",
            allowed=f"{_MOST_STEPS} steps",
            hint="Take a longer step, or a shorter period.",
        )
    return step_us

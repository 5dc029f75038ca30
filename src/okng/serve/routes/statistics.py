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
from okng.serve.security import require

router = APIRouter(prefix="/api/v1", tags=["statistics"], dependencies=[Depends(require())])

_MOST_STEPS = 1000


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
    end = until or datetime.now(UTC)
    until_us = microseconds_of(end)
    since_us = microseconds_of(since or end - timedelta(days=1))
    records = records_of(serving)
    if since_us >= until_us:
        raise StationError("The period is empty", where="since", hint="Begin before the end.")
    steps = []
    if step_minutes is not None:
        if (until_us - since_us) / (step_minutes * 60_000_000) > _MOST_STEPS:
            raise StationError(
                "The period has too many steps",
                where="step_minutes",
                allowed=f"{_MOST_STEPS} steps",
                hint="Take a longer step, or a shorter period.",
            )
        steps = records.series(
            since_us, until_us, step_minutes * 60_000_000,
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

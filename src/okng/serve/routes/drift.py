"""The drift alarm: what changed, how far it has learned, and learning anew."""

from typing import Annotated

from fastapi import APIRouter, Depends

from okng.errors import MissingError
from okng.serve.context import Serving, ServingNow
from okng.serve.problems import responses
from okng.serve.routes.inspections import records_of
from okng.serve.schemas.drift import DriftBody, LearnAnew
from okng.serve.security import Caller, Scope, require
from okng.station.drift_alarm import DriftWatcher
from okng.station.drift_alarm.anew import learn_anew

router = APIRouter(prefix="/api/v1/drift", tags=["drift"])
_REFUSALS = responses(401, 403, 404, 422, 503)


@router.get("", dependencies=[Depends(require())], responses={**responses(401, 404)})
def drift(serving: ServingNow) -> DriftBody:
    """Changes that have begun and are not over, and how far the alarm has learned."""
    return DriftBody.of(_watcher(serving))


@router.post("/learn", responses={**_REFUSALS})
def learn(
    serving: ServingNow,
    given: LearnAnew,
    caller: Annotated[Caller, Depends(require(Scope.CHANGE))],
) -> DriftBody:
    """Learn anew what is in control, after a new lamp, lens or position; it goes on record."""
    watcher = _watcher(serving)
    learn_anew(
        watcher, records_of(serving), serving.station.name, caller.name, given.reason, given.product
    )
    return DriftBody.of(watcher)


def _watcher(serving: Serving) -> DriftWatcher:
    if serving.station.drift is None:
        raise MissingError("This station has no drift alarm", hint="Set `drift.watch`.")
    return serving.station.drift

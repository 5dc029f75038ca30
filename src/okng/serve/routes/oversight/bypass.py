"""The bypass log: the inspection out of use, by whom, why and until when."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from okng.serve.context import Serving, ServingNow
from okng.serve.oversight_bodies import BypassBody, BypassEntryBody, BypassesBody, BypassGiven
from okng.serve.problems import responses
from okng.serve.security import Caller, Scope, require

router = APIRouter(prefix="/api/v1/bypass", tags=["bypass"])

Changer = Annotated[Caller, Depends(require(Scope.CHANGE))]
_REFUSALS = responses(400, 401, 403, 404, 422, 503)


@router.get("", dependencies=[Depends(require())], responses={**responses(401, 404, 503)})
def bypasses(serving: ServingNow) -> BypassesBody:
    """The bypass that is on, and the log of all of them."""
    return _bypasses(serving)


@router.post("", status_code=201, responses={**_REFUSALS})
def begin(serving: ServingNow, given: BypassGiven, caller: Changer) -> BypassesBody:
    """Take the inspection out of use. Verdicts are still stored, and answered as bypassed."""
    serving.guards.bypass.begin(caller.name, given.reason, given.until)
    return _bypasses(serving)


@router.delete("", responses={**_REFUSALS})
def end(
    serving: ServingNow,
    caller: Changer,
    reason: Annotated[str, Query(max_length=4000, description="Why; goes on record.")] = "",
) -> BypassesBody:
    """Take the inspection into use again, before the bypass ends by itself."""
    serving.guards.bypass.end(caller.name, reason)
    return _bypasses(serving)


def _bypasses(serving: Serving) -> BypassesBody:
    log = serving.guards.bypass
    current = log.current()
    return BypassesBody(
        current=None if current is None else BypassBody.of(current),
        entries=[BypassEntryBody.of(entry) for entry in reversed(log.history())],
    )

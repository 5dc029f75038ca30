"""Master parts: the list, and the check of the station with them."""

from typing import Annotated

import numpy as np
import numpy.typing as npt
from fastapi import APIRouter, Depends, Query, Request

from okng import preprocess
from okng.errors import PhotoError
from okng.records import Role
from okng.records.payloads import MasterPartChange
from okng.serve.context import Serving, ServingNow
from okng.serve.intake import receive
from okng.serve.observing.logs import request_id_of
from okng.serve.oversight_bodies import (
    CheckBody,
    CheckResultBody,
    MasterPartBody,
    MasterPartGiven,
    MastersBody,
    StatusBody,
)
from okng.serve.problems import responses
from okng.serve.schemas import SERIAL
from okng.serve.security import Caller, Scope, require
from okng.serve.waiting import answers
from okng.station import PhotoRequest

router = APIRouter(prefix="/api/v1/masters", tags=["masters"])

Reviewer = Annotated[Caller, Depends(require(Scope.REVIEW))]
Changer = Annotated[Caller, Depends(require(Scope.CHANGE))]
_REFUSALS = responses(400, 401, 403, 404, 422, 503)
_PHOTO = {
    "requestBody": {
        "required": True,
        "content": {
            kind: {"schema": {"type": "string", "format": "binary"}}
            for kind in ("image/*", "application/octet-stream")
        },
    }
}


@router.get("", dependencies=[Depends(require())], responses={**responses(401, 404, 503)})
def masters(serving: ServingNow) -> MastersBody:
    """The list of master parts, the state of the check, and a check that has begun."""
    return _masters(serving)


@router.post("/parts", status_code=201, responses={**_REFUSALS})
def add_part(serving: ServingNow, given: MasterPartGiven, caller: Changer) -> MastersBody:
    """Add a part whose truth is known, alone or in place of another."""
    change = MasterPartChange(
        action="replaced" if given.replaces else "added",
        truth=given.truth,
        label=given.label,
        note=given.note,
        replaces=given.replaces,
    )
    serving.guards.masters.change(given.serial, change, caller.name)
    return _masters(serving)


@router.delete("/parts/{serial}", responses={**_REFUSALS})
def retire_part(
    serving: ServingNow,
    serial: str,
    caller: Changer,
    note: Annotated[str, Query(max_length=4000, description="Why; goes on record.")] = "",
) -> MastersBody:
    """Take a part off the list; what is on record about it stays."""
    change = MasterPartChange(action="retired", note=note)
    serving.guards.masters.change(serial, change, caller.name)
    return _masters(serving)


@router.get(
    "/checks", dependencies=[Depends(require())], responses={**responses(401, 404, 422, 503)}
)
def checks(
    serving: ServingNow, limit: Annotated[int, Query(ge=1, le=500)] = 50
) -> list[CheckResultBody]:
    """Checks on record, newest first."""
    results = serving.guards.masters.history(limit)
    return [CheckResultBody.of(result) for result in reversed(results)]


@router.post("/checks", status_code=201, responses={**_REFUSALS})
def begin_check(serving: ServingNow, caller: Reviewer) -> CheckBody:
    """Begin a check of the first model; one that has begun before is dropped."""
    name, engine = serving.station.models.live(None)
    check = serving.guards.masters.begin(caller.name, model_digest=engine.digest, model_name=name)
    return CheckBody.of(check, ())


@router.post(
    "/checks/current/photos",
    responses={**responses(400, 401, 403, 404, 408, 413, 415, 422, 429, 503, 504)},
    openapi_extra=_PHOTO,
)
async def show_part(
    request: Request,
    serving: ServingNow,
    caller: Reviewer,
    serial: Annotated[str, Query(min_length=1, max_length=SERIAL)],
) -> CheckBody:
    """Judge the photo of a master part, also where the station is blocked.

    A part that is shown again replaces what was shown of it before.
    """
    log = serving.guards.masters
    log.parts.part(serial)
    received = await receive(request, most=1)
    asked = PhotoRequest(
        photo=received.photos[0],
        serial=serial,
        product=serving.settings.station.product,
        role=Role.MASTER,
        asked_by=caller.name,
        client=caller.client,
        request_id=request_id_of(request),
        arrival=received.arrival,
    )
    timeout = serving.settings.server.timeout
    (answer,) = await answers(request, [serving.station.judge(asked)], timeout)
    check = log.show(serial, answer.row, _decoded(received.photos[0]))
    return CheckBody.of(check, log.findings())


@router.post("/checks/current/finish", responses={**_REFUSALS})
def finish_check(serving: ServingNow, caller: Reviewer) -> CheckResultBody:
    """End the check; parts that were not shown fail it."""
    return CheckResultBody.of(serving.guards.masters.finish(caller.name))


def _masters(serving: Serving) -> MastersBody:
    guards = serving.guards
    log = guards.masters
    return MastersBody(
        parts=[MasterPartBody.of(part) for part in log.parts],
        status=StatusBody.of(guards.state().masters),
        check=None if log.check is None else CheckBody.of(log.check, log.findings()),
    )


def _decoded(photo: bytes) -> npt.NDArray[np.uint8] | None:
    """The photo for light and position; its verdict is ERROR already where it cannot be read."""
    try:
        return preprocess.decode(photo)
    except PhotoError:
        return None

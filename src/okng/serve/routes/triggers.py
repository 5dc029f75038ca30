"""Take a photo of the part in front of a camera of the station, and judge it."""

import asyncio
from typing import TYPE_CHECKING, Annotated
from uuid import uuid4

from fastapi import APIRouter, Depends, Path, Query

from okng.connect.part import Outcome
from okng.connect.triggers.http import HttpTrigger
from okng.errors import ConnectError, MissingError
from okng.serve.context import ServingNow
from okng.serve.problems import responses
from okng.serve.routes.asking import Key
from okng.serve.schemas import SERIAL, InspectionBody
from okng.serve.security import Scope, require
from okng.serve.waiting import too_late

if TYPE_CHECKING:
    from concurrent.futures import Future

router = APIRouter(prefix="/api/v1/trigger", tags=["line"])

Given = Annotated[str | None, Query(min_length=1, max_length=SERIAL)]


@router.post(
    "/{source}",
    dependencies=[Depends(require(Scope.JUDGE))],
    responses={**responses(400, 401, 403, 404, 503, 504)},
)
async def trigger(
    serving: ServingNow,
    source: Annotated[str, Path(max_length=64)],
    serial: Given = None,
    batch: Given = None,
    product: Given = None,
    key: Key = None,
) -> InspectionBody:
    """Take a photo with a camera of the line; the answer comes once the verdict is on record.

    The same idempotency key gets the answer of the same part, without another photo.
    """
    camera = serving.shared.find(HttpTrigger, source)
    if camera is None:
        raise MissingError(
            "There is no camera with such a trigger",
            where=source,
            hint='Give a source of the station a trigger with kind = "http" and this path.',
        )
    answer = camera.shoot(key or uuid4().hex, serial, batch, product)
    outcome = await _answered(answer, serving.settings.server.timeout)
    if outcome.row is None:
        raise outcome.fault or ConnectError("There is no verdict for this part.")
    return InspectionBody.of(outcome.row, bypassed=serving.is_bypassed(outcome.row))


async def _answered(answer: "Future[Outcome]", timeout: float) -> Outcome:
    """The outcome; the part is judged in any case, so nothing is cancelled."""
    try:
        return await asyncio.wait_for(asyncio.shield(asyncio.wrap_future(answer)), timeout)
    except TimeoutError:
        raise too_late(timeout, "part") from None

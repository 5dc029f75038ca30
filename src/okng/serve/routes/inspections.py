"""Judge photos, and read what is on record."""

from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from okng.error_codes import Code
from okng.errors import MissingError, StationError
from okng.serve.context import Serving, ServingNow
from okng.serve.intake import Received, receive
from okng.serve.logs import request_id_of
from okng.serve.problems import responses
from okng.serve.schemas import SERIAL, InspectionBody
from okng.serve.security import Caller, Scope, require
from okng.serve.waiting import answers
from okng.station import PhotoRequest

router = APIRouter(prefix="/api/v1/inspections", tags=["inspections"])

_REFUSALS = responses(400, 401, 403, 408, 409, 413, 415, 422, 429, 503, 504)
_REPEATED = "Idempotency-Replayed"
_PHOTO = {"schema": {"type": "string", "format": "binary"}}
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "image/*": _PHOTO,
            "application/octet-stream": _PHOTO,
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["photo"],
                    "properties": {
                        "photo": {"type": "string", "format": "binary"},
                        **{n: {"type": "string", "maxLength": SERIAL} for n in
                           ("serial", "station", "batch", "product", "model", "idempotency_key")},
                    },
                }
            },
        },
    }
}  # fmt: skip

_Text = Annotated[
    str | None, Field(None, min_length=1, max_length=SERIAL, pattern=r"^[^\x00-\x1f]+$")
]


class About(BaseModel):
    """What is known of a photo, by query or by form."""

    model_config = ConfigDict(frozen=True)

    serial: _Text
    station: _Text
    batch: _Text
    product: _Text
    model: _Text
    idempotency_key: _Text


@router.post("", status_code=201, responses={**_REFUSALS},
             openapi_extra=_BODY)  # fmt: skip
async def judge(
    request: Request,
    response: Response,
    serving: ServingNow,
    caller: Annotated[Caller, Depends(require(Scope.JUDGE))],
    about: Annotated[About, Query()],
    idempotency_key: Annotated[str | None, Header(min_length=1, max_length=SERIAL)] = None,
) -> InspectionBody:
    """Judge a photo; the answer comes once the verdict is on record.

    Give a serial number for traceability, and an idempotency key for safe repeats: the same key
    with the same photo gets the same answer.
    """
    timeout = serving.settings.server.timeout
    received = await receive(request, most=1)
    asked = photo_request(request, serving, caller, received, about, idempotency_key)
    (answer,) = await answers(request, [serving.station.judge(asked)], timeout)
    if answer.repeated:
        response.status_code = 200
        response.headers[_REPEATED] = "true"
    response.headers["Location"] = f"/api/v1/inspections/{answer.row.id}"
    return InspectionBody.of(answer.row)


@router.get("/{identifier}", responses={**responses(401, 404, 503)},
            dependencies=[Depends(require())])  # fmt: skip
def inspection(serving: ServingNow, identifier: str) -> InspectionBody:
    """One inspection, as it stands on record."""
    row = serving.records.inspection(identifier) if serving.records else None
    if row is None:
        raise MissingError(
            "There is no such inspection", where=identifier, hint="Search for its serial number."
        )
    return InspectionBody.of(row)


def photo_request(
    request: Request,
    serving: Serving,
    caller: Caller,
    received: Received,
    about: About,
    header_key: str | None,
) -> PhotoRequest:
    """What the station is asked; the header wins over the form, that over the query.

    Raises:
        StationError: a field of the form is not valid.
    """
    given = about.model_dump(exclude_none=True) | dict(received.fields)
    if header_key is not None:
        given["idempotency_key"] = header_key
    try:
        known = About.model_validate(given)
    except ValidationError as exc:
        places = ", ".join(str(error["loc"][0]) for error in exc.errors())
        raise StationError(
            f"Fields of the form are not valid: {places}",
            where=places,
            allowed=f"1 to {SERIAL} characters, none of them a control character",
            hint="Correct them.",
            code=Code.REQUEST_INVALID,
        ) from exc
    return PhotoRequest(
        photo=received.photos[0],
        station=known.station,
        serial=known.serial,
        batch=known.batch,
        product=known.product or serving.settings.station.product,
        key=known.idempotency_key,
        model=known.model,
        asked_by=caller.name,
        client=caller.client,
        request_id=request_id_of(request),
        arrival=received.arrival,
    )

"""What is known of a photo, by query, form or header -> what a station is asked."""

from collections.abc import Mapping
from typing import Annotated, NamedTuple

from fastapi import Header, Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from okng.errors import StationError
from okng.serve.context import Serving
from okng.serve.intake import Received
from okng.serve.observing.logs import request_id_of
from okng.serve.schemas import SERIAL
from okng.serve.security import Caller
from okng.station import PhotoRequest

Text = Annotated[
    str | None, Field(None, min_length=1, max_length=SERIAL, pattern=r"^[^\x00-\x1f]+$")
]


class About(BaseModel):
    """What is known of a photo."""

    model_config = ConfigDict(frozen=True)

    serial: Text
    station: Text
    batch: Text
    product: Text
    model: Text
    idempotency_key: Text


FIELDS = tuple(About.model_fields)
"""What a query, and a form, may give of a photo."""
KEY = "Idempotency-Key"
Key = Annotated[str | None, Header(alias=KEY, min_length=1, max_length=SERIAL)]
"""The same for the signature of a route."""
_SCHEMAS = About.model_json_schema()["properties"]
PARAMETERS = [
    *(
        {"name": name, "in": "query", "required": False, "schema": _SCHEMAS[name]}
        for name in FIELDS
    ),
    {"name": KEY, "in": "header", "required": False, "schema": _SCHEMAS["idempotency_key"]},
]
"""The same as OpenAPI describes it, with the header."""


class Given(NamedTuple):
    """What a request gives beside its body.

    Attributes:
        about: the photo, by the query.
        key: idempotency key of the header; None without one.
    """

    about: About
    key: str | None


def given_of(request: Request) -> Given:
    """Query and header of a request.

    Raises:
        RequestValidationError: one of them is not valid.
    """
    query = request.query_params
    about = _valid("query", {name: query[name] for name in FIELDS if name in query})
    key = request.headers.get(KEY)
    if key is not None:
        _valid("header", {"idempotency_key": key})
    return Given(about, key)


def _valid(place: str, given: Mapping[str, str]) -> About:
    try:
        return About.model_validate(given)
    except ValidationError as exc:
        raise RequestValidationError(
            [{**fault, "loc": (place, *fault["loc"])} for fault in exc.errors()]
        ) from exc


def photo_requests(
    request: Request,
    serving: Serving,
    caller: Caller,
    received: Received,
    about: About,
    header_key: str | None,
) -> list[PhotoRequest]:
    """What the station is asked; the header wins over the form, that over the query.

    Of several photos each has its own serial, where the form gives as many; each has the key with
    its number behind it.

    Raises:
        StationError: a field of the form is not valid.
    """
    given = about.model_dump(exclude_none=True)
    given |= {name: values[-1] for name, values in received.fields.items()}
    if header_key is not None:
        given["idempotency_key"] = header_key
    photos = received.photos
    serials = received.fields.get("serial", [])
    if len(photos) > 1 and len(serials) not in {0, 1, len(photos)}:
        raise _wrong("serial", f"one serial number, or {len(photos)} of them")
    requests = []
    for number, photo in enumerate(photos):
        serial = serials[number] if len(serials) == len(photos) else given.get("serial")
        known = _checked(given | ({} if serial is None else {"serial": serial}))
        key = known.idempotency_key
        requests.append(
            PhotoRequest(
                photo=photo,
                station=known.station,
                serial=known.serial,
                batch=known.batch,
                product=known.product or serving.settings.station.product,
                key=key if key is None or len(photos) == 1 else f"{key}/{number}",
                model=known.model,
                asked_by=caller.name,
                client=caller.client,
                request_id=request_id_of(request),
                arrival=received.arrival,
            )
        )
    return requests


def _checked(given: dict[str, str]) -> About:
    try:
        return About.model_validate(given)
    except ValidationError as exc:
        places = ", ".join(str(error["loc"][0]) for error in exc.errors())
        raise _wrong(places, f"1 to {SERIAL} characters, none of them a control character") from exc


def _wrong(places: str, allowed: str) -> StationError:
    return StationError(
        f"Fields of the form are not valid: {places}",
        where=places,
        allowed=allowed,
        hint="Correct them.",
    )

"""Take the chain of another station: rows with their numbers and hashes, photos by digest."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response
from fastapi.concurrency import run_in_threadpool

from okng.error_codes import Code
from okng.errors import DeniedError, MissingError, StationError
from okng.records.photos import PhotoStore
from okng.records.photos.places import place_of
from okng.records.transfer.collecting import collect
from okng.serve.context import Serving, ServingNow, serving_of
from okng.serve.problems import responses
from okng.serve.routes.chains.bodies import DigestsBody, HeadBody, MissingBody, RowsBody
from okng.serve.routes.inspections import records_of
from okng.serve.security import Caller, Scope, require
from okng.serve.security.guard import caller_with

router = APIRouter(prefix="/api/v1/chains", tags=["chains"])

_REFUSALS = responses(400, 401, 403, 404, 409, 413, 422, 429, 503)
_PHOTO = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
Station = Annotated[str, Path(min_length=1, max_length=200)]
Collecting = Annotated[Caller, Depends(require(Scope.COLLECT))]


@router.get("/{station}", responses={**_REFUSALS})
def head(station: Station, serving: ServingNow, caller: Collecting) -> HeadBody:
    """The last row of a chain that is here: a station sends what is behind it."""
    _check(caller, serving, station)
    return HeadBody.of(records_of(serving).head(station))


@router.post("/{station}/rows", responses={**_REFUSALS})
def add_rows(
    station: Station, given: RowsBody, serving: ServingNow, caller: Collecting
) -> HeadBody:
    """Add rows of a chain. Those that are here already are skipped: a repeat does no harm."""
    _check(caller, serving, station)
    engine = records_of(serving).engine
    return HeadBody.of(collect(engine, station, [row.placed() for row in given.rows]).head)


@router.post("/{station}/photos/missing", responses={**_REFUSALS})
def missing(
    station: Station, given: DigestsBody, serving: ServingNow, caller: Collecting
) -> MissingBody:
    """Which photos are not stored here."""
    _check(caller, serving, station)
    store = _store_of(serving)
    return MissingBody(places=[each for each in given.places if store.size(each) is None])


@router.put("/{station}/photos", status_code=HTTPStatus.NO_CONTENT, responses={**_REFUSALS},
            openapi_extra={"requestBody": {"required": True, "content": _PHOTO}})  # fmt: skip
async def add_photo(station: Station, request: Request) -> Response:
    """Store a photo at the place that its digest names, given as `place` in the query."""
    serving = serving_of(request)
    _check(await caller_with(request, Scope.COLLECT), serving, station)
    place = request.query_params.get("place", "")
    content = await request.body()
    if place_of(content).path != place:
        raise StationError(
            "The photo is another one than its place names", where=place,
            hint="Verify the photos of the station.",
        )  # fmt: skip
    await run_in_threadpool(_store_of(serving).put, content)
    return Response(status_code=HTTPStatus.NO_CONTENT)


def _check(caller: Caller, serving: Serving, station: str) -> None:
    """Each key adds to the chain of the station that it is named after, never to this one's own.

    Raises:
        DeniedError: it is another one.
        StationError: it is that of this server.
    """
    if station == serving.station.name:
        raise StationError(
            "This is the chain of the server itself", where=station,
            hint="Give one of them another name: `station.name`.", code=Code.RECORDS_CONFLICT,
        )  # fmt: skip
    if serving.accounts is not None and caller.name != f"key:{station}":
        raise DeniedError(
            "A key adds to the chain of the station that it is named after", where=station,
            hint=f"okng api-keys add {station} --scope collect", code=Code.ROLE_MISSING,
        )  # fmt: skip


def _store_of(serving: Serving) -> PhotoStore:
    if serving.station.photos is None:
        raise MissingError("This server stores no photos", hint="Serve it with records.")
    return serving.station.photos

"""Judge photos: one, or several at once."""

from concurrent.futures import Future
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from okng.errors import OkngError
from okng.serve.context import Serving, ServingNow, serving_of
from okng.serve.intake import receive
from okng.serve.problems import problem_of, responses
from okng.serve.routes.asking import FIELDS, PARAMETERS, About, Key, given_of, photo_requests
from okng.serve.schemas import SERIAL, BatchBody, BatchItem, InspectionBody
from okng.serve.security import Caller, Scope, caller_with, require
from okng.serve.waiting import answers
from okng.station import Answer

router = APIRouter(prefix="/api/v1/inspections", tags=["inspections"])

_REFUSALS = responses(400, 401, 403, 404, 408, 409, 413, 415, 422, 429, 503, 504)
_REPEATED = "Idempotency-Replayed"
_PHOTO = {"schema": {"type": "string", "format": "binary"}}
_FORM = {
    "type": "object",
    "required": ["photo"],
    "properties": {
        "photo": {"type": "string", "format": "binary"},
        **{name: {"type": "string", "maxLength": SERIAL} for name in FIELDS},
    },
}
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "image/*": _PHOTO,
            "application/octet-stream": _PHOTO,
            "multipart/form-data": {"schema": _FORM},
        },
    }
}
_PHOTOS = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": _FORM
                | {
                    "properties": _FORM["properties"]  # type: ignore[operator]
                    | {
                        "photo": {"type": "array", "items": _PHOTO["schema"]},
                        "serial": {"type": "array", "items": {"type": "string"}},
                    }
                }
            }
        },
    }
}
Judging = Annotated[Caller, Depends(require(Scope.JUDGE))]


@router.post("", status_code=201, response_model=InspectionBody, responses={**_REFUSALS},
             openapi_extra=_BODY | {"parameters": PARAMETERS})  # fmt: skip
async def judge(request: Request) -> Response:
    """Judge a photo; the answer comes once the verdict is on record.

    Give a serial number for traceability, and an idempotency key for safe repeats: the same key
    with the same photo gets the same answer.
    """
    # The route of every photo: parameters that FastAPI solves would take half of its time.
    serving = serving_of(request)
    caller = await caller_with(request, Scope.JUDGE)
    given = given_of(request)
    received = await receive(request, most=1)
    (asked,) = photo_requests(request, serving, caller, received, given.about, given.key)
    timeout = serving.settings.server.timeout
    (answer,) = await answers(request, [serving.station.judge(asked)], timeout)
    body = InspectionBody.of(answer.row, bypassed=serving.is_bypassed(answer.row))
    headers = {"Location": f"/api/v1/inspections/{answer.row.id}"}
    if answer.repeated:
        headers[_REPEATED] = "true"
    return Response(
        body.model_dump_json(by_alias=True),
        HTTPStatus.OK if answer.repeated else HTTPStatus.CREATED,
        headers,
        "application/json",
    )


@router.post("/batch", responses={**_REFUSALS}, openapi_extra=_PHOTOS)
async def judge_many(
    request: Request,
    serving: ServingNow,
    caller: Judging,
    about: Annotated[About, Query()],
    key: Key = None,
) -> BatchBody:
    """Judge several photos of one form; all of them are accepted, or none.

    Each photo has its own result, in the order of the form: an inspection, or a problem.
    """
    most = serving.settings.server.client_queue
    received = await receive(request, most=most)
    asked = photo_requests(request, serving, caller, received, about, key)
    futures = [_with_fault(future) for future in serving.station.judge_all(asked)]
    results = await answers(request, futures, serving.settings.server.timeout)
    return BatchBody(results=[_item(request, serving, result) for result in results])


def _with_fault(future: Future[Answer]) -> Future[Answer | OkngError]:
    """A future whose result is the error, too: one bad photo costs no other its verdict."""
    both: Future[Answer | OkngError] = Future()

    def settle(done: Future[Answer]) -> None:
        if not both.set_running_or_notify_cancel():
            return
        fault = done.exception()
        if fault is None:
            both.set_result(done.result())
        elif isinstance(fault, OkngError):
            both.set_result(fault)
        else:
            both.set_exception(fault)

    def left(done: Future[Answer | OkngError]) -> None:
        if done.cancelled():
            future.cancel()

    both.add_done_callback(left)
    future.add_done_callback(lambda done: None if done.cancelled() else settle(done))
    return both


def _item(request: Request, serving: Serving, result: Answer | OkngError) -> BatchItem:
    if isinstance(result, OkngError):
        return BatchItem(problem=problem_of(request, result))
    bypassed = serving.is_bypassed(result.row)
    return BatchItem(inspection=InspectionBody.of(result.row, bypassed=bypassed))

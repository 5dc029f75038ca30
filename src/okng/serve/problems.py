"""Errors -> answers: the one place where the server handles exceptions.

Under `/api/v1` an answer is a problem of RFC 9457 with the stable code of the error; the Open
Inference Protocol under `/v2` has a form of its own. A browser that asks for a page gets one.
"""

import math
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from okng.error_codes import Code
from okng.errors import BusyError, OkngError, StationError, http_status
from okng.serve.observing.logs import logger, request_id_of
from okng.serve.schemas import Problem

PROBLEM = "application/problem+json"
TOO_LARGE = "okng.too_large"
"""In the scope of a request: the error for a body beyond the limit."""
_GONE = 499  # nobody reads it; the number that nginx logs for a client that has left
_FOR_PROGRAMS = ("/api/", "/v2", "/static/")
_CODES = {
    404: Code.MISSING,
    405: Code.REQUEST_INVALID,
    413: Code.REQUEST_TOO_LARGE,
    415: Code.REQUEST_MEDIA_TYPE,
}


def add_handlers(app: FastAPI) -> None:
    """Handle every exception that a route lets through.

    To be called before other middlewares are added: their headers are then on every answer.
    """
    app.add_exception_handler(OkngError, _refused)
    app.add_exception_handler(RequestValidationError, _not_valid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(ClientDisconnect, _left)
    app.add_middleware(_Faults)


def answer(request: Request, error: OkngError, status: int | None = None) -> Response:
    """The answer to a request that ends in an error.

    Args:
        request: that failed.
        error: that ended it.
        status: HTTP status; that of the table in `okng.errors` when left out.
    """
    status = status or http_status(error)
    headers = {}
    if isinstance(error, BusyError):
        headers["Retry-After"] = str(math.ceil(error.retry_after))
    if status == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = "Bearer"
    if request.scope["path"].startswith("/v2"):
        # The protocol knows no 422 and no problems: a bad argument is a 400.
        known = HTTPStatus.BAD_REQUEST if status == HTTPStatus.UNPROCESSABLE_ENTITY else status
        return JSONResponse({"error": error.message}, known, headers)
    page = getattr(request.app.state, "error_page", None) if _asks_for_page(request) else None
    if page is not None:
        shown: Response = page(request, error, status)
        shown.headers.update(headers)
        return shown
    problem = problem_of(request, error, status)
    return JSONResponse(problem.model_dump(exclude_none=True), status, headers, media_type=PROBLEM)


def _asks_for_page(request: Request) -> bool:
    """Whether a browser asks for a page, and no program for an answer."""
    is_api = request.scope["path"].startswith(_FOR_PROGRAMS)
    return not is_api and "text/html" in request.headers.get("accept", "")


def problem_of(request: Request, error: OkngError, status: int | None = None) -> Problem:
    """The body of the answer to a request that ends in an error."""
    return Problem(
        type=f"urn:okng:error:{error.code}",
        title=error.code.meaning,
        status=status or http_status(error),
        detail=error.what,
        code=error.code,
        where=None if error.where is None else str(error.where),
        allowed=None if error.allowed is None else str(error.allowed),
        hint=error.hint,
        request_id=request_id_of(request),
    )


def responses(*statuses: int) -> Mapping[int | str, dict[str, Any]]:
    """The problems that a route may answer, for its documentation."""
    content = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        status: {"description": HTTPStatus(status).phrase, "content": content, "model": Problem}
        for status in statuses
    }


class _Faults:
    """Middleware: answers what no handler foresaw.

    As a handler of `Exception` it would be outside of all middlewares, and its answers without
    their headers.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def noted(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, noted)
        except Exception as exc:
            if started or scope["type"] != "http":
                raise
            await (await _fault(Request(scope), exc))(scope, receive, send)


async def _refused(request: Request, error: Exception) -> Response:
    return answer(request, _known(error))


async def _not_valid(request: Request, error: Exception) -> Response:
    faults = error.errors() if isinstance(error, RequestValidationError) else []
    places = [".".join(str(part) for part in fault["loc"]) for fault in faults]
    lines = [f"{place}: {fault['msg']}" for place, fault in zip(places, faults, strict=True)]
    wrong = StationError(
        "; ".join(lines) or "The request is not valid",
        where=", ".join(places) or None,
        hint="Correct it; /api/v1/openapi.json describes every request.",
    )
    return answer(request, wrong, HTTPStatus.UNPROCESSABLE_ENTITY)


async def _http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        return await _fault(request, error)
    status = HTTPStatus(error.status_code)
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE and TOO_LARGE in request.scope:
        return answer(request, request.scope[TOO_LARGE])  # Starlette's own does not name the limit
    code = _CODES.get(status, Code.REQUEST_INVALID)
    made = StationError(
        f"{status.phrase}: {request.method} {request.scope['path']}"
        if status in {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}
        else str(error.detail),
        allowed=(error.headers or {}).get("Allow"),
        hint="Check the address, or choose a page of the navigation."
        if _asks_for_page(request)
        else "/api/v1/openapi.json lists every route.",
        code=code,
    )
    response = answer(request, made, status)
    for name, value in (error.headers or {}).items():
        response.headers[name] = value
    return response


async def _left(_request: Request, _error: Exception) -> Response:
    return Response(status_code=_GONE)


async def _fault(request: Request, error: Exception) -> Response:
    logger().error("request.failed", exc_info=error)
    failed = OkngError(
        "The station cannot answer this request", hint="Its log has the cause, by the request id."
    )
    return answer(request, failed)


def _known(error: Exception) -> OkngError:
    return error if isinstance(error, OkngError) else OkngError(str(error))

"""Routes of pages: HTML answers, and errors as people read them."""

from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from okng.errors import OkngError, StationError, http_status
from okng.serve.observing.logs import request_id_of
from okng.serve.web.frame import Frame
from okng.serve.web.preferences import preferences_of
from okng.serve.web.rendering import render
from okng.wording import Language, language, translated

_SEE_OTHER, _UNAUTHORIZED = 303, 401
_PROBLEM = "application/problem+json"


class PageRoute(APIRoute):
    """A route whose errors are pages, or messages on the page that is open."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler of the route, with its errors translated."""
        handler = super().get_route_handler()

        async def handled(request: Request) -> Response:
            try:
                return await handler(request)
            except OkngError as exc:
                return refused(request, exc)
            except RequestValidationError as exc:
                return refused(request, _not_valid(exc))

        return handled


def pages() -> APIRouter:
    """A router for pages; they are no part of the documented API."""
    return APIRouter(
        route_class=PageRoute, include_in_schema=False, default_response_class=HTMLResponse
    )


def is_fragment(request: Request) -> bool:
    """Whether htmx asks for a part of the page that is open."""
    return request.headers.get("hx-request-type") == "partial"


def refused(request: Request, error: OkngError, status: int | None = None) -> Response:
    """The answer to a request of a browser that ends in an error.

    Args:
        request: that failed.
        error: that ended it.
        status: HTTP status; that of the table in `okng.errors` when left out.
    """
    status = status or http_status(error)
    if request.headers.get("hx-request") == "true":
        return _message(request, error, status)
    if status == _UNAUTHORIZED and request.method == "GET":
        return RedirectResponse(f"/login?back={quote(request.scope['path'])}", _SEE_OTHER)
    frame = Frame("okng", preferences_of(request), path="")
    page = render("error", frame, error=error, request_id=request_id_of(request))
    return HTMLResponse(page, status)


def _not_valid(error: RequestValidationError) -> StationError:
    fields = ", ".join(str(fault["loc"][-1]) for fault in error.errors())
    return StationError(f"These fields are not valid: {fields}", hint="Correct them.")


def _message(request: Request, error: OkngError, status: int) -> Response:
    """A problem of RFC 9457 in the language of the page; station.js shows it."""
    with language(preferences_of(request).language):
        english = preferences_of(request).language is Language.EN
        title = translated(error.code.meaning)
        problem = {
            "title": title,
            "detail": error.what if english else title,
            "hint": (error.hint if english else "") or "",
            "status": status,
            "code": str(error.code),
        }
    return JSONResponse(problem, status, media_type=_PROBLEM)

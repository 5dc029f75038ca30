"""What a page has around it, made from the request and the station; and the page as an answer."""

from typing import Annotated

from fastapi import Depends, Request
from starlette.responses import HTMLResponse

from okng.accounts.sessions import form_token
from okng.errors import MissingError
from okng.records import Records
from okng.serve.context import Serving, ServingNow
from okng.serve.security import Scope
from okng.serve.security.cookies import session_of
from okng.serve.web.callers import KnownNow
from okng.serve.web.frame import Frame
from okng.serve.web.line_guards import banners
from okng.serve.web.preferences import preferences_of
from okng.serve.web.rendering import render
from okng.serve.web.views.queue import WAITING
from okng.wording import language

_MOST_COUNTED = 999  # in the navigation: beyond, the number says no more than "many"


def frame_of(request: Request, serving: ServingNow, caller: KnownNow) -> Frame:
    """The frame of a page, for somebody who is known."""
    chosen = preferences_of(request)
    with language(chosen.language):
        lines = tuple(banners(serving))
    return Frame(
        station=serving.station.name,
        preferences=chosen,
        path=request.scope["path"],
        user=caller.user.name if caller.user else "",
        banners=lines,
        to_review=_to_review(serving),
        has_login=serving.accounts is not None,
        is_admin=serving.accounts is not None and Scope.ADMIN in caller.scopes,
        form_token=form_token(secret) if (secret := session_of(request)) else "",
    )


FrameNow = Annotated[Frame, Depends(frame_of)]
"""For the signature of a route."""


def records_of(serving: ServingNow) -> Records:
    """The records of the station.

    Raises:
        MissingError: it stores nothing.
    """
    if serving.records is None:
        raise MissingError(
            "This station stores no inspections",
            hint="Start it without `records.no_records` to have them here.",
        )
    return serving.records


RecordsNow = Annotated[Records, Depends(records_of)]
"""For the signature of a route."""


def answer(template: str, frame: Frame, **values: object) -> HTMLResponse:
    """A page as an answer; it is about parts of now, so no cache stores it."""
    html = render(template, frame, **values)
    return HTMLResponse(html, headers={"cache-control": "no-store"})


def _to_review(serving: Serving) -> int | None:
    records = serving.records
    return None if records is None else records.count(WAITING, _MOST_COUNTED).number

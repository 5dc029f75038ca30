"""Pages for people who are not logged in: a frame without names, and forms that no site can fake.

A browser that states neither origin nor site has to send the token of the form back: see
`okng.serve.security.guard`.
"""

from fastapi import Request
from starlette.responses import HTMLResponse, Response

from okng.accounts.sessions import form_token
from okng.serve.context import Serving
from okng.serve.security.cookies import (
    form_secret_of,
    new_form_secret,
    session_of,
    set_form_secret,
)
from okng.serve.web.frame import Frame
from okng.serve.web.preferences import preferences_of
from okng.serve.web.rendering import render


def plain_frame(request: Request, serving: Serving) -> Frame:
    """The frame of a page that anybody may see."""
    return Frame(
        station=serving.station.name,
        preferences=preferences_of(request),
        path=request.scope["path"],
        has_places=False,
    )


def form_page(
    request: Request, template: str, frame: Frame, status: int = 200, **values: object
) -> Response:
    """A page with a form of somebody who is not logged in."""
    secret = form_secret_of(request) or new_form_secret()
    html = render(template, frame, form_token=form_token(secret), **values)
    response = HTMLResponse(html, status)
    set_form_secret(request, response, secret)
    return response


def own_token(request: Request) -> str:
    """The token for the forms of somebody who is logged in; empty without login."""
    secret = session_of(request)
    return form_token(secret) if secret else ""

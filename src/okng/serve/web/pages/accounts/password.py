"""One's own password."""

from typing import Annotated

from fastapi import Form, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from okng.accounts import Accounts, User
from okng.errors import BusyError, DeniedError, MissingError, OkngError, StationError, http_status
from okng.serve.context import Serving, ServingNow
from okng.serve.security import Caller
from okng.serve.security.cookies import set_session
from okng.serve.web.around import FrameNow
from okng.serve.web.callers import KnownNow
from okng.serve.web.frame import Frame
from okng.serve.web.pages.accounts.forms import own_token
from okng.serve.web.pages.accounts.setup import check_repeated
from okng.serve.web.rendering import render
from okng.serve.web.routing import pages

router = pages()
_SEE_OTHER = 303
_Text = Annotated[str, Form(max_length=1000)]


@router.get("/password")
def password(
    request: Request, frame: FrameNow, serving: ServingNow, caller: KnownNow
) -> HTMLResponse:
    """The form."""
    _, user = _known(serving, caller)
    return _form(request, frame, user, None)


@router.post("/password")
def changed(
    request: Request,
    frame: FrameNow,
    serving: ServingNow,
    caller: KnownNow,
    old: _Text,
    new: _Text,
    repeated: _Text,
) -> Response:
    """Replace it: all sessions of the user end, and one begins."""
    accounts, user = _known(serving, caller)
    try:
        check_repeated(new, repeated)
        accounts.users.change_password(user.name, old, new)
        secret = accounts.log_in(user.name, new)
    except (BusyError, DeniedError, StationError) as exc:
        return _form(request, frame, user, exc)
    response = RedirectResponse("/live", _SEE_OTHER)
    set_session(request, response, secret)
    return response


def _known(serving: Serving, caller: Caller) -> tuple[Accounts, User]:
    if serving.accounts is None or caller.user is None:
        raise MissingError("There is no password here", hint="Log in as a person.")
    return serving.accounts, caller.user


def _form(request: Request, frame: Frame, user: User, error: OkngError | None) -> HTMLResponse:
    html = render("accounts/password", frame, user=user, error=error, form_token=own_token(request))
    return HTMLResponse(html, http_status(error) if error else 200)

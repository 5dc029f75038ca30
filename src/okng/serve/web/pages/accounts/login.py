"""Log in and out."""

from typing import Annotated

from fastapi import Form, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from okng.accounts import Accounts
from okng.errors import BusyError, DeniedError, OkngError, http_status
from okng.serve.context import ServingNow
from okng.serve.security import guard_of
from okng.serve.security.cookies import drop_session, form_secret_of, session_of, set_session
from okng.serve.security.guard import check_form_token
from okng.serve.web.pages.accounts.forms import form_page, plain_frame
from okng.serve.web.pages.preferences import local
from okng.serve.web.routing import pages

router = pages()
_SEE_OTHER = 303
_Text = Annotated[str, Form(max_length=1000)]


@router.get("/login")
def login(request: Request, serving: ServingNow, back: str = "/") -> Response:
    """The form."""
    if serving.accounts is None:
        return RedirectResponse("/live", _SEE_OTHER)
    if not serving.accounts.users.any_admin():
        return RedirectResponse("/setup", _SEE_OTHER)
    frame = plain_frame(request, serving)
    return form_page(request, "accounts/login", frame, back=local(back), error=None)


@router.post("/login")
async def logged_in(
    request: Request, serving: ServingNow, name: _Text, password: _Text, back: _Text = "/"
) -> Response:
    """Begin a session; what was wrong stands above the form, the same for every reason."""
    await check_form_token(request, form_secret_of(request))
    accounts = serving.accounts
    if accounts is None:
        return RedirectResponse("/live", _SEE_OTHER)
    try:
        guard_of(request).rates.count_login(request)
        secret = await run_in_threadpool(_new_session, accounts, request, name, password)
    except (BusyError, DeniedError) as exc:
        return _again(request, serving, back, exc)
    user = await run_in_threadpool(accounts.sessions.user_of, secret)
    must_change = user is not None and user.must_change
    response = RedirectResponse("/password" if must_change else local(back), _SEE_OTHER)
    set_session(request, response, secret)
    return response


@router.post("/logout")
async def logged_out(request: Request, serving: ServingNow) -> Response:
    """End the session."""
    secret = session_of(request)
    if serving.accounts is not None and secret is not None:
        await check_form_token(request, secret)
        await run_in_threadpool(serving.accounts.sessions.close, secret)
    response = RedirectResponse("/login", _SEE_OTHER)
    drop_session(request, response)
    return response


def _new_session(accounts: Accounts, request: Request, name: str, password: str) -> str:
    secret = accounts.log_in(name, password)
    before = session_of(request)
    if before is not None:  # the browser forgets it, so nobody else may use it either
        accounts.sessions.close(before)
    return secret


def _again(request: Request, serving: ServingNow, back: str, error: OkngError) -> Response:
    frame = plain_frame(request, serving)
    status = http_status(error)
    response = form_page(request, "accounts/login", frame, status, back=local(back), error=error)
    if isinstance(error, BusyError):
        response.headers["Retry-After"] = str(int(error.retry_after) + 1)
    return response

"""The first admin of a station, by the link that is printed at its start."""

from typing import Annotated

from fastapi import Form, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from okng.errors import DeniedError, OkngError, StationError, http_status
from okng.serve.context import Serving, ServingNow
from okng.serve.security import guard_of
from okng.serve.security.cookies import form_secret_of, set_session
from okng.serve.security.guard import check_form_token
from okng.serve.web.pages.accounts.forms import form_page, plain_frame
from okng.serve.web.routing import pages

router = pages()
_SEE_OTHER = 303
_Text = Annotated[str, Form(max_length=1000)]


@router.get("/setup")
def setup(request: Request, serving: ServingNow, code: str = "") -> Response:
    """The form; where there is an admin already, the login."""
    if serving.accounts is None or serving.accounts.users.any_admin():
        return RedirectResponse("/login", _SEE_OTHER)
    return _form(request, serving, code=code)


@router.post("/setup")
async def made(
    request: Request,
    serving: ServingNow,
    code: _Text,
    name: _Text,
    printed_name: _Text,
    password: _Text,
    repeated: _Text,
) -> Response:
    """Make the first admin, who is then logged in."""
    await check_form_token(request, form_secret_of(request))
    accounts = serving.accounts
    if accounts is None:
        return RedirectResponse("/live", _SEE_OTHER)
    typed = {"code": code, "name": name, "printed_name": printed_name}
    try:
        guard_of(request).rates.count_login(request)
        check_repeated(password, repeated)
        make = accounts.first_admin.make
        await run_in_threadpool(make, code.strip(), name, printed_name, password)
        secret = await run_in_threadpool(accounts.log_in, name, password)
    except (DeniedError, StationError) as exc:
        return _form(request, serving, error=exc, **typed)
    response = RedirectResponse("/users", _SEE_OTHER)
    set_session(request, response, secret)
    return response


def check_repeated(password: str, repeated: str) -> None:
    """Refuse a password that was typed in two ways.

    Raises:
        StationError: the two differ.
    """
    if password != repeated:
        raise StationError(
            "The two passwords differ", where="password", hint="Type the same one twice."
        )


def _form(
    request: Request,
    serving: Serving,
    *,
    code: str,
    name: str = "",
    printed_name: str = "",
    error: OkngError | None = None,
) -> Response:
    return form_page(
        request,
        "accounts/setup",
        plain_frame(request, serving),
        http_status(error) if error else 200,
        code=code,
        name=name,
        printed_name=printed_name,
        error=error,
    )

"""Cookies of the pages: the session, and the secret behind the tokens of forms."""

import secrets

from fastapi import Request, Response

_SESSION = "okng-session"
_FORM = "okng-form"


def session_of(request: Request) -> str | None:
    """The secret of the session that a browser sent; None without one."""
    return request.cookies.get(_name(_SESSION, request)) or None


def set_session(request: Request, response: Response, secret: str) -> None:
    """Give the browser the secret of a new session, until the browser is closed."""
    _set(request, response, _SESSION, secret)


def drop_session(request: Request, response: Response) -> None:
    """Take the session from the browser."""
    response.delete_cookie(
        _name(_SESSION, request),
        path="/",
        secure=is_secure(request),
        httponly=True,
        samesite="lax",
    )


def form_secret_of(request: Request) -> str | None:
    """The secret behind form tokens of a browser that is not logged in; None without one."""
    return request.cookies.get(_name(_FORM, request)) or None


def set_form_secret(request: Request, response: Response, secret: str) -> None:
    """Give the browser the secret for the forms before the login."""
    _set(request, response, _FORM, secret)


def new_form_secret() -> str:
    """A secret for the forms before the login."""
    return secrets.token_urlsafe(32)  # 32 bytes: 256 bits


def is_secure(request: Request) -> bool:
    """Whether a request came by HTTPS, to this server or to a proxy that it trusts."""
    return bool(request.scope["scheme"] == "https")


def _set(request: Request, response: Response, name: str, value: str) -> None:
    response.set_cookie(
        _name(name, request),
        value,
        path="/",
        secure=is_secure(request),
        httponly=True,  # no script reads it
        samesite="lax",  # sent with links to the station, not with forms of other sites
    )


def _name(name: str, request: Request) -> str:
    # Browsers accept `__Host-` only over HTTPS and from this very host: no neighbour can plant it.
    return f"__Host-{name}" if is_secure(request) else name

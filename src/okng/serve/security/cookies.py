"""Cookies of the pages: the session, and the secret behind the tokens of forms."""

import secrets

from fastapi import Request, Response

_SESSION = "okng-session"
_FORM = "okng-form"


def session_of(request: Request, *, secure: bool) -> str | None:
    """The secret of the session that a browser sent; None without one."""
    return request.cookies.get(_name(_SESSION, secure=secure)) or None


def set_session(response: Response, secret: str, *, secure: bool) -> None:
    """Give the browser the secret of a new session, until the browser is closed."""
    _set(response, _name(_SESSION, secure=secure), secret, secure=secure)


def drop_session(response: Response, *, secure: bool) -> None:
    """Take the session from the browser."""
    name = _name(_SESSION, secure=secure)
    response.delete_cookie(name, path="/", secure=secure, httponly=True, samesite="lax")


def form_secret_of(request: Request, *, secure: bool) -> str | None:
    """The secret behind form tokens of a browser that is not logged in; None without one."""
    return request.cookies.get(_name(_FORM, secure=secure)) or None


def set_form_secret(response: Response, *, secure: bool) -> str:
    """Give the browser a secret for the forms before the login."""
    secret = secrets.token_urlsafe(32)
    _set(response, _name(_FORM, secure=secure), secret, secure=secure)
    return secret


def _set(response: Response, name: str, value: str, *, secure: bool) -> None:
    response.set_cookie(name, value, path="/", secure=secure, httponly=True, samesite="lax")


def _name(name: str, *, secure: bool) -> str:
    # Browsers accept `__Host-` only over HTTPS and from this very host: no neighbour can plant it.
    return f"__Host-{name}" if secure else name

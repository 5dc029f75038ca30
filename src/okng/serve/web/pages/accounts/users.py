"""Users and keys, for admins."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Form, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from okng.accounts import Accounts, Scope, UserRole
from okng.accounts.store import now_us
from okng.errors import MissingError, RecordsConflictError, StationError, http_status
from okng.serve.context import Serving, ServingNow
from okng.serve.web.around import FrameNow
from okng.serve.web.callers import AdminNow
from okng.serve.web.frame import Frame
from okng.serve.web.pages.accounts.forms import own_token
from okng.serve.web.rendering import render
from okng.serve.web.routing import pages

router = pages()
_SEE_OTHER = 303
_Text = Annotated[str, Form(max_length=200)]


@dataclass(frozen=True, slots=True)
class _Shown:
    """What stands above the lists: a secret that was just made, or what was wrong."""

    secret: str = ""
    owner: str = ""
    error: StationError | RecordsConflictError | None = None


@router.get("/users")
def users(request: Request, frame: FrameNow, serving: ServingNow, _admin: AdminNow) -> HTMLResponse:
    """The lists of users and keys."""
    return _page(request, frame, _accounts(serving), _Shown())


@router.post("/users")
def add_user(
    request: Request,
    frame: FrameNow,
    serving: ServingNow,
    admin: AdminNow,
    name: _Text,
    printed_name: _Text,
    role: Annotated[UserRole, Form()],
) -> HTMLResponse:
    """Add a user; the password that was made is shown once."""
    accounts = _accounts(serving)
    try:
        made = accounts.users.add(name, printed_name, role, by=admin.name)
    except (StationError, RecordsConflictError) as exc:
        return _page(request, frame, accounts, _Shown(error=exc))
    return _page(request, frame, accounts, _Shown(made or "", name))


@router.post("/users/{name}/role")
def change_role(
    request: Request,
    frame: FrameNow,
    serving: ServingNow,
    admin: AdminNow,
    name: str,
    role: Annotated[UserRole, Form()],
) -> Response:
    """Change what a user may do."""
    accounts = _accounts(serving)
    try:
        accounts.users.change(name, role=role, by=admin.name)
    except StationError as exc:
        return _page(request, frame, accounts, _Shown(error=exc))
    return RedirectResponse("/users", _SEE_OTHER)


@router.post("/users/{name}/active")
def change_active(
    request: Request,
    frame: FrameNow,
    serving: ServingNow,
    admin: AdminNow,
    name: str,
    active: Annotated[bool, Form()],
) -> Response:
    """Lock a user out, or let the user in again."""
    accounts = _accounts(serving)
    try:
        accounts.users.change(name, active=active, by=admin.name)
    except StationError as exc:
        return _page(request, frame, accounts, _Shown(error=exc))
    if active:
        accounts.users.unlock(name, by=admin.name)
    return RedirectResponse("/users", _SEE_OTHER)


@router.post("/users/{name}/reset")
def reset(
    request: Request, frame: FrameNow, serving: ServingNow, admin: AdminNow, name: str
) -> HTMLResponse:
    """Give a user a new password, shown once."""
    accounts = _accounts(serving)
    made = accounts.users.reset_password(name, by=admin.name)
    return _page(request, frame, accounts, _Shown(made, name))


@router.post("/keys")
def add_key(
    request: Request,
    frame: FrameNow,
    serving: ServingNow,
    admin: AdminNow,
    name: _Text,
    scopes: Annotated[tuple[Scope, ...], Form()] = (),
    days: Annotated[str, Form(pattern=r"^\d{0,4}$")] = "",
) -> HTMLResponse:
    """Make a key, shown once."""
    accounts = _accounts(serving)
    try:
        made = accounts.keys.add(
            name.strip(), scopes, by=admin.name, days=int(days) if days else None
        )
    except (StationError, RecordsConflictError) as exc:
        return _page(request, frame, accounts, _Shown(error=exc))
    return _page(request, frame, accounts, _Shown(made.secret, name))


@router.post("/keys/{prefix}/rotate")
def rotate_key(
    request: Request, frame: FrameNow, serving: ServingNow, admin: AdminNow, prefix: str
) -> HTMLResponse:
    """Make the successor of a key, shown once; the old one ends."""
    accounts = _accounts(serving)
    made = accounts.keys.rotate(prefix, by=admin.name)
    return _page(request, frame, accounts, _Shown(made.secret, made.key.name))


@router.post("/keys/{prefix}/revoke")
def revoke_key(serving: ServingNow, admin: AdminNow, prefix: str) -> RedirectResponse:
    """End a key."""
    _accounts(serving).keys.revoke(prefix, by=admin.name)
    return RedirectResponse("/users", _SEE_OTHER)


def _accounts(serving: Serving) -> Accounts:
    if serving.accounts is None:
        raise MissingError(
            "Without login there are no users", hint="Start without `server.no_auth`."
        )
    return serving.accounts


def _page(request: Request, frame: Frame, accounts: Accounts, shown: _Shown) -> HTMLResponse:
    all_users = accounts.users.all()
    html = render(
        "accounts/users",
        frame,
        users=all_users,
        locked=frozenset(user.name for user in all_users if accounts.users.locked(user.name)),
        keys=accounts.keys.all(),
        now=now_us(),
        roles=tuple(UserRole),
        scopes=tuple(Scope),
        shown=shown,
        form_token=own_token(request),
    )
    return HTMLResponse(html, http_status(shown.error) if shown.error else 200)

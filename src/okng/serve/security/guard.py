"""The guard of a server: who asks, by a key or by the session of a page.

Routes ask for it by `require`. It decides by what the server itself holds: the key, the session and
the route; never by the URL of the request, which its `Host` header forms.
"""

from collections.abc import Awaitable, Callable
from typing import cast

from fastapi import Request
from fastapi.concurrency import run_in_threadpool

from okng.accounts import Accounts, Scope
from okng.accounts.sessions import form_token_matches
from okng.error_codes import Code
from okng.errors import DeniedError, StationError
from okng.serve.security.caller import LOCAL, Caller, caller_of_key, caller_of_user
from okng.serve.security.cookies import form_secret_of, session_of

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
FORM_FIELD = "form_token"
"""Hidden field of a form, for browsers that state no origin."""
FORM_HEADER = "x-okng-form-token"
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class Guard:
    """What the dependencies of one server share.

    Args:
        accounts: of the station; None where everybody may do everything.
        secure: whether browsers reach the server by HTTPS: cookies are then sent by it only.
    """

    def __init__(self, accounts: Accounts | None, *, secure: bool = False) -> None:
        self.accounts, self.secure = accounts, secure

    async def caller(self, request: Request) -> Caller:
        """Who sent a request.

        Raises:
            DeniedError: there is no valid key and no valid session.
        """
        known = getattr(request.state, "caller", None)
        if known is None:
            known = request.state.caller = await self._caller(request)
        return cast("Caller", known)

    async def _caller(self, request: Request) -> Caller:
        if self.accounts is None:
            return LOCAL
        if given := request.headers.getlist("authorization"):
            return await self._of_key(self.accounts, given)
        if secret := session_of(request, secure=self.secure):
            return await self._of_session(self.accounts, request, secret)
        raise denied("This needs a key or a login")

    async def _of_key(self, accounts: Accounts, given: list[str]) -> Caller:
        scheme, _, secret = given[0].partition(" ")
        if len(given) > 1 or scheme.lower() != "bearer":
            raise denied("The header Authorization is not `Bearer KEY`")
        key = accounts.keys.recent(secret.strip())
        key = key or await run_in_threadpool(accounts.keys.of_secret, secret.strip())
        if key is None:
            raise denied("The key is not valid")
        return caller_of_key(key)

    async def _of_session(self, accounts: Accounts, request: Request, secret: str) -> Caller:
        user = await run_in_threadpool(accounts.sessions.user_of, secret)
        if user is None:
            raise denied("The login has ended")
        await check_form_token(request, secret)
        return caller_of_user(user)

    async def check_login_form(self, request: Request) -> None:
        """Refuse a login from another site where the browser does not state its origin.

        Raises:
            StationError: the form is not one of this server.
        """
        await check_form_token(request, form_secret_of(request, secure=self.secure))


def guard_of(request: Request) -> Guard:
    """The guard of the server that got a request."""
    return cast("Guard", request.app.state.guard)


def require(*scopes: Scope) -> Callable[[Request], Awaitable[Caller]]:
    """A dependency: who asks; refused without all of the scopes. No scope: anybody known.

    Example: `caller: Annotated[Caller, Depends(require(Scope.JUDGE))]`
    """

    async def caller(request: Request) -> Caller:
        known = await guard_of(request).caller(request)
        for scope in scopes:
            known.check(scope)
        return known

    return caller


async def check_form_token(request: Request, secret: str | None) -> None:
    """Refuse an unsafe request with a cookie whose browser stated neither origin nor site.

    Where it states them, the middleware `OwnOrigin` has compared them already.

    Args:
        request: with the token in a header or in a field of its form.
        secret: of the cookie that the token belongs to.

    Raises:
        StationError: the token is missing or wrong.
    """
    headers = request.headers
    if request.method in SAFE_METHODS or "origin" in headers or "sec-fetch-site" in headers:
        return
    token = headers.get(FORM_HEADER, "")
    if not token and headers.get("content-type", "").startswith(_FORMS):
        token = str((await request.form()).get(FORM_FIELD, ""))
    if secret is None or not form_token_matches(secret, token):
        raise StationError(
            "The request does not come from a page of this station",
            hint="Open the page again. Programs use a key instead of a login.",
            code=Code.ORIGIN_FOREIGN,
        )


def denied(what: str) -> DeniedError:
    """Nobody who is known."""
    return DeniedError(
        what,
        allowed="the header `Authorization: Bearer KEY`, or a login on the page /login",
        hint="Make a key with `okng api-keys add`. A key in the URL is not accepted.",
    )

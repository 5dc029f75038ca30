"""The guard of a server: who asks, by a key or by the session of a page.

Routes ask for it by `require`. It decides by what the server itself holds: the key, the session and
the route; never by the URL of the request, which its `Host` header forms.
"""

import time
from collections.abc import Awaitable, Callable
from typing import cast

from fastapi import Request
from fastapi.concurrency import run_in_threadpool

from okng.accounts import Accounts, ApiKey, Scope
from okng.accounts.sessions import form_token_matches
from okng.error_codes import Code
from okng.errors import DeniedError, RecordsError, StationError
from okng.serve.security.caller import Caller, caller_of_key, caller_of_user, local_caller
from okng.serve.security.cookies import session_of
from okng.serve.security.origin import SAFE_METHODS
from okng.serve.security.rates import Rates, address_of

READER_S = 5.0
"""Seconds after which a stream of events has ended, at most, once its login or key has."""
FORM_FIELD = "form_token"
"""Hidden field of a form, for browsers that state no origin."""
FORM_HEADER = "x-okng-form-token"
_NO_BOUND = "1000000/second"  # no limit, in the form that `limits` reads
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


class Guard:
    """What the dependencies of one server share.

    Args:
        accounts: of the station; None where everybody may do everything.
        rates: how often a caller may ask; without bound if not given.
    """

    def __init__(self, accounts: Accounts | None, rates: Rates | None = None) -> None:
        self.accounts, self.rates = accounts, rates or Rates(_NO_BOUND)

    async def caller(self, request: Request) -> Caller:
        """Who sent a request.

        Raises:
            DeniedError: there is no valid key and no valid session.
            BusyError: the caller asks too often.
        """
        known = cast("Caller | None", getattr(request.state, "caller", None))
        if known is None:  # asked once a request; several dependencies want it
            known = request.state.caller = await self._caller(request)
            self.rates.count(known.client)
        return known

    async def is_still_known(self, request: Request) -> bool:
        """Whether who sent a request would still be known; for streams, which outlast it.

        To ask is no use of a session or key. What cannot be read is not known.
        """
        if self.accounts is None:
            return True
        authorization = request.headers.get("authorization")
        try:
            if authorization is not None:
                secret = authorization.partition(" ")[2].strip()
                return await run_in_threadpool(self.accounts.keys.is_valid, secret)
            secret = session_of(request) or ""
            return await run_in_threadpool(self.accounts.sessions.is_open, secret)
        except RecordsError:
            return False

    async def _caller(self, request: Request) -> Caller:
        if self.accounts is None:
            return local_caller(address_of(request))
        try:
            return await self._known(self.accounts, request)
        except DeniedError:
            # wrong keys count against the address, so guessing is slow
            self.rates.count_refusal(request)
            raise

    async def _known(self, accounts: Accounts, request: Request) -> Caller:
        if given := request.headers.getlist("authorization"):
            return caller_of_key(await self._key(accounts, given), address_of(request))
        if secret := session_of(request):
            return await self._of_session(accounts, request, secret)
        raise denied("This needs a key or a login")

    async def _key(self, accounts: Accounts, given: list[str]) -> ApiKey:
        scheme, _, secret = given[0].partition(" ")
        # two headers: a proxy and the station may read different ones
        if len(given) > 1 or scheme.lower() != "bearer":
            raise denied("The header Authorization is not `Bearer KEY`")
        # without a query of the database for every photo
        key = accounts.keys.recent(secret.strip())
        key = key or await run_in_threadpool(accounts.keys.of_secret, secret.strip())
        if key is None:
            raise denied("The key is not valid")
        return key

    async def _of_session(self, accounts: Accounts, request: Request, secret: str) -> Caller:
        user = await run_in_threadpool(accounts.sessions.user_of, secret)
        if user is None:
            raise denied("The login has ended")
        await check_form_token(request, secret)
        return caller_of_user(user, address_of(request))


class Reader:
    """Who reads a stream: asked for anew while it is open, since a login or a key may end.

    Args:
        request: that opened the stream.
    """

    def __init__(self, request: Request) -> None:
        self._request = request
        self._due = time.monotonic() + READER_S

    @property
    def waits(self) -> float:
        """Seconds until the next question."""
        return max(0.0, self._due - time.monotonic())

    async def may_go_on(self) -> bool:
        """Whether the stream may go on; asks once in `READER_S` at most."""
        if self.waits > 0:
            return True
        self._due = time.monotonic() + READER_S
        return await guard_of(self._request).is_still_known(self._request)


def guard_of(request: Request) -> Guard:
    """The guard of the server that got a request."""
    return cast("Guard", request.app.state.guard)


def require(*scopes: Scope) -> Callable[[Request], Awaitable[Caller]]:
    """A dependency: who asks; refused without all of the scopes. No scope: anybody known.

    Example: `caller: Annotated[Caller, Depends(require(Scope.JUDGE))]`
    """

    async def caller(request: Request) -> Caller:
        return await caller_with(request, *scopes)

    return caller


async def caller_with(request: Request, *scopes: Scope) -> Caller:
    """Who asks, and may do all of this; for a route that does without dependencies.

    Raises:
        DeniedError: nobody who is known, or without one of the scopes.
        BusyError: the caller asks too often.
    """
    known = await guard_of(request).caller(request)
    for scope in scopes:
        known.check(scope)
    return known


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
    # the browser has named the page that sends it: `origin.py` has checked that
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

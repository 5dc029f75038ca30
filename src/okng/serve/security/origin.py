"""Refuses changes that a page of another site sends with the browser of a user (CSRF).

Browsers state where a request comes from: `Sec-Fetch-Site` on HTTPS and localhost, `Origin` with
every unsafe method. A browser that states neither needs the token of a form: `guard`. It counts
without a login, too: otherwise any page could have photos inspected on this machine.
"""

from urllib.parse import urlsplit

from starlette.requests import Request

from okng.error_codes import Code
from okng.errors import StationError
from okng.serve.security.refusal import Middleware

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_OWN_SITES = frozenset({"same-origin", "none"})
_PORTS = {"http": 80, "https": 443}


class OwnOrigin(Middleware):
    """Refuses unsafe methods from other origins."""

    def check(self, request: Request) -> None:
        """See `Middleware.check`."""
        if request.method in SAFE_METHODS:
            return
        sites = request.headers.getlist("sec-fetch-site")
        origins = request.headers.getlist("origin")
        own = all(site in _OWN_SITES for site in sites)
        if own and all(_is_own(origin, request) for origin in origins):
            return
        raise StationError(
            "The request comes from a page of another site",
            where="Origin",
            hint="Open the station's own page. Programs leave out the header Origin.",
            code=Code.ORIGIN_FOREIGN,
        )


def _is_own(origin: str, request: Request) -> bool:
    scheme: str = request.scope["scheme"]
    try:
        theirs = urlsplit(origin)
        own = urlsplit(f"{scheme}://{request.headers.get('host', '')}")
        same = (theirs.hostname, _port(theirs.scheme, theirs.port)) == (
            own.hostname,
            _port(theirs.scheme, own.port),
        )
    except ValueError:
        return False
    # A proxy may end TLS without stating so: HTTPS in front of HTTP is accepted, not the reverse.
    return same and theirs.scheme in {scheme, "https"}


def _port(scheme: str, port: int | None) -> int | None:
    return port or _PORTS.get(scheme)

"""How often a client may ask."""

import ipaddress
import time

from limits import RateLimitItem, parse
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.requests import Request

from okng.error_codes import Code
from okng.errors import BusyError, ConfigError
from okng.serve.security.counts import MemoryCounts

_LOGINS = parse("30/minute")
"""Per address. Names are locked sooner, but an attacker may try one password with many names."""
_REFUSALS = parse("60/minute")
"""Refused keys and sessions per address; further ones are 429 and cost no query."""


class Rates:
    """Counts requests in this process.

    Args:
        rate: of one caller, such as `6000/minute`.

    Raises:
        ConfigError: it is no rate.
    """

    def __init__(self, rate: str) -> None:
        self._rate = _parsed(rate)
        self._counts = SlidingWindowCounterRateLimiter(MemoryCounts())

    def count(self, client: str) -> None:
        """Count a request of a caller.

        Raises:
            BusyError: there were too many.
        """
        self._count(self._rate, "request", client)

    def count_login(self, request: Request) -> None:
        """Count a try to log in.

        Raises:
            BusyError: there were too many from this address.
        """
        self._count(_LOGINS, "login", address_of(request))

    def count_refusal(self, request: Request) -> None:
        """Count a refused key or session.

        Raises:
            BusyError: there were too many from this address.
        """
        self._count(_REFUSALS, "refusal", address_of(request))

    def _count(self, rate: RateLimitItem, kind: str, client: str) -> None:
        if self._counts.hit(rate, kind, client):
            return
        seconds = self._counts.get_window_stats(rate, kind, client).reset_time
        raise BusyError(
            f"This client is over its limit of {rate}",
            retry_after=max(seconds - time.time(), 1.0),
            code=Code.CLIENT_LIMIT,
        )


def address_of(request: Request) -> str:
    """The address of who asks; of IPv6 the network, since one machine has many addresses there."""
    client = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(client)
    except ValueError:
        return client
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return client


def _parsed(rate: str) -> RateLimitItem:
    try:
        return parse(rate)
    except ValueError as exc:
        raise ConfigError(
            f"{rate!r} is no rate",
            where="server.rate_limit",
            allowed="such as 100/second or 6000/minute",
            hint="Correct it.",
        ) from exc

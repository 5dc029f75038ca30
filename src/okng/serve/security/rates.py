"""How often a client may ask."""

import ipaddress
import threading
import time

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.requests import Request

from okng.error_codes import Code
from okng.errors import BusyError, ConfigError

_LOGINS = parse("30/minute")
"""Per address. Names are locked sooner, but an attacker may try one password with many names."""
_REFUSALS = parse("60/minute")
"""Refused keys and sessions per address; further ones are 429 and cost no query."""
_SWEPT_EVERY = 1024
"""New counters after which those that have expired are removed: as many may wait for it."""


class MemoryCounts(MemoryStorage):
    """Counters that expire when they are asked for, and otherwise with new ones.

    `MemoryStorage` starts a thread for that, every 10 ms as long as requests come.
    """

    def __init__(self) -> None:
        super().__init__()
        self._lock, self._fresh = threading.Lock(), 0

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Add to a counter, and give its value; see `MemoryStorage.incr`."""
        with self._lock:
            if self.get(key) == 0:
                self._sweep()
                self.expirations[key] = time.time() + expiry
            self.storage[key] += amount
            return self.storage[key]

    def _sweep(self) -> None:
        self._fresh += 1
        if self._fresh < _SWEPT_EVERY:
            return
        self._fresh, now = 0, time.time()
        for key in [key for key, end in self.expirations.items() if end <= now]:
            self.clear(key)


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

"""When a request is repeated, and after which pause.

A photo is sent with the same idempotency key each time, so a repeat never judges a part twice.
"""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx2

BUSY = frozenset({429, 502, 503, 504})
"""Statuses that pass: over the limit, full or stopping, a proxy without a station, out of time."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 10.0  # seconds: doubled each time, as TCP and gRPC do


@dataclass(frozen=True)
class Repeats:
    """How often a request is repeated, and for how long.

    Attributes:
        most: repeats after the first try.
        within: seconds from the first try after which no repeat begins.
        clock: gives seconds; replaced in tests.
        chance: gives a number in [0, 1); spreads the repeats of many clients.
    """

    most: int = 5
    within: float = 60.0
    clock: Callable[[], float] = field(default=time.monotonic, repr=False)
    chance: Callable[[], float] = field(default=random.random, repr=False)


class Tries:
    """The tries of one request.

    Args:
        repeats: how often.
        safe: whether the station does the same for a repeat as for the first; else only a request
            that never reached it is repeated.
    """

    def __init__(self, repeats: Repeats, *, safe: bool) -> None:
        self._repeats, self._safe = repeats, safe
        self._begun, self._done = repeats.clock(), 0

    def pause_after(self, result: httpx2.Response | httpx2.TransportError) -> float | None:
        """Seconds to wait before the next try; None where there is none."""
        if not self._passes(result) or self._done >= self._repeats.most:
            return None
        pause = self._pause(result)
        self._done += 1
        late = self._repeats.clock() + pause - self._begun > self._repeats.within
        return None if late else pause

    def _passes(self, result: httpx2.Response | httpx2.TransportError) -> bool:
        if isinstance(result, httpx2.Response):
            # The station refuses with 429 and 503 before it does anything.
            return result.status_code in (BUSY if self._safe else {429, 503})
        return self._safe or isinstance(result, httpx2.ConnectError)

    def _pause(self, result: httpx2.Response | httpx2.TransportError) -> float:
        grown = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2.0**self._done)
        pause = grown * (0.5 + self._repeats.chance() / 2)
        if isinstance(result, httpx2.Response):
            return max(pause, _seconds(result.headers.get("Retry-After", "")))
        return pause


def _seconds(header: str) -> float:
    """Retry-After in seconds; a date, which stations never send, counts as none."""
    return float(header) if header.strip().isdigit() else 0.0

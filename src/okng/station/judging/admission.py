"""How many photos a station takes at once: in all, and of one client."""

import math
import threading
import time
from collections import Counter, deque

from okng.error_codes import Code
from okng.errors import BusyError, StationError

_RECENT = 32
"""Answers that the rate is taken from: enough to even out batches, few enough to follow a swap."""


class Admission:
    """Counts the photos that were accepted and are not answered yet; to be used from any thread.

    Args:
        most: photos in all.
        most_of_client: photos of one client.
    """

    def __init__(self, most: int, most_of_client: int) -> None:
        self._most, self._most_of_client = most, most_of_client
        self._changed = threading.Condition()
        self._clients: Counter[str] = Counter()
        self._photos = 0
        self._answered: deque[float] = deque(maxlen=_RECENT)

    @property
    def photos(self) -> int:
        """Photos that were accepted and are not answered yet."""
        return self._photos

    def enter(self, client: str, photos: int = 1) -> None:
        """Accept photos of a client, all or none.

        Raises:
            BusyError: the client is over its limit, or the station is full.
            StationError: so many photos never fit.
        """
        with self._changed:
            # More than can ever be let in: 413, since waiting would not help.
            if photos > min(self._most, self._most_of_client):
                raise StationError(
                    f"{photos} photos in one request are too many",
                    allowed=f"{min(self._most, self._most_of_client)} photos",
                    hint="Send them in several requests.",
                    code=Code.REQUEST_TOO_LARGE,
                )
            # 429: this client's own fault, others are served
            if self._clients[client] + photos > self._most_of_client:
                raise BusyError(
                    f"{self._clients[client]} photos of this client wait for their verdicts",
                    retry_after=self._seconds(self._clients[client]),
                    code=Code.CLIENT_LIMIT,
                )
            if self._photos + photos > self._most:  # 503 with Retry-After
                raise BusyError(
                    f"{self._photos} photos wait for their verdicts",
                    retry_after=self._seconds(self._photos),
                )
            self._clients[client] += photos
            self._photos += photos

    def leave(self, client: str) -> None:
        """Count a photo of a client as answered, or as given up."""
        with self._changed:
            self._photos -= 1
            self._clients[client] -= 1
            if self._clients[client] <= 0:
                del self._clients[client]  # names of clients are not kept
            self._answered.append(time.monotonic())
            self._changed.notify_all()

    def wait_for_room(self, client: str, timeout: float | None) -> bool:
        """Whether there is room for a photo of a client within so many seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: self._has_room(client), timeout)

    def wait_until_empty(self, timeout: float | None) -> bool:
        """Whether every photo was answered within so many seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._photos, timeout)

    def _has_room(self, client: str) -> bool:
        return self._photos < self._most and self._clients[client] < self._most_of_client

    def _seconds(self, photos: int) -> float:
        """How long so many photos take at the recent rate, in whole seconds from 1 to 30."""
        if len(self._answered) < 2:
            return 1.0  # nothing measured yet
        each = (self._answered[-1] - self._answered[0]) / (len(self._answered) - 1)
        # at the pace of the last answers, in [1, 30] s
        return float(min(30, max(1, math.ceil(each * photos))))

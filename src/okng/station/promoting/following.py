"""Takes the models that `okng promote` put in place while the station runs."""

import threading
from collections.abc import Callable

from okng.errors import OkngError

SECONDS = 2.0
"""Between two looks into the library: a file of a hundred bytes."""
_LONGEST_SECONDS = 60.0
"""The same while a file cannot be loaded: each look reads all of it."""


class Follower:
    """Follows the library in a thread, until it is closed.

    Args:
        follow: takes what is new, see `Changes.follow`.
        seconds: between two calls.
    """

    def __init__(self, follow: Callable[[], object], seconds: float = SECONDS) -> None:
        self._follow, self._seconds = follow, seconds
        self._fault: OkngError | None = None
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._work, name="okng-library", daemon=True)
        self._thread.start()

    @property
    def fault(self) -> OkngError | None:
        """Why the last call failed; the model that judged before goes on."""
        return self._fault

    def close(self) -> None:
        """End the thread."""
        self._end.set()
        self._thread.join()

    def _work(self) -> None:
        pause = self._seconds
        while not self._end.wait(pause):
            try:
                self._follow()
                self._fault, pause = None, self._seconds
            except OkngError as fault:
                self._fault, pause = fault, min(2 * pause, _LONGEST_SECONDS)

"""Pauses between attempts: each twice as long as the one before, with jitter."""

import random

_FIRST_SECONDS = 0.5


class Backoff:
    """Gives the next pause. To be used by one thread.

    Jitter keeps a hundred stations from asking a broker that is back in the same moment.

    Args:
        longest: seconds of a pause, at most.
        first: seconds of the first one; 0.5 if None.
        rng: draws the jitter.
    """

    def __init__(
        self, longest: float, first: float | None = None, rng: random.Random | None = None
    ) -> None:
        self._longest, self._first = longest, first or _FIRST_SECONDS
        self._rng = rng or random.Random()  # noqa: S311 - no secret
        self._pause = self._first

    def next(self) -> float:
        """Seconds until the next attempt: from half of the pause to all of it."""
        pause = min(self._pause, self._longest)
        self._pause = min(2 * self._pause, self._longest)
        return pause * self._rng.uniform(0.5, 1)

    def reset(self) -> None:
        """The attempt was a success."""
        self._pause = self._first

"""How many parts of a source are in flight, and each of them."""

import threading

from okng.connect.part import Outcome, Part


class InFlight:
    """Counts parts that are not on record yet; to be used from any thread.

    Args:
        most: parts at once; the source waits while there are so many.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._changed = threading.Condition()
        self._parts = 0

    @property
    def parts(self) -> int:
        """Parts that are not on record yet."""
        return self._parts

    def enter(self) -> None:
        """Count a part, once there is room for it."""
        with self._changed:
            self._changed.wait_for(lambda: self._parts < self._most)
            self._parts += 1

    def leave(self) -> None:
        """A part is on record, or never will be."""
        with self._changed:
            self._parts -= 1
            self._changed.notify_all()

    def wait_until_empty(self, timeout: float | None) -> bool:
        """Whether all parts are on record within so many seconds."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._parts, timeout)


class Flight:
    """One part from its arrival until it is on record.

    Args:
        part: of a source.

    Attributes:
        given: what the line was answered; None as long as it waits.
    """

    def __init__(self, part: Part) -> None:
        self.part = part
        self.given: Outcome | None = None
        self._lock = threading.Lock()
        self._ended = False

    def give(self, outcome: Outcome) -> bool:
        """Take the answer to the line; whether it is the first, and is to be sent."""
        with self._lock:
            if self.given is not None:
                return False
            self.given = outcome
        return True

    def end(self) -> bool:
        """Whether this is the first call: the part leaves once."""
        with self._lock:
            first, self._ended = not self._ended, True
        return first

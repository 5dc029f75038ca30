"""Heartbeats: a level that changes once a second shows that the other program runs."""

from dataclasses import dataclass

PERIOD_S = 1.0


@dataclass(slots=True)
class Listening:
    """Whether the heartbeat of the PLC is there.

    A PLC in stop still answers on the network, with its last values: only a change shows that its
    program runs. So it is silent until the first change.

    Attributes:
        timeout_s: seconds without a change after which it is silent; 0 for never.
    """

    timeout_s: float
    _level: bool | None = None
    _changed: float | None = None

    def hear(self, now: float, level: bool) -> None:
        """The level that was read now."""
        if self._level is not None and level != self._level:
            self._changed = now
        self._level = level

    def alive(self, now: float) -> bool:
        """Whether the last change is recent."""
        if not self.timeout_s:
            return True
        return self._changed is not None and now - self._changed <= self.timeout_s


@dataclass(slots=True)
class Beating:
    """The heartbeat of the station."""

    level: bool = False
    _next: float | None = None

    def beat(self, now: float) -> bool:
        """The level of now; it changes once a second."""
        if self._next is None or now >= self._next:
            self.level = not self.level
            self._next = now + PERIOD_S
        return self.level

"""What one sink has done, and what waits for it."""

from typing import NamedTuple

from okng.errors import OkngError


class SinkState(NamedTuple):
    """One sink at this moment.

    Attributes:
        name: of the sink.
        kind: `mqtt`, `webhook`, ...
        fault: why it cannot be reached; None while it can.
        delivered: verdicts and alarms that arrived since the start.
        refused: that it refused since the start, and that are set aside.
        faults: attempts that failed since the start.
        waiting: rows of the chain that it has not passed, as far as they were seen.
        oldest_seconds: age of the oldest of them; 0 where none waits.
    """

    name: str
    kind: str
    fault: OkngError | None
    delivered: int
    refused: int
    faults: int
    waiting: int
    oldest_seconds: float

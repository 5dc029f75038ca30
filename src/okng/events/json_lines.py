"""Events as lines of JSON, for programs that watch a job."""

import json
import math
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from okng.events.kinds import Event, StageAdvanced
from okng.events.progress import Progress

SCHEMA = 1
"""Version of the lines. It grows when a field or a kind goes; new ones may come at any time."""
EVERY_SECONDS = 0.5
"""Between two `stage_advanced` of a stage: a photo takes milliseconds, and nobody reads that."""


class JsonLines(Progress):
    """Writes each event as one JSON object on one line.

    Args:
        write: takes one line.
        clock: seconds, monotonic.
    """

    def __init__(
        self, write: Callable[[str], object], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._write, self._clock = write, clock
        self._advanced = -math.inf  # the first event is always written
        self._lock = threading.Lock()  # photos are read by several threads

    def handle(self, event: Event) -> None:
        """Write it, but not each photo."""
        with self._lock:
            if isinstance(event, StageAdvanced):
                now = self._clock()
                if now - self._advanced < EVERY_SECONDS:  # the last of a stage follows as its end
                    return
                self._advanced = now
            self._write(line(event, datetime.now(UTC)))


def line(event: Event, time: datetime) -> str:
    """One event as JSON in ASCII: `schema`, `time` in UTC, `event`, and the fields of its kind."""
    head = {"schema": SCHEMA, "time": time.isoformat(timespec="milliseconds")}
    return json.dumps({**head, **_finite(event.plain())})


def _finite(value: Any) -> Any:
    """JSON has no NaN: null stands for it."""
    if isinstance(value, dict):
        return {name: _finite(inner) for name, inner in value.items()}
    # JSON has no NaN: null
    return None if isinstance(value, float) and not math.isfinite(value) else value

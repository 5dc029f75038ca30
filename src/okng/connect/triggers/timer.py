"""A signal every so many seconds, to try a line out and for belts without a sensor."""

import math
import time
from collections.abc import Iterator
from threading import Event
from typing import ClassVar
from uuid import uuid4

from pydantic import Field

from okng.config import Duration
from okng.connect.contracts import Around, Finding, Shot, Trigger, TriggerSettings
from okng.connect.part import nobody


class TimerTriggerSettings(TriggerSettings):
    """A photo every so many seconds."""

    kind: ClassVar[str] = "timer"

    every: Duration = Field(
        1.0, ge=0.001, le=86400, description="Time between two photos, such as 500ms."
    )

    def check(self, around: Around) -> list[Finding]:  # noqa: ARG002 - it needs nothing
        """Nothing can be missing."""
        return [Finding("trigger", f"every {self.every:g} s")]

    def trigger(self, around: Around) -> Trigger:  # noqa: ARG002 - it belongs to no station
        """The trigger; it does not run yet."""
        return TimerTrigger(self.every)


class TimerTrigger:
    """Signals at multiples of a period after its start, however long photos take.

    What falls into a photo that takes longer is left out: there is no second photo of one moment.
    """

    def __init__(self, every_s: float) -> None:
        self._every_s = every_s
        self._closed = Event()

    def open(self) -> None:
        """There is nothing to reach."""
        self._closed.clear()

    def shots(self) -> Iterator[Shot]:
        """Signals until `close`."""
        start, run = time.monotonic(), uuid4().hex
        number = 1
        while not self._closed.wait(max(start + number * self._every_s - time.monotonic(), 0)):
            yield Shot(f"{run}-{number}", _stays, nobody)
            passed = math.floor((time.monotonic() - start) / self._every_s)
            number = max(number, passed) + 1

    def close(self) -> None:
        """End the signals."""
        self._closed.set()


def _stays() -> None:
    """Nobody moves the part."""

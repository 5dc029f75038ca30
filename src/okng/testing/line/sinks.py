"""A sink that stores what it gets in memory, and fails as a test wants."""

import threading
from collections.abc import Callable, Sequence
from typing import ClassVar

from pydantic import PrivateAttr

from okng.connect.contracts import Around, Finding, Sink, SinkSettings
from okng.connect.delivery import Alarm, Delivery
from okng.errors import ConnectError, RefusedError


class RecordingSink:
    """Takes verdicts and alarms.

    Attributes:
        received: sequence numbers of verdicts, in the order in which they arrived.
        alarms: that arrived.
        opened: how often it was opened.
        checked: how often it was called without a verdict.
        down: whether it is out of reach.
        refuses: numbers that it never takes.
        answers: is asked before each call, and may raise.
    """

    def __init__(self) -> None:
        self.received: list[int] = []
        self.identifiers: list[str] = []
        self.alarms: list[Alarm] = []
        self.opened = self.checked = self.closed = 0
        self.down = False
        self.refuses: set[int] = set()
        self.answers: Callable[[Sequence[Delivery]], None] = lambda _: None
        self._changed = threading.Condition()

    def open(self) -> None:
        """Connect, unless it is down."""
        if self.down:
            raise ConnectError("The sink is down")
        self.opened += 1

    def send(self, deliveries: Sequence[Delivery]) -> None:
        """Take all, or fail."""
        if self.down:
            raise ConnectError("The sink is down")
        self.answers(deliveries)
        if self.refuses & {each.seq for each in deliveries}:
            raise RefusedError("The sink takes no such verdict")
        with self._changed:
            self.checked += not deliveries
            self.received += [each.seq for each in deliveries]
            self.identifiers += [each.row.id for each in deliveries]
            self._changed.notify_all()

    def alarm(self, alarm: Alarm) -> None:
        """Take an alarm."""
        if self.down:
            raise ConnectError("The sink is down")
        with self._changed:
            self.alarms.append(alarm)
            self._changed.notify_all()

    def close(self) -> None:
        """Count it."""
        self.closed += 1

    def wait_for(self, condition: Callable[["RecordingSink"], bool], seconds: float = 10) -> bool:
        """Wait until something arrived that makes a condition true; whether it did."""
        with self._changed:
            return self._changed.wait_for(lambda: condition(self), seconds)


class RecordingSettings(SinkSettings):
    """Settings of such a sink."""

    kind: ClassVar[str] = "recording"
    _sink: RecordingSink = PrivateAttr(default_factory=RecordingSink)

    @property
    def recording(self) -> RecordingSink:
        """The one sink of these settings."""
        return self._sink

    def check(self, around: Around) -> list[Finding]:  # noqa: ARG002 - of the contract
        """Nothing to look at."""
        return []

    def sink(self, around: Around) -> Sink:  # noqa: ARG002 - of the contract
        """The sink."""
        return self._sink

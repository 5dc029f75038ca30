"""All sinks of one station: begins their threads, calls them after commits, ends them."""

from collections import Counter
from collections.abc import Callable, Sequence
from time import monotonic
from types import TracebackType
from typing import Self

from okng.connect.alarms import Alarms
from okng.connect.contracts import Around, SinkSettings
from okng.connect.delivering.carriers import carrier_of
from okng.connect.delivering.sender import Sender
from okng.connect.delivering.state import SinkState
from okng.errors import ConfigError, OkngError
from okng.records import Link, Records
from okng.records.outbox import Outbox

STOP_SECONDS = 10.0
"""Time to send what is left at a stop."""


class Delivering:
    """Delivers the verdicts and alarms of one station to its sinks, until it is closed.

    To be made before the station takes photos: a new sink begins behind the row that is the last
    one then. To be closed after the station, and before its records.

    Args:
        records: of the station.
        around: the station.
        sinks: where verdicts go.
        alarms: of the station.

    Raises:
        ConfigError: two sinks have one name.
        RecordsError: the database cannot be read or written.
    """

    def __init__(
        self, records: Records, around: Around, sinks: Sequence[SinkSettings], alarms: Alarms
    ) -> None:
        _refuse_same_names(sinks)
        self._station = around.station
        self._senders = [
            Sender(
                each,
                carrier_of(each, around),
                Outbox(records, each.title, around.station, each.begin),
                alarms,
            )
            for each in sinks
        ]
        self._leave = records.watch(self._committed)
        for sender in self._senders:
            sender.start()

    @property
    def states(self) -> Sequence[SinkState]:
        """The sinks at this moment, in the order of the settings."""
        return [sender.state for sender in self._senders]

    @property
    def watched(self) -> list[Callable[[], OkngError | None]]:
        """Give the fault of each sink that is out of reach for long; for `Station.watched`."""
        return [lambda sender=sender: sender.alarmed for sender in self._senders]  # type: ignore[misc]

    def close(self, timeout: float = STOP_SECONDS) -> None:
        """Send what is left, for some seconds at most; the rest is sent after the next start."""
        self._leave()
        deadline = monotonic() + timeout
        for sender in self._senders:
            sender.stop(deadline)
        for sender in self._senders:
            sender.join()

    def __enter__(self) -> Self:
        """Use it."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()

    def _committed(self, heads: Sequence[Link]) -> None:
        for head in heads:
            if head.station == self._station:
                for sender in self._senders:
                    sender.committed(head.seq)


def _refuse_same_names(sinks: Sequence[SinkSettings]) -> None:
    twice = [name for name, count in Counter(each.title for each in sinks).items() if count > 1]
    if twice:
        raise ConfigError(
            f"Several sinks have one name: {', '.join(twice)}",
            where="sinks",
            hint="Give each of them a `name` of its own: the outbox remembers a sink by it.",
        )

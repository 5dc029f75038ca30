"""A station on the line: its sources run until it stops."""

import time
from collections.abc import Sequence
from functools import partial
from types import TracebackType
from typing import Self

from okng.connect.contracts import Alarming, Around
from okng.connect.operator_log import log
from okng.connect.receiving import Deadlines, NamedSource, Receiver, Seen, ignored
from okng.errors import RecordsError
from okng.station import Station
from okng.wording import mark


class Line:
    """Receives the parts of several sources; to be used in a `with` block.

    At its end the sources stop, and the parts in flight are judged, put on record and answered.

    Args:
        station: that judges; it outlives the line.
        sources: each with a name of its own.
        alarms: of the station.
        seen: gets each part with what is on record of it.
    """

    def __init__(
        self,
        station: Station,
        sources: Sequence[NamedSource],
        alarms: Alarming,
        seen: Seen = ignored,
    ) -> None:
        self._limit = station.settings.server.stop_timeout
        self._deadlines = Deadlines()
        self.receivers = [
            Receiver(source, station, alarms, self._deadlines, seen=seen) for source in sources
        ]

    @property
    def running(self) -> bool:
        """Whether parts may still come."""
        return any(receiver.running for receiver in self.receivers)

    def wait(self, seconds: float) -> bool:
        """Whether all sources have ended by themselves within so many seconds."""
        end = time.monotonic() + seconds
        for receiver in self.receivers:
            receiver.wait(max(0.0, end - time.monotonic()))
        return not self.running

    def __enter__(self) -> Self:
        """Begin to receive."""
        for receiver in self.receivers:
            receiver.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop; what is in flight goes on, within the time of `server.stop_timeout`."""
        end = time.monotonic() + self._limit
        for receiver in self.receivers:
            receiver.stop()
        for receiver in self.receivers:
            if not receiver.join(max(0.0, end - time.monotonic())):
                log.warning(mark("Parts are still in flight after the time for a stop"),
                             source=receiver.name, parts=receiver.in_flight,
                             next="They are rejected. Raise `server.stop_timeout`.")  # fmt: skip
        self._deadlines.close()


def around(station: Station, site: str, alarms: Alarming) -> Around:
    """What adapters get of a station.

    Args:
        station: that they belong to.
        site: name of the plant.
        alarms: of the station.
    """
    return Around(
        site=site,
        station=station.name,
        product=station.settings.station.product,
        known=partial(_known, station),
        alarms=alarms,
    )


def _known(station: Station, keys: Sequence[str]) -> set[str]:
    """Which parts are on record; none while that cannot be read: a station repeats its answer."""
    if station.records is None or not keys:
        return set()
    try:
        return station.records.known_keys(station.name, keys)
    except RecordsError:
        return set()

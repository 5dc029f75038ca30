"""Rows of the chain -> calls of a sink."""

from collections.abc import Iterator, Sequence
from itertools import groupby, islice
from typing import Protocol, cast

from okng.connect.alarms import alarm_of
from okng.connect.contracts import Around, ChainSink, Sink, SinkSettings, Takes
from okng.connect.delivery import Delivery
from okng.records import Entry, InspectionRow, Kind, Role
from okng.records.outbox import ChainRow


class Carrier(Protocol):
    """Chooses the rows that a sink gets, and hands them over."""

    def open(self) -> int | None:
        """Connect.

        Returns:
            Number of the last row that the other side has; None where it does not know.

        Raises:
            ConnectError: it cannot be reached now.
        """

    def groups(self, rows: Sequence[ChainRow]) -> Iterator[Sequence[ChainRow]]:
        """The rows that the sink gets, in order, in pieces that are sent at once."""

    def send(self, rows: Sequence[ChainRow]) -> None:
        """Send one of these pieces, or a part of it; none to see whether the connection stands.

        Raises:
            ConnectError: the connection is lost.
            RefusedError: the other side will never take one of them.
        """

    def close(self) -> None:
        """Say good-bye."""


class VerdictCarrier:
    """Hands verdicts and alarms to a sink.

    Args:
        sink: that gets them.
        roles: which verdicts.
        at_once: verdicts or alarms of one piece, at most.
    """

    def __init__(self, sink: Sink, roles: Sequence[Role], at_once: int) -> None:
        self._sink, self._roles, self._at_once = sink, frozenset(roles), at_once
        self.close = sink.close

    def open(self) -> int | None:
        """Connect; sinks of verdicts do not know what they have."""
        self._sink.open()
        return None

    def groups(self, rows: Sequence[ChainRow]) -> Iterator[Sequence[ChainRow]]:
        """Verdicts in a row, and alarms in a row: order is kept across both."""
        wanted = [row for row in rows if self._is_wanted(row)]
        for _, group in groupby(wanted, key=lambda row: row.row.table):
            while piece := list(islice(group, self._at_once)):
                yield piece

    def send(self, rows: Sequence[ChainRow]) -> None:
        """Send verdicts, or alarms."""
        verdicts = [Delivery(r.row, r.seq) for r in rows if isinstance(r.row, InspectionRow)]
        if verdicts or not rows:
            self._sink.send(verdicts)
        for row in rows:
            if isinstance(row.row, Entry):
                self._sink.alarm(alarm_of(row.row))

    def _is_wanted(self, row: ChainRow) -> bool:
        if isinstance(row.row, InspectionRow):
            return row.row.role in self._roles
        return isinstance(row.row, Entry) and row.row.kind is Kind.ALARM


class ChainCarrier:
    """Hands all rows of a chain to a sink.

    Args:
        sink: that gets them.
        at_once: rows of one piece, at most.
    """

    def __init__(self, sink: ChainSink, at_once: int) -> None:
        self._at_once = at_once
        self.open, self.send, self.close = sink.open, sink.send, sink.close

    def groups(self, rows: Sequence[ChainRow]) -> Iterator[Sequence[ChainRow]]:
        """All of them."""
        for begin in range(0, len(rows), self._at_once):
            yield rows[begin : begin + self._at_once]


def carrier_of(settings: SinkSettings, around: Around) -> Carrier:
    """The carrier for the sink of some settings."""
    sink = settings.sink(around)
    if settings.takes is Takes.CHAIN:
        return ChainCarrier(cast("ChainSink", sink), settings.at_once)
    return VerdictCarrier(cast("Sink", sink), settings.roles, settings.at_once)

"""The review queue: the part that is next, and those behind it."""

from collections.abc import Sequence
from typing import NamedTuple, Self

from okng.records import InspectionRow, Records
from okng.records.queries import InspectionFilter
from okng.records.queries.filters import FLAGGED

_AHEAD = 2  # photos that the browser loads before they are asked for
WAITING = InspectionFilter(verdicts=FLAGGED, reviewed=False)
"""Inspections that wait for a person."""


class Queue(NamedTuple):
    """What the page of the queue shows.

    Attributes:
        row: the next part; None if nothing waits.
        ahead: those behind it, whose photos are loaded ahead.
        waiting: how many wait, at most the limit of counting.
        cursor: where this part begins; empty for the front.
        skip: cursor behind this part; None on the last one.
        undo: inspection whose review can be taken back; None if there is none.
    """

    row: InspectionRow | None
    ahead: Sequence[InspectionRow]
    waiting: int
    cursor: str = ""
    skip: str | None = None
    undo: str | None = None

    @classmethod
    def of(cls, records: Records, cursor: str = "", undo: str | None = None) -> Self:
        """The queue from a cursor on; from its front where nothing is behind the cursor."""
        first = records.page(WAITING, 1, cursor or None)
        if not first.rows and cursor:
            return cls.of(records, undo=undo)
        behind = records.page(WAITING, _AHEAD, first.next).rows if first.next else ()
        waiting = records.count(WAITING, most=1000).number
        row = first.rows[0] if first.rows else None
        return cls(row, behind, waiting, cursor, first.next, undo)

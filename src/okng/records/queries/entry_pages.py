"""Pages of entries, newest first: the audit log."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from sqlalchemy import Row, select, tuple_

from okng.records.queries.cursor import Cursor
from okng.records.queries.pages import MOST_ROWS, Read, stations
from okng.records.reading import entry_row
from okng.records.rows import Entry, Kind
from okng.records.tables import entries


@dataclass(frozen=True, slots=True)
class EntryPage:
    """Entries, newest first.

    Attributes:
        rows: the entries.
        next: cursor of the next page; None on the last one.
    """

    rows: Sequence[Entry]
    next: str | None = None


def entries_page(
    read: Read,
    kinds: Sequence[Kind] = (),
    station: str | None = None,
    limit: int = 50,
    cursor: str | None = None,
) -> EntryPage:
    """One page of entries.

    Args:
        read: runs queries.
        kinds: only these; all if empty.
        station: its name; None for all.
        limit: rows, 1 to `MOST_ROWS`.
        cursor: the `next` of the page before; None for the first page.

    Raises:
        StationError: the cursor is not valid.
    """
    limit = max(1, min(limit, MOST_ROWS))
    after = Cursor.of(cursor) if cursor else None
    c = entries.c
    names = stations(read) if station is None else [station]
    rows: list[Row[Any]] = []
    for name, kind in product(names, kinds or Kind):
        query = select(entries).where(c.station == name, c.kind == kind)
        if after is not None:
            query = query.where(tuple_(c.time_us, c.id) < tuple_(after.time_us, after.id))
        rows += read(query.order_by(c.time_us.desc(), c.id.desc()).limit(limit + 1))
    rows.sort(key=lambda row: (row.time_us, row.id), reverse=True)
    shown = rows[:limit]
    last = Cursor(shown[-1].time_us, shown[-1].id).text() if len(rows) > limit else None
    return EntryPage([entry_row(row) for row in shown], last)

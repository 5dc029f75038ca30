"""Entries of one kind, as the lists of a station are read from them."""

from sqlalchemy import select

from okng.records import Entry, Kind, Records
from okng.records.reading import entry_row
from okng.records.tables import entries


def entries_of_kind(
    records: Records, station: str, kind: Kind, limit: int | None = None
) -> list[Entry]:
    """Entries of a station, in the order in which they joined its chain.

    Args:
        records: that hold them.
        station: name of the chain.
        kind: what they are about.
        limit: the last ones only, if there are more.
    """
    query = (
        select(entries)
        .where((entries.c.station == station) & (entries.c.kind == kind))
        .order_by(entries.c.seq.desc())
        .limit(limit)
    )
    return [entry_row(row) for row in reversed(records.read(query))]

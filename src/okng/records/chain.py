"""The chain of hashes over the rows of a station.

Each row's hash covers all of its columns, its number, and the hash of the row before it. A changed,
added or missing row breaks it. A cut tail or a chain that was computed anew does not: the signed
heads of `okng.records.heads`, kept outside the database, show those.
"""

import hashlib
from collections.abc import Mapping

from okng.records.canonical import Value, canonical
from okng.records.rows import Link, Row, columns

START = "0" * 64
"""Stands in place of the hash before the first row."""


def first(station: str) -> Link:
    """The link before the first row."""
    return Link(station, 0, START)


def linked(row: Row, before: Link) -> Link:
    """The link of a row that follows another."""
    return Link(row.station, before.seq + 1, digest(row.table, columns(row), before))


def digest(table: str, values: Mapping[str, Value], before: Link) -> str:
    """The hash of a row.

    Args:
        table: that it stands in.
        values: its columns, without `seq` and `hash`.
        before: the link of the row before it in the same chain.
    """
    document: dict[str, Value] = {
        "columns": dict(values),
        "prev": before.hash,
        "seq": before.seq + 1,
        "table": table,
    }
    return hashlib.sha256(canonical(document).encode()).hexdigest()

"""Columns of an export: those of the tables, and a few that people read."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from sqlalchemy import BigInteger, SmallInteger

from okng.records.canonical import from_e9
from okng.records.tables import entries, inspections, tombstones

TABLES = {table.name: table for table in (inspections, entries, tombstones)}
READABLE = ("time", "defect_score", "threshold", "unfamiliarity")
"""Columns that repeat others for people; an import leaves them out."""


def names_of(table: str) -> list[str]:
    """Columns of an exported table, in order."""
    own = [column.name for column in TABLES[table].c]
    return {"inspections": [*READABLE, *own], "entries": ["time", *own]}.get(table, own)


def whole_numbers(table: str) -> frozenset[str]:
    """Columns that hold whole numbers."""
    return frozenset(
        column.name for column in TABLES[table].c
        if isinstance(column.type, BigInteger | SmallInteger)
    )  # fmt: skip


def readable(table: str, row: Mapping[str, Any]) -> dict[str, str | float | None]:
    """The columns of a row that people read."""
    if table == "tombstones":
        return {}
    moment = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=row["time_us"])
    local = moment.astimezone(timezone(timedelta(minutes=row["offset_min"])))
    if table == "entries":
        return {"time": local.isoformat()}
    return {
        "time": local.isoformat(),
        "defect_score": from_e9(row["score_e9"]),
        "threshold": from_e9(row["threshold_e9"]),
        "unfamiliarity": from_e9(row["unfamiliarity_e9"]),
    }

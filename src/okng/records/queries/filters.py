"""Which inspections are wanted, and the conditions of SQL for it."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, FromClause, String, and_, exists, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from okng.records.rows import Role
from okng.records.tables import inspections, review_states

VERDICTS = frozenset({"OK", "NG", "REVIEW", "ERROR"})
FLAGGED = frozenset({"NG", "REVIEW", "ERROR"})
"""Verdicts that wait for a review."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InspectionFilter:
    """Which inspections are wanted; what is None does not count.

    Attributes:
        station: name of the station.
        since_us: time from which on, in microseconds since 1970, UTC.
        until_us: time before which.
        verdicts: any of these; all if empty.
        serial: exactly this one.
        serial_prefix: serials that begin with it. More than 20,000 rows of them are in falling
            order of serials, not newest first.
        batch: exactly this one.
        model_digest: of the model file.
        role: live ones, unless asked for others; None for all.
        reviewed: whether there is a review that counts.
        label: class that the last review names.
    """

    station: str | None = None
    since_us: int | None = None
    until_us: int | None = None
    verdicts: frozenset[str] = frozenset()
    serial: str | None = None
    serial_prefix: str | None = None
    batch: str | None = None
    model_digest: str | None = None
    role: Role | None = Role.LIVE
    reviewed: bool | None = None
    label: str | None = None

    @property
    def by_review(self) -> bool:
        """Whether `review_states` holds all rows that are wanted."""
        if self.label is not None or self.reviewed:
            return True
        waiting = bool(self.verdicts) and self.verdicts <= FLAGGED and self.role is Role.LIVE
        return self.reviewed is False and waiting


def period(wanted: InspectionFilter, table: FromClause) -> Iterator[ColumnElement[bool]]:
    """Conditions on the time, as an index can use them."""
    if wanted.since_us is not None:
        yield table.c.time_us >= wanted.since_us
    if wanted.until_us is not None:
        yield table.c.time_us < wanted.until_us


def prefixed(serial: ColumnElement[Any], prefix: str) -> ColumnElement[bool]:
    """Serials that begin with a prefix, as a range of the index (order of code points)."""
    end = _behind(prefix)
    return serial >= prefix if end is None else and_(serial >= prefix, serial < end)


def residual(
    wanted: InspectionFilter, served: frozenset[str] = frozenset()
) -> Iterator[ColumnElement[bool]]:
    """Conditions on single columns, each checked on the rows that an index gives.

    Args:
        wanted: all conditions.
        served: names of those that the index has met already.
    """
    for name in ("station", "role", "serial", "batch", "model_digest"):
        value = getattr(wanted, name)
        if value is not None and name not in served:
            yield _Unindexed(inspections.c[name]) == value
    if wanted.serial_prefix and "serial_prefix" not in served:
        yield prefixed(_Unindexed(inspections.c.serial), wanted.serial_prefix)
    if wanted.verdicts and "verdict" not in served:
        yield _Unindexed(inspections.c.verdict).in_(sorted(wanted.verdicts))
    if wanted.reviewed is False and not wanted.by_review:
        yield ~exists(
            select(1).where(
                review_states.c.inspection_id == inspections.c.id, review_states.c.state == "done"
            )
        )


class _Unindexed(FunctionElement[str]):
    """A column that SQLite uses no index for.

    Without statistics it takes the index with the most equal columns instead of the one with the
    fewest rows. PostgreSQL has statistics; an expression in place of the column would hide them,
    and a page took 500 ms instead of 7.
    """

    type = String()
    inherit_cache = True


@compiles(_Unindexed)
def _plain(element: _Unindexed, compiler: SQLCompiler, **options: Any) -> str:
    return compiler.process(element.clauses, **options)


@compiles(_Unindexed, "sqlite")
def _with_plus(element: _Unindexed, compiler: SQLCompiler, **options: Any) -> str:
    # https://sqlite.org/optoverview.html, "disqualifying WHERE clause terms using unary +"
    return f"+{compiler.process(element.clauses, **options)}"


def _behind(prefix: str) -> str | None:
    """The first text behind all texts with a prefix; None if there is none."""
    while prefix:
        code = ord(prefix[-1]) + 1
        if code <= sys.maxunicode:
            # Code points of surrogates are no characters.
            return prefix[:-1] + chr(0xE000 if 0xD800 <= code <= 0xDFFF else code)
        prefix = prefix[:-1]
    return None

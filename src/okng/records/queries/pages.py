"""Pages of inspections, each behind the last row of the one before.

They are newest first. Where very many serials begin with a prefix, they are in falling order of
serials: finding the newest would read all of them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice, product
from typing import Any, NamedTuple, Protocol

from sqlalchemy import ColumnElement, FromClause, Row, Select, func, select, tuple_, union_all

from okng.records.queries.cursor import Cursor
from okng.records.queries.filters import VERDICTS, InspectionFilter, period, prefixed, residual
from okng.records.reading import inspection_row
from okng.records.rows import InspectionRow, Role
from okng.records.tables import chain_heads, inspections, review_states

MOST_ROWS = 500
"""Rows of one page, at most."""
_FEW = 20_000
"""Rows with a prefix, at most, that are sorted by time: some 10 ms of sorting."""
_BRANCHES = 100
"""Parts of one UNION ALL; SQLite takes 500."""


class Read(Protocol):
    """Runs queries."""

    def __call__(self, query: Select[Any], /) -> Sequence[Row[Any]]:
        """The rows of a query."""


class LatestReview(NamedTuple):
    """The review of an inspection that counts.

    Attributes:
        truth: `OK` or `NG`.
        label: class of the part; empty if not named.
    """

    truth: str
    label: str


@dataclass(frozen=True, slots=True)
class Page:
    """Inspections, newest first.

    Attributes:
        rows: the inspections.
        next: cursor of the next page; None on the last one.
        reviews: identifier -> its review, of those that are reviewed.
    """

    rows: Sequence[InspectionRow]
    next: str | None = None
    reviews: Mapping[str, LatestReview] = field(default_factory=dict)


class Count(NamedTuple):
    """A number of inspections.

    Attributes:
        number: how many, or the limit of counting.
        exact: False if there are more.
    """

    number: int
    exact: bool


def page(read: Read, wanted: InspectionFilter, limit: int = 50, cursor: str | None = None) -> Page:
    """One page of inspections.

    Args:
        read: runs queries.
        wanted: which ones.
        limit: rows, 1 to `MOST_ROWS`.
        cursor: the `next` of the page before; None for the first page.

    Raises:
        StationError: the cursor is not valid.
    """
    limit = max(1, min(limit, MOST_ROWS))
    after = Cursor.of(cursor) if cursor else None
    if _in_order_of_serials(read, wanted, after):
        keys = read(_by_serial(wanted, after).limit(limit + 1))
        return _page(read, keys, limit)
    keys = []
    for branches in _batches(_branches(read, wanted, after)):
        ordered = [each.order_by(*_newest(each)).limit(limit + 1) for each in branches]
        keys += read(_united(ordered))
    return _page(read, sorted(keys, reverse=True), limit)


def _page(read: Read, keys: Sequence[Row[Any]], limit: int) -> Page:
    rows = {row.id: row for row in _rows(read, [key.id for key in keys[:limit]])}
    last = keys[limit - 1] if len(keys) > limit else None
    # A rule of retention may have deleted a row since its key was read.
    present = [rows[key.id] for key in keys[:limit] if key.id in rows]
    cursor = Cursor(last.time_us, last.id, getattr(last, "serial", None)).text() if last else None
    return Page(present, cursor, reviews_of(read, list(rows)))


def count(read: Read, wanted: InspectionFilter, most: int = 10_000) -> Count:
    """How many inspections there are; counting ends at a limit, since it takes time.

    Args:
        read: runs queries.
        wanted: which ones.
        most: the limit.
    """
    number = 0
    for branches in _batches(_branches(read, wanted, None)):
        limited = _united([each.limit(most + 1) for each in branches]).subquery()
        number += read(select(func.count()).select_from(limited))[0][0]
        if number > most:
            return Count(most, exact=False)
    return Count(number, exact=True)


def reviews_of(read: Read, identifiers: Sequence[str]) -> dict[str, LatestReview]:
    """The reviews that count, of some inspections."""
    states = review_states.c
    query = select(states.inspection_id, states.truth, states.label)
    rows = read(query.where(states.inspection_id.in_(identifiers), states.state == "done"))
    return {row.inspection_id: LatestReview(row.truth, row.label) for row in rows}


def stations(read: Read) -> list[str]:
    """Names of all stations in the database."""
    return [row.station for row in read(select(chain_heads.c.station).order_by("station"))]


def _branches(
    read: Read, wanted: InspectionFilter, after: Cursor | None
) -> Iterator[Select[tuple[int, str]]]:
    """Queries for `time_us, id`, whose rows together are the wanted ones, each by one index."""
    if wanted.by_review:
        # An index of states begins with the verdict, the one of labels with the label.
        each = (None,) if wanted.label is not None else sorted(wanted.verdicts or VERDICTS)
        for verdict in each:
            yield _reviewed(wanted, verdict, after)
        return
    for conditions, served in _by_index(read, wanted):
        keys = select(inspections.c.time_us, inspections.c.id)
        behind = _behind(after, inspections, "id")
        yield keys.where(
            *conditions, *period(wanted, inspections), *behind, *residual(wanted, served)
        )


def _by_index(
    read: Read, wanted: InspectionFilter
) -> Iterator[tuple[tuple[ColumnElement[bool], ...], frozenset[str]]]:
    """Conditions that an index serves in order of time, the ones with the fewest rows; and which.

    One pair of them is enough, or all pairs together where there is one for each station.
    """
    c = inspections.c
    for name in ("serial", "batch", "model_digest"):
        value = getattr(wanted, name)
        if value is not None:
            yield (c[name] == value,), frozenset({name})
            return
    if wanted.serial_prefix:
        yield (prefixed(c.serial, wanted.serial_prefix),), frozenset({"serial_prefix"})
        return
    roles = Role if wanted.role is None else (wanted.role,)
    names = stations(read) if wanted.station is None else (wanted.station,)
    served = frozenset({"station", "role", "verdict"})
    for station, role, verdict in product(names, roles, sorted(wanted.verdicts) or (None,)):
        own = (c.station == station, c.role == role)
        yield (own if verdict is None else (*own, c.verdict == verdict)), served


def _batches(branches: Iterator[Select[Any]]) -> Iterator[list[Select[Any]]]:
    while batch := list(islice(branches, _BRANCHES)):
        yield batch


def _in_order_of_serials(read: Read, wanted: InspectionFilter, after: Cursor | None) -> bool:
    """Whether so many serials have the prefix that sorting them by time would take long."""
    others = (wanted.serial, wanted.batch, wanted.model_digest)
    if not wanted.serial_prefix or wanted.by_review or any(each is not None for each in others):
        return False
    if after is not None:
        return after.serial is not None
    some = select(inspections.c.id).where(prefixed(inspections.c.serial, wanted.serial_prefix))
    return bool(read(_number(some.limit(_FEW + 1)))[0][0] > _FEW)


def _by_serial(wanted: InspectionFilter, after: Cursor | None) -> Select[tuple[int, str, str]]:
    c = inspections.c
    query = select(c.time_us, c.id, c.serial).where(
        prefixed(c.serial, wanted.serial_prefix or ""), *period(wanted, inspections)
    )
    if after is not None:
        behind = tuple_(after.serial, after.time_us, after.id)
        query = query.where(tuple_(c.serial, c.time_us, c.id) < behind)
    query = query.where(*residual(wanted, frozenset({"serial_prefix"})))
    return query.order_by(c.serial.desc(), c.time_us.desc(), c.id.desc())


def _number(query: Select[Any]) -> Select[Any]:
    return select(func.count()).select_from(query.subquery())


def _reviewed(
    wanted: InspectionFilter, verdict: str | None, after: Cursor | None
) -> Select[tuple[int, str]]:
    states = review_states.c
    query = select(states.time_us, states.inspection_id.label("id"))
    if wanted.label is not None:
        query = query.where(states.label == wanted.label)
    state = "open" if wanted.reviewed is False else "done"
    query = query.where(states.state == state, *period(wanted, review_states))
    if verdict is not None:
        query = query.where(states.verdict == verdict)
    query = query.where(*_behind(after, review_states, "inspection_id"))
    return query.join(inspections, inspections.c.id == states.inspection_id).where(
        *residual(wanted, frozenset() if verdict is None else frozenset({"verdict"}))
    )


def _behind(
    after: Cursor | None, table: FromClause, identifier: str
) -> Iterator[ColumnElement[bool]]:
    if after is not None:
        yield tuple_(table.c.time_us, table.c[identifier]) < tuple_(after.time_us, after.id)


def _newest(query: Select[Any]) -> tuple[ColumnElement[Any], ...]:
    time_us, identifier = query.selected_columns
    return time_us.desc(), identifier.desc()


def _united(queries: Sequence[Select[Any]]) -> Select[Any]:
    """All rows of several queries. Each has a limit of its own, so each is a query in a query."""
    if len(queries) == 1:
        return queries[0]
    whole = union_all(*(select(each.subquery()) for each in queries)).subquery()
    return select(whole)


def _rows(read: Read, identifiers: Sequence[str]) -> list[InspectionRow]:
    query = select(inspections).where(inspections.c.id.in_(identifiers))
    return [inspection_row(row) for row in read(query)]

"""Rules of retention: old inspections go, and leave what proves that a rule deleted them.

Each deleted row leaves a tombstone with its number and hash, so that the chain stays whole. One
entry per batch seals their list. Entries (reviews, signatures, changes) are never deleted.
"""

import hashlib
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    delete,
    func,
    insert,
    or_,
    select,
)

from okng.errors import RecordsConflictError
from okng.inference.inspection import new_id
from okng.records.outbox import least_cursor
from okng.records.payloads import Deletion
from okng.records.photos import PhotoStore
from okng.records.photos.places import heatmap_place
from okng.records.proof.verify import sealed_line
from okng.records.queries.filters import VERDICTS
from okng.records.records import Records
from okng.records.rows import Entry, Kind, Link
from okng.records.tables import inspections, review_states, set_aside, tombstones

BATCH = 2_000
"""Rows of one deletion: 0.2 s of the writer, for which new verdicts wait."""
_DAY_US = 86_400_000_000


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """How long inspections stay; None for ever.

    Attributes:
        ok_days: with the verdict OK.
        rejected_days: with NG, REVIEW and ERROR.
    """

    ok_days: int | None = None
    rejected_days: int | None = None

    def deadlines(self, now_us: int) -> Iterator[tuple[str, list[str], int]]:
        """Text of the rule, verdicts, and the time before which they go."""
        rejected = sorted(VERDICTS - {"OK"})  # a verdict of a later version counts as rejected
        for days, verdicts in ((self.ok_days, ["OK"]), (self.rejected_days, rejected)):
            if days is not None:
                text = f"{', '.join(verdicts)} older than {days} days"
                yield text, verdicts, now_us - days * _DAY_US


@dataclass(frozen=True, slots=True)
class Retained:
    """What a run of retention deleted.

    Attributes:
        rows: inspections.
        photos: photos and heatmaps.
        bytes: of these files.
        held: inspections whose time is over, and that stay since a sink has not got them.
    """

    rows: int
    photos: int
    bytes: int
    held: int = 0


def retain(
    records: Records, rule: RetentionRule, photos: PhotoStore | None = None, *,
    station: str, by: str = "station", now_us: int | None = None,
) -> Retained:  # fmt: skip
    """Delete the inspections of a station whose time is over, with their photos.

    A photo that another inspection uses stays. So does an inspection that a sink has not got yet,
    or has refused.

    Args:
        records: where they are.
        rule: how long they stay.
        photos: the store of their photos; None leaves it alone.
        station: its name.
        by: who asked for it: `station`, or `user:NAME`.
        now_us: the time, in microseconds since 1970, UTC; that of the clock if None.

    Raises:
        RecordsError: the database refuses it.
        OkngError: the store of photos fails; the rows are deleted.
    """
    now_us = time.time_ns() // 1000 if now_us is None else now_us
    rows = files = size = held = 0
    for text, verdicts, deadline in rule.deadlines(now_us):
        outdated = _outdated(station, verdicts, deadline)
        free = outdated.where(*_delivered(records, station))
        # Batch by batch: between two of them the writer takes new verdicts.
        while batch := records.read(free.limit(BATCH)):
            _delete(records, batch, text, station, by, now_us)
            rows += len(batch)
            if photos is not None:
                count, freed = _remove_photos(records, photos, batch)
                files, size = files + count, size + freed
        left = outdated.with_only_columns(func.count(), maintain_column_froms=True)
        held += records.read(left)[0][0]
    return Retained(rows, files, size, held)


def retain_photos(
    records: Records, photos: PhotoStore, most_bytes: int, *,
    station: str, by: str = "station", now_us: int | None = None,
) -> Retained:  # fmt: skip
    """Delete photos until the store is small enough: the oldest of OK parts first, then others.

    The inspections stay. One entry of kind `deletion` seals the list of deleted photos.

    Args:
        records: whose photos they are.
        photos: the store.
        most_bytes: its size, at most.
        station: its name.
        by: who asked for it: `station`, or `user:NAME`.
        now_us: the time, in microseconds since 1970, UTC; that of the clock if None.

    Raises:
        RecordsError: the database refuses it.
        OkngError: the store of photos fails.
    """
    now_us = time.time_ns() // 1000 if now_us is None else now_us
    excess = photos.usage() - most_bytes  # bytes
    removed: list[str] = []
    freed = 0
    # photos of rejected parts are worth more: they teach the next model
    for verdicts in (["OK"], sorted(VERDICTS - {"OK"})):
        after: Row[Any] | None = None
        while freed < excess:
            batch = records.read(_with_photos(station, verdicts, after))
            if not batch:
                break
            after = batch[-1]
            for path in _paths(batch):
                if freed >= excess:
                    break
                size = photos.remove(path)
                freed += size
                removed += [path] if size else []  # 0: it was gone already
    if removed:
        # a digest of their names proves later which photos the rule named
        lines = "".join(f"{path}\n" for path in removed)
        deletion = Deletion(
            rule=f"photos beyond {most_bytes} bytes", rows=0, first=0, last=0,
            digest=hashlib.sha256(lines.encode()).hexdigest(), photos=len(removed),
        )  # fmt: skip
        records.append(_entry(deletion, station, by, now_us)).result()
    return Retained(0, len(removed), freed)


def _outdated(station: str, verdicts: Sequence[str], deadline: int) -> Select[Any]:
    c = inspections.c
    query = select(c.id, c.seq, c.hash, c.photo_digest, c.photo_place, c.heatmap_digest)
    own = and_(c.station == station, c.verdict.in_(verdicts), c.time_us < deadline)
    return query.where(own, c.role.in_(("live", "shadow", "master")))


def _delivered(records: Records, station: str) -> list[ColumnElement[bool]]:
    """Conditions of rows that every sink has got."""
    least = least_cursor(records.read, station)
    if least is None:
        return []
    refused = select(set_aside.c.seq).where(set_aside.c.station == station)
    return [inspections.c.seq <= least, inspections.c.seq.not_in(refused)]


def _with_photos(station: str, verdicts: Sequence[str], after: Row[Any] | None) -> Select[Any]:
    c = inspections.c
    query = select(c.seq, c.photo_digest, c.photo_place, c.heatmap_digest)
    query = query.where(c.station == station, c.verdict.in_(verdicts))
    query = query.where(or_(c.photo_place.is_not(None), c.heatmap_digest.is_not(None)))
    if after is not None:
        # by place, not by offset: rows are deleted meanwhile
        query = query.where(c.seq > after.seq)
    return query.order_by(c.seq).limit(BATCH)


def _delete(
    records: Records, batch: Sequence[Row[Any]], rule: str, station: str, by: str, now_us: int
) -> None:
    ordered = sorted(batch, key=lambda row: row.seq)
    digest = hashlib.sha256()
    for row in ordered:
        digest.update(sealed_line(row.seq, row.hash))
    deletion = Deletion(
        rule=rule, rows=len(ordered), first=ordered[0].seq, last=ordered[-1].seq,
        digest=digest.hexdigest(),
    )  # fmt: skip
    entry = _entry(deletion, station, by, now_us)

    def leave_tombstones(connection: Connection, _links: Sequence[Link]) -> None:
        identifiers = [row.id for row in ordered]
        gone = connection.execute(delete(inspections).where(inspections.c.id.in_(identifiers)))
        # In the transaction of the entry: either the rows go and the chain names them, or neither.
        if gone.rowcount != len(ordered):
            raise RecordsConflictError(
                "Another process deletes the same inspections", hint="Let one of them do it."
            )
        connection.execute(
            delete(review_states).where(review_states.c.inspection_id.in_(identifiers))
        )
        places = [
            {"station": station, "seq": row.seq, "table_name": "inspections", "hash": row.hash,
             "deletion_id": entry.id}
            for row in ordered
        ]  # fmt: skip
        connection.execute(insert(tombstones), places)

    records.append(entry, also=leave_tombstones).result()


def _entry(deletion: Deletion, station: str, by: str, now_us: int) -> Entry:
    return Entry(
        id=new_id(), time_us=now_us, offset_min=0, station=station, kind=Kind.DELETION, by=by,
        payload=deletion.text(),
    )  # fmt: skip


def _remove_photos(
    records: Records, photos: PhotoStore, batch: Sequence[Row[Any]]
) -> tuple[int, int]:
    """Files and bytes that no other inspection uses."""
    # one photo may stand in several inspections, stored once
    used = _used(records, "photo_digest", batch), _used(records, "heatmap_digest", batch)
    count = size = 0
    for path in _paths([row for row in batch if row.photo_digest not in used[0]], heatmaps=False):
        freed = photos.remove(path)
        count, size = count + bool(freed), size + freed
    for row in batch:
        if row.heatmap_digest is not None and row.heatmap_digest not in used[1]:
            freed = photos.remove(heatmap_place(row.heatmap_digest))
            count, size = count + bool(freed), size + freed
    return count, size


def _used(records: Records, name: str, batch: Sequence[Row[Any]]) -> set[str]:
    """Digests that rows which are still there use."""
    column = inspections.c[name]
    wanted = {getattr(row, name) for row in batch} - {None}
    return {row[0] for row in records.read(select(column).where(column.in_(wanted)).distinct())}


def _paths(batch: Sequence[Row[Any]], *, heatmaps: bool = True) -> Iterator[str]:
    for row in batch:
        if row.photo_place is not None:
            yield row.photo_place
        if heatmaps and row.heatmap_digest is not None:
            yield heatmap_place(row.heatmap_digest)

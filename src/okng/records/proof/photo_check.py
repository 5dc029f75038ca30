"""Compares stored photos with their digests on record, which the chain covers."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from okng.errors import OkngError
from okng.records.payloads import Deletion
from okng.records.photos import PhotoStore
from okng.records.rows import Kind
from okng.records.tables import entries, inspections

PAGE = 1_000  # rows of one query, so that a million of them need no memory


@dataclass(slots=True)
class PhotoCheck:
    """What became of the photos that inspections name.

    Attributes:
        whole: photos with the content of their digest.
        changed: inspections whose photo has another content.
        gone: inspections whose photo is not there.
        deleted: photos and heatmaps that rules of retention have deleted for their size.
        first: identifier of the first inspection whose photo was changed, or is gone; empty.
    """

    whole: int = 0
    changed: int = 0
    gone: int = 0
    deleted: int = 0
    first: str = ""

    def text(self) -> str:
        """A sentence."""
        bad = f"; the first bad one is of inspection {self.first}" if self.first else ""
        return (
            f"photos: {self.whole:,} as they were, {self.changed:,} changed, {self.gone:,} gone "
            f"(rules deleted {self.deleted:,} photos and heatmaps for their size){bad}"
        )


def check_photos(connection: Connection, photos: PhotoStore) -> PhotoCheck:
    """Read every photo that an inspection names, in order of their numbers.

    Args:
        connection: to the database.
        photos: the store.
    """
    result = PhotoCheck(deleted=_deleted_for_size(connection))
    c = inspections.c
    after = ("", 0)
    while True:
        query = select(c.id, c.station, c.seq, c.photo_place).where(c.photo_place.is_not(None))
        # after the last row of the page before; an offset would count them all again
        query = query.where((c.station > after[0]) | ((c.station == after[0]) & (c.seq > after[1])))
        rows = connection.execute(query.order_by(c.station, c.seq).limit(PAGE)).all()
        if not rows:
            return result
        for row in rows:
            _check(result, photos, row.id, row.photo_place)
        after = (rows[-1].station, rows[-1].seq)


def _check(result: PhotoCheck, photos: PhotoStore, identifier: str, place: str) -> None:
    try:
        photos.get(place)  # checks the digest
    except OkngError:
        gone = photos.size(place) is None
        result.gone += gone
        result.changed += not gone  # it is there, and its content is another
        result.first = result.first or identifier
    else:
        result.whole += 1


def _deleted_for_size(connection: Connection) -> int:
    query = select(entries.c.payload).where(entries.c.kind == Kind.DELETION)
    return sum(Deletion.of(payload).photos for payload in connection.execute(query).scalars())

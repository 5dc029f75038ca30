"""What a station has on record that a challenger must not get wrong: escapes and master parts."""

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from okng.records import InspectionRow, Kind, Records, Role
from okng.records.queries import InspectionFilter
from okng.station.logbook import entries_of_kind
from okng.station.masters.parts import MasterPart, master_parts
from okng.station.oversight.reviewed_photos import ReadPhoto, of_station
from okng.verdict import Judgement

_MOST = 500
"""Known escapes that are judged again, the newest first: each costs some 50 ms."""
_PAGE = 500  # rows of one query


class KnownPhoto(NamedTuple):
    """A stored photo of a part whose truth is known.

    Attributes:
        name: serial of the part, or identifier of its inspection.
        truth: OK or NG.
        data: bytes of the photo; None where none is stored.
    """

    name: str
    truth: str
    data: bytes | None


class FieldPhotos(NamedTuple):
    """Photos of a station that the gate judges.

    Attributes:
        escapes: defective parts that passed, and whose photo is stored.
        masters: active master parts.
    """

    escapes: tuple[KnownPhoto, ...] = ()
    masters: tuple[KnownPhoto, ...] = ()


def field_photos(records: Records, read: ReadPhoto, station: str) -> FieldPhotos:
    """Read them from the records of a station.

    Args:
        records: of the station.
        read: gives the bytes of a photo.
        station: name of the station, whose master parts count, and whose escapes where several
            share a database.

    Raises:
        MissingError: several do, and none has the name.
        RecordsError: the records cannot be read.
    """
    reviewed = of_station(records, station)
    escapes = _escapes(records, read, replace(reviewed, verdicts=frozenset({"OK"})))
    return FieldPhotos(tuple(escapes), tuple(_masters(records, read, station)))


def _escapes(records: Records, read: ReadPhoto, wanted: InspectionFilter) -> Iterator[KnownPhoto]:
    """Each photo once that was OK to a model and defective to a person."""
    seen: set[str] = set()
    for row, truth in _reviewed(records, wanted):
        if len(seen) >= _MOST:
            return
        digest = row.photo_digest or row.id
        if truth != Judgement.NG or digest in seen:
            continue
        data = read(row)
        if data is not None:
            seen.add(digest)
            yield KnownPhoto(row.serial or row.id, truth, data)


def _reviewed(records: Records, wanted: InspectionFilter) -> Iterator[tuple[InspectionRow, str]]:
    cursor: str | None = None
    while True:
        page = records.page(wanted, _PAGE, cursor)
        for row in page.rows:
            if row.id in page.reviews:
                yield row, page.reviews[row.id].truth
        cursor = page.next
        if cursor is None:
            return


def _masters(records: Records, read: ReadPhoto, station: str) -> Iterator[KnownPhoto]:
    for part in master_parts(entries_of_kind(records, station, Kind.MASTER_PART)):
        yield KnownPhoto(part.serial, part.truth, _photo_of(part, records, read, station))


def _photo_of(part: MasterPart, records: Records, read: ReadPhoto, station: str) -> bytes | None:
    """The newest stored photo that a check took of a master part."""
    wanted = InspectionFilter(station=station, serial=part.serial, role=Role.MASTER)
    photos = (read(row) for row in records.page(wanted).rows)
    return next((data for data in photos if data is not None), None)

"""The records of one station as its settings ask for: database, spool, signed heads, photos."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from okng.config.station import RecordsFailure, StationSettings
from okng.errors import OkngError
from okng.inference.inspection import new_id
from okng.records.database import connect
from okng.records.faults import from_database
from okng.records.payloads import Audit
from okng.records.photos import PhotoStore
from okng.records.proof import HeadSigner, station_keys
from okng.records.proof.heads import Sink, no_sink
from okng.records.records import Records
from okng.records.rows import Entry, Kind
from okng.records.upkeep.schedule import Schedule

_SIGNED_SECONDS = 0.1
"""Between two signatures of the current head, each of which costs as much as a row. A crash leaves
the rows since then without one, and the next start puts that on record."""


@dataclass(frozen=True, slots=True)
class StationRecords:
    """What a station stores.

    Attributes:
        records: the database.
        photos: the store of photos and heatmaps.
        signer: of the heads of the chains.
        schedule: of heads at shift ends, and of retention.
    """

    records: Records
    photos: PhotoStore
    signer: HeadSigner
    schedule: Schedule

    @property
    def watched(self) -> list[Callable[[], OkngError | None]]:
        """Give the faults of what runs beside the writer; they do not stop the station."""
        schedule = self.schedule
        return [lambda: self.signer.fault, lambda: schedule.fault, lambda: schedule.handing_fault]


def database_of(settings: StationSettings) -> str | Path:
    """The file or URL of the database of a station."""
    return settings.records.database or settings.station.folder / "records.sqlite"


def reach(where: str | Path) -> None:
    """Connect to a database, and change nothing.

    Raises:
        RecordsError: it cannot be reached, or it is none.
    """
    database = connect(where)
    try:
        with database.read.connect() as connection:
            connection.execute(select(1))
    except (SQLAlchemyError, OSError) as exc:
        raise from_database(exc) from exc
    finally:
        database.dispose()


def keys_folder(settings: StationSettings) -> Path:
    """Where the keys of a station lie, the private one readable by the station alone."""
    return settings.station.folder / "keys"


def heads_folder(settings: StationSettings) -> Path:
    """Where the signed heads of a station lie."""
    return settings.station.folder / "heads"


def photo_store(settings: StationSettings) -> PhotoStore:
    """The store of photos of a station.

    Raises:
        OkngError: fsspec, or the package that it needs, is not installed.
    """
    return PhotoStore(settings.records.photo_store or settings.station.folder / "photos")


@contextmanager
def station_records(settings: StationSettings, sink: Sink = no_sink) -> Iterator[StationRecords]:
    """The records of a station, until the block ends; then the last head is signed for good.

    Args:
        settings: of the station.
        sink: takes permanent heads to another place.

    Raises:
        RecordsError: the database cannot be opened.
        ConfigError: the key cannot be read.
        OkngError: the folder cannot be written.
    """
    folder = settings.station.folder
    folder.mkdir(parents=True, exist_ok=True)
    signer = HeadSigner(heads_folder(settings), station_keys(keys_folder(settings)),
                        every=settings.records.sign_every, sink=sink)  # fmt: skip
    spools = settings.records.on_failure is RecordsFailure.SPOOL
    spool = folder / "spool.jsonl" if spools else None
    photos = photo_store(settings)
    schedule = None
    try:
        with Records(
            database_of(settings), committed=signer.committed, spool=spool, pause=_SIGNED_SECONDS
        ) as records:
            _note_unsigned(records, signer, settings.station.name)
            schedule = Schedule(records, photos, signer, settings)
            try:
                yield StationRecords(records, photos, signer, schedule)
            finally:
                schedule.stop()
    finally:
        signer.mark("stop")
        if schedule is not None:
            schedule.hand_on()


def _note_unsigned(records: Records, signer: HeadSigner, station: str) -> None:
    """Put on record which rows are not those that were signed last.

    A few rows are, after a crash. Otherwise somebody else has added rows while the station was
    stopped, or has put an older database in its place. The next signature covers what is there; so
    this entry is what remains to be seen of it.
    """
    signed, head = signer.last(station), records.head(station)
    if signed == head:
        return
    details = {"signed": str(signed.seq), "on_record": str(head.seq)}
    now = datetime.now().astimezone()
    offset = now.utcoffset() or timedelta()
    entry = Entry(
        id=new_id(), time_us=int(now.timestamp() * 1_000_000),
        offset_min=int(offset.total_seconds()) // 60, station=station, kind=Kind.AUDIT,
        payload=Audit(action="records.unsigned", details=details).text(),
    )  # fmt: skip
    records.append(entry).result()

"""Opens a station with all that it needs, and closes it in the right order."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from okng.config import StationSettings
from okng.records import Records
from okng.records.photos import PhotoStore
from okng.records.proof import HeadSigner, station_keys
from okng.station.library import Library
from okng.station.models import Models
from okng.station.station import Station


@contextmanager
def opened(settings: StationSettings, models: Sequence[Path]) -> Iterator[Station]:
    """A station with its models and records, until the block ends.

    Raises:
        ModelFileError: a model file cannot be used.
        RecordsError: the database cannot be opened.
        OkngError: the folder of the station cannot be written.
    """
    with ExitStack() as stack:
        library = Library(settings.station.folder / "models")
        loaded = stack.enter_context(Models(models, settings.models, library))
        records = None if settings.records.no_records else _records(settings, stack)
        photos = None if records is None else _photos(settings)
        station = Station(settings, loaded, records, photos)
        stack.callback(station.close, settings.server.stop_timeout)
        station.changes.at_start()
        if settings.models.shadow is not None:
            station.changes.set_shadow(
                settings.models.shadow, by="station", reason="given at start"
            )
        yield station


def database_of(settings: StationSettings) -> str | Path:
    """Where the records and the accounts of a station are; the folder for a file is made."""
    folder = settings.station.folder
    folder.mkdir(parents=True, exist_ok=True)
    return settings.records.database or folder / "records.sqlite"


def _records(settings: StationSettings, stack: ExitStack) -> Records:
    folder = settings.station.folder
    database = database_of(settings)
    keys = station_keys(folder / "keys")
    signer = HeadSigner(folder / "heads", keys, every=settings.records.sign_every)
    records = Records(database, committed=signer.committed, spool=folder / "spool.jsonl")
    stack.callback(signer.mark, "stop")
    return stack.enter_context(records)


def _photos(settings: StationSettings) -> PhotoStore:
    return PhotoStore(settings.records.photo_store or settings.station.folder / "photos")

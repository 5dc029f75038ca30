"""Opens a station with all that it needs, and closes it in the right order."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from okng.config import StationSettings
from okng.records import upkeep
from okng.station.drift_alarm import DriftWatcher
from okng.station.library import FOLDER, Library
from okng.station.models import Models
from okng.station.promoting.following import Follower
from okng.station.station import Station

DRIFT = "drift.json"
"""State of the drift alarm, in the folder of the station."""


@contextmanager
def opened(
    settings: StationSettings, models: Sequence[Path], *, heatmaps: bool = True
) -> Iterator[Station]:
    """A station with its models and records, until the block ends.

    Args:
        settings: of the station.
        models: files, or folders of runs; the first one decides where none is named.
        heatmaps: whether somebody may ask for one, so that the first takes as long as any other.

    Raises:
        ModelFileError: a model file cannot be used.
        RecordsError: the database cannot be opened.
        OkngError: the folder of the station cannot be written.
    """
    with ExitStack() as stack:
        library = Library(settings.station.folder / FOLDER)
        loaded = stack.enter_context(Models(models, settings.models, library, heatmaps=heatmaps))
        records, photos, watched = None, None, []
        if not settings.records.no_records:
            stored = stack.enter_context(upkeep.station_records(settings))
            records, photos, watched = stored.records, stored.photos, stored.watched
        drift = _drift(settings, loaded)
        if drift is not None:
            stack.callback(drift.close)
        station = Station(settings, loaded, records, photos, drift)
        station.watched += watched
        stack.callback(station.close, settings.server.stop_timeout)
        station.changes.at_start()
        if settings.models.shadow is not None:
            station.changes.set_shadow(
                settings.models.shadow, by="station", reason="given at start"
            )
        follower = Follower(station.changes.follow)
        stack.callback(follower.close)
        station.watched.append(lambda: follower.fault)
        yield station


def _drift(settings: StationSettings, models: Models) -> DriftWatcher | None:
    if not settings.drift.watch:
        return None
    stores = not settings.records.no_records
    return DriftWatcher(settings.drift, settings.station.folder / DRIFT if stores else None,
                        models.held_out)  # fmt: skip


def database_of(settings: StationSettings) -> str | Path:
    """Where the records and the accounts of a station are; the folder for a file is made."""
    settings.station.folder.mkdir(parents=True, exist_ok=True)
    return upkeep.database_of(settings)

"""`okng run --check`: looks at all that a station needs, and moves nothing."""

import os
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from okng import modelfile
from okng.connect.contracts import Around, Finding
from okng.connect.station_file.reading import StationFile, title_of
from okng.errors import ConfigError, OkngError
from okng.records import upkeep
from okng.records.network_shares import refuse_network_share

Scan = Callable[[], Sequence[Finding]]


class Checked(NamedTuple):
    """What was found about one thing.

    Attributes:
        subject: a table of the file: `models`, `records`, a source or a sink by its name.
        findings: what is as it must be.
        fault: why it cannot be used; None if it can.
    """

    subject: str
    findings: Sequence[Finding] = ()
    fault: OkngError | None = None


def checked(file: StationFile, further: Sequence[tuple[str, Scan]] = ()) -> Iterator[Checked]:
    """Check one thing after the other; a fault of one does not keep others from being looked at.

    Args:
        file: that was read.
        further: subjects with what looks at them, such as the server.
    """
    station = file.settings.station
    around = Around(site=station.site, station=station.name, product=station.product)
    scans: list[tuple[str, Scan]] = [
        ("models", lambda: _models(file)),
        ("records", lambda: _records(file)),
        *further,
    ]
    scans += [(f"source {title_of(each)}", partial(each.check, around)) for each in file.sources]
    scans += [(f"sink {title_of(each)}", partial(each.check, around)) for each in file.sinks]
    for subject, scan in scans:
        yield _scanned(subject, scan)


def _scanned(subject: str, scan: Scan) -> Checked:
    try:
        return Checked(subject, scan())
    except OkngError as fault:
        return Checked(subject, fault=fault)
    except Exception as exc:  # noqa: BLE001 - of a third party; others are looked at
        return Checked(subject, fault=OkngError(f"The check failed: {exc!r}"))


def _models(file: StationFile) -> list[Finding]:
    match = []
    shadow = file.settings.models.shadow
    for path in (*file.settings.models.files, *([shadow] if shadow else [])):
        model = modelfile.read(modelfile.located(path))
        classes = ", ".join(model.metadata.classes)
        match.append(Finding("model", f"{model.metadata.name} ({classes}), {model.digest[:12]}"))
    return match


def _records(file: StationFile) -> list[Finding]:
    settings = file.settings
    if settings.records.no_records:
        return [Finding("records", "nothing is stored")]
    folder = settings.station.folder
    _writable(folder)
    database = upkeep.database_of(settings)
    if isinstance(database, Path):
        refuse_network_share(database)
    else:
        upkeep.reach(database)
    return [Finding("folder", str(folder.absolute())), Finding("database", _shown(database))]


def _writable(folder: Path) -> None:
    whole = folder.absolute()
    nearest = next(each for each in (whole, *whole.parents) if each.exists())
    if not nearest.is_dir() or not os.access(nearest, os.W_OK | os.X_OK):
        raise ConfigError(
            "The folder of the station may not be written to", where=nearest,
            hint="Give this user the right, or change `station.folder`.",
        )  # fmt: skip


def _shown(database: str | Path) -> str:
    """Without the password of a URL."""
    text = str(database)
    before, at, after = text.rpartition("@")
    return f"{before.partition('://')[0]}://...@{after}" if at and "://" in before else text

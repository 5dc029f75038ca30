"""The sink: a folder, and a series of files for verdicts and for alarms."""

import os
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import ClassVar

from pydantic import Field, field_validator

from okng.connect.contracts import Around, Finding, Sink, SinkSettings
from okng.connect.delivery import Alarm, Delivery
from okng.connect.messages import AlarmMessage, VerdictMessage
from okng.connect.sinks.journal.line_file import disk
from okng.connect.sinks.journal.names import FileNames, JournalFormat, Period
from okng.connect.sinks.journal.parquet import pyarrow_or_fault
from okng.connect.sinks.journal.series import Series
from okng.error_codes import Code
from okng.errors import ConfigError
from okng.records.upkeep.schedule import shift_starts


class JournalSettings(SinkSettings):
    """A folder that gets the verdicts."""

    kind: ClassVar[str] = "journal"

    folder: Path = Field(description="Folder for the files; it is made.")
    format: JournalFormat = Field(
        JournalFormat.CSV, description="CSV, JSON lines, or Parquet once a period is over."
    )
    period: Period = Field(Period.DAY, description="What one file holds.")
    shifts: str = Field(
        "06:00,14:00,22:00", description="Start of each shift, in local time, by commas."
    )

    @field_validator("shifts")
    @classmethod
    def _are_times(cls, text: str) -> str:
        try:
            starts = shift_starts(text)
        except ConfigError as exc:
            raise ValueError(exc.what) from exc
        if not starts:
            raise ValueError("give the start of one shift at least")
        return text

    def check(self, around: Around) -> list[Finding]:
        """Whether the folder can be made and written to; and pyarrow, where it is needed."""
        if self.format is JournalFormat.PARQUET:
            pyarrow_or_fault()
        nearest = next(each for each in (self.folder, *self.folder.absolute().parents)
                       if each.exists())  # fmt: skip
        if not nearest.is_dir() or not os.access(nearest, os.W_OK | os.X_OK):
            raise ConfigError(
                "The folder of the journal cannot be written to", where=self.folder,
                hint="Give the station the right to write there.", code=Code.FILE_NOT_WRITABLE,
            )  # fmt: skip
        name = self.names(around.station).of(datetime.now().astimezone())
        return [Finding("folder", str(self.folder)), Finding("file", name)]

    def sink(self, around: Around) -> Sink:
        """The sink."""
        return JournalSink(self, around)

    def names(self, stem: str) -> FileNames:
        """Names of files that begin so."""
        return FileNames(stem, self.format, self.period, self.shifts)


class JournalSink:
    """Appends verdicts and alarms to files.

    Args:
        settings: of the folder.
        around: the station.
    """

    def __init__(self, settings: JournalSettings, around: Around) -> None:
        self._settings, self._around = settings, around
        folder, form = settings.folder, settings.format
        verdicts = settings.names(around.station)
        alarms = settings.names(f"{around.station}-alarms")
        self._verdicts = Series(folder, form, verdicts, VerdictMessage)
        self._alarms = Series(folder, form, alarms, AlarmMessage)

    def open(self) -> None:
        """Make the folder."""
        with disk(self._settings.folder):
            self._settings.folder.mkdir(parents=True, exist_ok=True)

    def send(self, deliveries: Sequence[Delivery]) -> None:
        """Append verdicts; on return they are on the disk.

        Without one, files of a period that is over are finished: what was sent before a crash has
        come again by then.
        """
        if not deliveries:
            for series in (self._verdicts, self._alarms):
                series.finish(datetime.now().astimezone())
        self._verdicts.add([VerdictMessage.of(each, self._around) for each in deliveries])

    def alarm(self, alarm: Alarm) -> None:
        """Append an alarm."""
        self._alarms.add([AlarmMessage.of(alarm, self._around)])

    def close(self) -> None:
        """Close the files."""
        self._verdicts.close()
        self._alarms.close()

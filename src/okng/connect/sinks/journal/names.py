"""Names of the files of a journal."""

from datetime import datetime, time, timedelta
from enum import StrEnum

from okng.records.upkeep.schedule import shift_starts


class JournalFormat(StrEnum):
    """What the files are."""

    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"


class Period(StrEnum):
    """What one file holds."""

    DAY = "day"
    SHIFT = "shift"


class FileNames:
    """Names of files by time: `station-1-2026-11-29.csv`, `station-1-2026-11-29T0600.csv`.

    They sort by time. The time of a verdict decides, not that of its delivery.
    """

    def __init__(self, stem: str, form: JournalFormat, period: Period, shifts: str) -> None:
        # a name of a station is free text, and no path
        self.stem = "".join(c if c.isalnum() or c in "-_" else "_" for c in stem)
        self._starts = sorted(shift_starts(shifts))
        self._period = period
        self.suffix = f".{form.value}"

    def of(self, moment: datetime) -> str:
        """The name of the file for a time, on the clock of the station."""
        if self._period is Period.DAY:
            return f"{self.stem}-{moment:%Y-%m-%d}{self.suffix}"
        begun = [start for start in self._starts if start <= moment.time()]
        # before the first shift of the day, the last one of the day before goes on
        day = moment.date() if begun else moment.date() - timedelta(days=1)
        start: time = begun[-1] if begun else self._starts[-1]
        return f"{self.stem}-{day:%Y-%m-%d}T{start:%H%M}{self.suffix}"

"""Files of one kind of message, of which one is open."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from pathlib import Path

from okng.connect.messages import Event
from okng.connect.sinks.journal.line_file import LineFile
from okng.connect.sinks.journal.lines import Csv, JsonLines
from okng.connect.sinks.journal.names import FileNames, JournalFormat
from okng.connect.sinks.journal.parquet import to_parquet

PART = ".part"
"""Behind the name of a file that is still collected."""


class Series:
    """Files of one kind of message, of which one is open."""

    def __init__(
        self, folder: Path, form: JournalFormat, names: FileNames, message: type[Event]
    ) -> None:
        self._folder, self._form, self._names, self._message = folder, form, names, message
        self._file: LineFile | None = None

    def add(self, messages: Sequence[Event]) -> None:
        """Append messages, each to the file of its time."""
        for name, group in groupby(messages, key=lambda each: self._names.of(each.time)):
            self._open(name).add(list(group))

    def finish(self, now: datetime, besides: str = "") -> None:
        """Make Parquet files of what was collected before this period, but for one of them."""
        if self._form is not JournalFormat.PARQUET:
            return
        current = self._names.of(now)
        pattern = f"{self._names.stem}-[0-9]*{self._names.suffix}{PART}"
        for part in sorted(self._folder.glob(pattern)):
            name = part.name.removesuffix(PART)
            if name < current and name != besides:
                if self._file is not None and self._file.path == part:
                    self.close()
                to_parquet(part, self._folder / name, self._message)

    def close(self) -> None:
        """Close the open file."""
        file, self._file = self._file, None
        if file is not None:
            file.close()

    def _open(self, name: str) -> LineFile:
        parquet = self._form is JournalFormat.PARQUET
        path = self._folder / (f"{name}{PART}" if parquet else name)
        if self._file is not None and self._file.path == path:
            return self._file
        self.close()
        if parquet:
            self.finish(datetime.now().astimezone(), besides=name)
        form = Csv(self._message) if self._form is JournalFormat.CSV else JsonLines()
        self._file = LineFile(path, form)
        return self._file

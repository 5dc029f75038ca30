"""Verdicts of a line as a CSV file that grows, one row for each part, safe for spreadsheets."""

import csv
import io
import threading
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from okng.connect.contracts import Alarming
from okng.connect.operator_log import log
from okng.connect.part import Outcome, Part
from okng.errors import ConfigError
from okng.files import write_error
from okng.inference.tables.rows import write_cells
from okng.records import InspectionRow
from okng.records.canonical import from_e9
from okng.station.clock import utc_of
from okng.text import harmless, harmless_path, to_bytes
from okng.wording import mark

if TYPE_CHECKING:
    from okng.error_codes import Code

COLUMNS = (
    "path", "serial", "verdict", "defect_score", "class", "threshold", "reason", "error",
    "unfamiliarity", "id", "time", "station", "photo_digest", "model_digest", "latency_ms",
)  # fmt: skip
"""Columns; those that `okng predict` has, too, mean the same there."""
_TAIL = 256_000
"""Bytes at the end of a file in which parts are sought that a killed process left in flight."""


class VerdictTable:
    """Appends verdicts to a file; to be used from any thread.

    A row that cannot be written, as the disk is full or a spreadsheet locks the file, is kept in
    memory and written later. The record has it in any case.

    Args:
        path: of the file; it need not exist.
        alarms: of the station.

    Raises:
        ConfigError: it is another table.
        OkngError: it cannot be written.
    """

    def __init__(self, path: Path, alarms: Alarming) -> None:
        self._path, self._alarms = path, alarms
        self._lock = threading.Lock()
        self._rows: deque[bytes] = deque()
        self._fault: Code | None = None
        self._known = self._begun()

    def add(self, part: Part, outcome: Outcome) -> None:
        """Add the verdict on a part, unless it was added before a restart."""
        row = outcome.row
        if row is None:
            return
        with self._lock:
            if row.id in self._known:
                self._known.discard(row.id)
                return
            self._rows.append(_line(cells(row, part.name)))
            self._write()

    def close(self) -> None:
        """Write what could not be written before."""
        with self._lock:
            if self._rows:
                self._write()

    def _begun(self) -> set[str]:
        """Write the header, or find it; identifiers of the last rows."""
        header = _line(COLUMNS)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("ab+") as file:
                size = file.seek(0, io.SEEK_END)
                file.seek(0)
                if size == 0:
                    file.write(header)
                elif file.read(len(header)) != header:
                    raise ConfigError(
                        "The file is another table", where=self._path,
                        hint="Give another name with `csv`.",
                    )  # fmt: skip
                file.seek(max(0, size - _TAIL))
                tail = file.read().decode("utf-8", "replace")
        except OSError as exc:
            raise write_error(exc, self._path) from exc
        place = COLUMNS.index("id")
        return {row[place] for row in csv.reader(io.StringIO(tail)) if len(row) == len(COLUMNS)}

    def _write(self) -> None:
        try:
            with self._path.open("ab") as file:
                file.write(b"".join(self._rows))
        except OSError as exc:
            self._failed(exc)
            return
        self._rows.clear()
        if self._fault is not None:
            self._alarms.over(self._fault, str(self._path))
            self._fault = None

    def _failed(self, exc: OSError) -> None:
        fault = write_error(exc, self._path)
        if self._fault is None:
            self._fault = fault.code
            self._alarms.begin(fault.code, str(self._path))
            log.error(mark("Rows wait for the table; they are on record"), file=str(self._path),
                       reason=fault.what, next=fault.hint)  # fmt: skip


def cells(row: InspectionRow, path: str) -> list[object]:
    """The values of an inspection in the order of `COLUMNS`; None where there is none.

    Args:
        row: on record.
        path: of its photo.
    """
    return [
        harmless_path(path), row.serial, row.verdict, from_e9(row.score_e9),
        row.class_name or None, from_e9(row.threshold_e9), row.reason or None,
        row.error_code or None, from_e9(row.unfamiliarity_e9), row.id,
        utc_of(row.time_us).isoformat(timespec="milliseconds"), row.station, row.photo_digest,
        row.model_digest, row.latency_us / 1000,
    ]  # fmt: skip


def _line(values: Sequence[object]) -> bytes:
    text = io.StringIO()
    write_cells(text, [harmless(value) if isinstance(value, str) else value for value in values])
    return to_bytes(text.getvalue())

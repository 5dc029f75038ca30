"""Alarms of the parts of one source: they begin with a part that fails, and end after good ones."""

import threading
from datetime import UTC, datetime

from okng.connect.contracts import Alarming
from okng.error_codes import Code
from okng.records import InspectionRow, Kind, Records
from okng.records.payloads import Audit
from okng.station.clock import entry_now

CLEAR_AFTER = 10
"""Parts in a row with a verdict, in time, after which the alarms of a source are over."""
_CODES = {code.value: code for code in Code}


class PartAlarms:
    """Follows the parts of one source; to be used from any thread.

    Args:
        alarms: of the station.
        source: name of the source.
        records: of the station, None without them.
    """

    def __init__(self, alarms: Alarming, source: str, records: Records | None) -> None:
        self._alarms, self._source, self._records = alarms, source, records
        self._lock = threading.Lock()
        self._on: set[Code] = set()
        self._good = 0

    def fault(self, code: Code, part: str, **values: object) -> None:
        """A part has no verdict, or was late."""
        with self._lock:
            self._good = 0
            self._on.add(code)
        self._alarms.begin(code, self._source, {"part": part, **values})

    def outcome(self, row: InspectionRow, part: str) -> None:
        """A part is on record, and the line has its answer in time."""
        if row.error_code:
            self.fault(_CODES.get(row.error_code, Code.ERROR), part)
            return
        with self._lock:
            self._good += 1
            if self._good < CLEAR_AFTER or not self._on:
                return
            over, self._on = self._on, set()
        for code in over:
            self._alarms.over(code, self._source)

    def answered_otherwise(self, row: InspectionRow, part: str) -> None:
        """A part was rejected at its deadline, while its verdict went on record."""
        if self._records is None:
            return
        details = {"answered": "ERROR", "verdict": row.verdict, "source": self._source,
                   "part": part[:200], "code": Code.STATION_TIMEOUT.value}  # fmt: skip
        entry = entry_now(
            datetime.now(UTC), station=row.station, kind=Kind.AUDIT, subject=row.id,
            by="station", payload=Audit(action="line.rejected-late", details=details),
        )  # fmt: skip
        self._records.append(entry)

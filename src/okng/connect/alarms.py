"""Alarms of the line: each begins once, is on record, and is over once.

An alarm is an entry in the chain of its station, so it reaches sinks in order with the verdicts.
"""

import logging
import threading
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy import select

from okng.connect.delivery import Alarm
from okng.connect.operator_log import log
from okng.error_codes import Code
from okng.errors import RecordsError
from okng.records import Entry, Kind, Records
from okng.records.payloads import AlarmChange
from okng.records.reading import entry_row
from okng.records.tables import entries
from okng.station.clock import entry_now
from okng.wording import alarm_in_words, language, mark

_LOG = logging.getLogger(__name__)
_READ_BACK = 500
"""Entries in which alarms are sought that were on when the process ended."""
_Place = tuple[Code, str]


class Alarms:
    """The alarms of one station; to be used from any thread.

    Args:
        records: where they are stored; None only logs them.
        station: name of the station.
    """

    def __init__(self, records: Records | None, station: str) -> None:
        self._records, self._station = records, station
        self._lock = threading.Lock()
        self._on: dict[_Place, Alarm] = {}
        if records is not None:
            self._read_back(records)

    @property
    def on(self) -> Sequence[Alarm]:
        """Alarms that are not over, in the order in which they began."""
        with self._lock:
            return list(self._on.values())

    def begin(self, code: Code, where: str, values: Mapping[str, object] | None = None) -> bool:
        """Raise an alarm, unless it is on already.

        Args:
            code: what is wrong.
            where: source, sink or part that it is about, at most 200 characters.
            values: figures of the sentence.

        Returns:
            Whether it was not on before.
        """
        entry = self.entry(code, where, values)
        with self._lock:
            if (code, where) in self._on:
                return False
            self._on[code, where] = alarm_of(entry)
            self._append(entry)  # under the lock: it joins the chain before its end does
        with language(log.language):
            log.error(alarm_in_words(code.value), code=code.value, fault=code.meaning,
                      where=where, **(values or {}))  # fmt: skip
        return True

    def over(self, code: Code, where: str, values: Mapping[str, object] | None = None) -> bool:
        """End an alarm.

        Returns:
            Whether it was on.
        """
        with self._lock:
            if self._on.pop((code, where), None) is None:
                return False
            self._append(self.entry(code, where, values, over=True))
        log.info(mark("An alarm is over"), code=code.value, where=where)
        return True

    def entry(
        self,
        code: Code,
        where: str,
        values: Mapping[str, object] | None = None,
        *,
        over: bool = False,
    ) -> Entry:
        """An alarm of now as a row."""
        payload = AlarmChange(
            code=code.value,
            state="over" if over else "begun",
            values={name: str(value) for name, value in (values or {}).items()},
        )
        return entry_now(
            datetime.now(UTC), station=self._station, kind=Kind.ALARM, subject=where[:200],
            by="station", payload=payload,
        )  # fmt: skip

    def _append(self, entry: Entry) -> None:
        """On record with the next commit; nobody waits for it."""
        if self._records is None:
            return
        try:
            self._records.append(entry)
        except RecordsError as fault:  # the station is stopping
            _LOG.warning("An alarm is not on record: %s", fault.what)

    def _read_back(self, records: Records) -> None:
        c = entries.c
        query = select(entries).where((c.station == self._station) & (c.kind == Kind.ALARM))
        newest = records.read(query.order_by(c.time_us.desc(), c.id.desc()).limit(_READ_BACK))
        for row in reversed(newest):
            alarm = alarm_of(entry_row(row))
            if alarm.over:
                self._on.pop((alarm.code, alarm.where), None)
            else:
                self._on[alarm.code, alarm.where] = alarm


def alarm_of(entry: Entry) -> Alarm:
    """The alarm of an entry."""
    content = AlarmChange.of(entry.payload)
    return Alarm(
        id=entry.id,
        time_us=entry.time_us,
        station=entry.station,
        code=_code_of(content.code),
        where=entry.subject,
        values=dict(content.values),
        over=content.state == "over",
    )


def _code_of(text: str) -> Code:
    try:
        return Code(text)
    except ValueError:  # of a later version
        return Code.ERROR

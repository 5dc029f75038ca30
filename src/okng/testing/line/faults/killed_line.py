"""A station that judges parts and delivers verdicts, and is killed again and again.

Usage: python -m okng.testing.line.faults.killed_line DATABASE FOLDER MODEL PORT

The process reads the numbers of parts that nobody has an answer for, judges each, and prints
`NUMBER VERDICT IDENTIFIER` once it is answered. Its model has no network: the score of a photo is
its brightness, so everybody knows the verdict of every part.
"""

import hashlib
import os
import sys
import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from okng.connect.alarms import Alarms
from okng.connect.contracts import Around, SinkSettings
from okng.connect.delivering import Delivering
from okng.connect.sinks.journal import JournalFormat, JournalSettings
from okng.connect.sinks.mqtt import MqttSettings
from okng.errors import OkngError
from okng.inference.engine import loaded
from okng.records import Records
from okng.records.tables import inspections
from okng.station import Station, opened
from okng.station.judging.requests import Answer, PhotoRequest
from okng.testing.sessions import BrightnessSession
from okng.testing.station.stations import grey_photo, station_settings
from okng.verdict import Judgement

if TYPE_CHECKING:
    from concurrent.futures import Future

AROUND = Around("plant", "station-1")
_IN_FLIGHT = 16
_STOP_SECONDS = 120.0


class Answered(NamedTuple):
    """What the line acted on.

    Attributes:
        verdict: of the part.
        identifier: of the inspection.
    """

    verdict: str
    identifier: str


def level_of(part: int) -> int:
    """Grey level of a part's photo: a third is defective, none near the threshold of 0.5."""
    digest = hashlib.sha256(str(part).encode()).digest()
    return 150 + digest[1] % 60 if digest[0] % 3 == 0 else 40 + digest[1] % 60


def photo_of(part: int) -> bytes:
    """The photo of a part; no two parts have the same one."""
    return grey_photo(level_of(part), 24, mark=part)


def truth_of(part: int) -> Judgement:
    """The verdict that a part must get."""
    return Judgement.NG if level_of(part) > 127 else Judgement.OK


def key_of(part: int) -> str:
    """Idempotency key of a part."""
    return f"part-{part}"


def main(database: str, folder: Path, model: Path, port: int) -> None:
    """Judge the parts that are named on the standard input."""
    setattr(loaded, "open_session", lambda *_: BrightnessSession())  # noqa: B010 - a fake
    settings = station_settings(
        folder, records={"database": database, "photos": "none"}, server={"client_queue": 64}
    )
    with opened(settings, [model]) as station:
        assert station.records is not None  # noqa: S101 - for the type checker
        alarms = Alarms(station.records, AROUND.station)
        delivering = Delivering(station.records, AROUND, sinks(folder, port), alarms)
        parts = [int(number) for number in sys.stdin.readline().split()]
        _Line(station).judge(_not_on_record(station.records, parts))
        station.close(_STOP_SECONDS)
        while station.records.spooled:
            time.sleep(0.1)
        delivering.close(_STOP_SECONDS)


def sinks(folder: Path, port: int) -> list[SinkSettings]:
    """The broker at a port of this machine, and a journal in the folder."""
    return [
        MqttSettings(host="127.0.0.1", port=port, retry_longest=1, timeout=3),
        JournalSettings(folder=folder / "journal", format=JournalFormat.JSONL, retry_longest=1),
    ]


class _Line:
    """Parts that go by, some of them at once."""

    def __init__(self, station: Station) -> None:
        self._station = station
        self._room = threading.Semaphore(_IN_FLIGHT)
        self._lock = threading.Lock()
        self._again: list[int] = []

    def judge(self, parts: Iterable[int]) -> None:
        """Judge parts until each has an answer; one that the station refuses comes again."""
        waiting = list(parts)
        while waiting:
            for part in waiting:
                self._room.acquire()
                self._ask(part)
            for _ in range(_IN_FLIGHT):
                self._room.acquire()
            self._room.release(_IN_FLIGHT)
            waiting, self._again = self._again, []

    def _ask(self, part: int) -> None:
        request = PhotoRequest(photo=photo_of(part), serial=str(part), key=key_of(part))
        try:
            future = self._station.judge(request)
        except OkngError:
            self._later(part)
            return
        future.add_done_callback(lambda done: self._answered(part, done))

    def _answered(self, part: int, done: "Future[Answer]") -> None:
        if done.exception() is not None:
            self._later(part)
            return
        row = done.result().row
        state(part, row.verdict, row.id)
        self._room.release()

    def _later(self, part: int) -> None:
        with self._lock:
            self._again.append(part)
        self._room.release()


def _not_on_record(records: Records, parts: list[int]) -> list[int]:
    """Answer parts that an earlier process judged, as a source does that asks what is known."""
    c = inspections.c
    known: set[int] = set()
    for begin in range(0, len(parts), 500):
        keys = [key_of(part) for part in parts[begin : begin + 500]]
        query = select(c.serial, c.verdict, c.id).where(c.idempotency_key.in_(keys))
        for row in records.read(query):
            state(int(row.serial), row.verdict, row.id)
            known.add(int(row.serial))
    return [part for part in parts if part not in known]


def state(part: int, verdict: str, identifier: str) -> None:
    """Answer a part: one write, which a kill cannot cut in two."""
    os.write(1, f"{part} {verdict} {identifier}\n".encode())


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))

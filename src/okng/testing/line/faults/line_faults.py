"""Faults of a line at random: broker, database and process end while parts go by; then, the toll.

The process and the database are killed. The broker is ended in order, with what it has on its disk:
what a broker loses from its memory after it has acknowledged a message is no matter of the station.
"""

import hashlib
import json
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select

from okng.records import Records
from okng.records.outbox import refused
from okng.records.tables import inspections
from okng.testing.line.faults.killed_line import Answered, photo_of, truth_of
from okng.testing.line.network.listener import Listener
from okng.testing.line.network.mosquitto import Mosquitto
from okng.testing.station.postgres import PostgresServer
from okng.verdict import Judgement

_LONGEST_SECONDS = 1.0
"""Time that a broker or a database is away."""
_PATIENCE_SECONDS = 120.0


@dataclass
class Toll:
    """What the faults cost; all counts but the first two must be 0.

    Attributes:
        parts: that went by.
        faults: kind -> how often.
        lost: parts without an inspection.
        twice: parts with more than one.
        invented: parts that the line passed as OK without such a verdict on record.
        swapped: parts whose result is that of another part, or is wrong.
        undelivered: verdicts that a sink did not get.
        journal_twice: verdicts that stand in the journal twice.
        repeats: verdicts that the broker got more than once, which is allowed.
        broken: whether the chain is not whole.
    """

    parts: int
    faults: Counter[str] = field(default_factory=Counter)
    lost: int = 0
    twice: int = 0
    invented: int = 0
    swapped: int = 0
    undelivered: int = 0
    journal_twice: int = 0
    repeats: int = 0
    broken: bool = False

    @property
    def is_nothing(self) -> bool:
        """Whether nothing was lost, invented or mixed up."""
        counts = (self.lost, self.twice, self.invented, self.swapped, self.undelivered,
                  self.journal_twice)  # fmt: skip
        return not any(counts) and not self.broken


class FaultyLine:
    """Feeds parts to a station in a process of its own, and lets things end at random.

    Args:
        folder: of the station.
        model: file of any model; its network is not run.
        postgres: the server of the database.
        database: its URL.
        rng: draws the faults.
    """

    def __init__(
        self, folder: Path, model: Path, postgres: PostgresServer, database: str,
        rng: random.Random,
    ) -> None:  # fmt: skip
        self._folder, self._model, self._database, self._rng = folder, model, database, rng
        self._postgres, self._postgres_lock = postgres, threading.Lock()
        self._broker = Mosquitto(
            folder,
            ("allow_anonymous true", "persistence true", f"persistence_location {folder}/",
             "max_queued_messages 0", "max_inflight_messages 0"),
        )  # fmt: skip
        self._process: subprocess.Popen[str] | None = None
        self.answers: dict[int, list[Answered]] = {}

    def run(self, parts: int, faults: int) -> Toll:
        """Let parts go by with so many faults, spread evenly, and count what they cost."""
        toll = Toll(parts)
        self._broker.start()
        with Listener(self._broker.port, session="faults") as listener:
            due = [round((n + self._rng.random()) * parts / faults) for n in range(faults)]
            self._feed(range(parts), sorted(due), toll)
            self._count(toll, listener)
        self._broker.kill()
        return toll

    def _feed(self, parts: Sequence[int], due: list[int], toll: Toll) -> None:
        """Start the station as often as it takes, until it ends by itself."""
        away: list[threading.Thread] = []
        while True:
            process = self._started([part for part in parts if part not in self.answers])
            for line in process.stdout or ():
                self._note(line)
                while due and len(self.answers) >= due[0]:
                    due.pop(0)
                    away += self._fault(toll)
            if process.wait() == 0:
                break
        for thread in away:
            thread.join()

    def _started(self, waiting: Sequence[int]) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "okng.testing.line.faults.killed_line", self._database,
                   str(self._folder), str(self._model), str(self._broker.port)]  # fmt: skip
        self._process = process = subprocess.Popen(  # noqa: S603
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            text=True,
        )  # fmt: skip
        assert process.stdin is not None  # noqa: S101 - for the type checker
        with suppress(BrokenPipeError):  # it did not find its database, and is started again
            print(*waiting, file=process.stdin, flush=True)
        return process

    def _note(self, line: str) -> None:
        if line.endswith("\n"):
            part, verdict, identifier = line.split()
            self.answers.setdefault(int(part), []).append(Answered(verdict, identifier))

    def _fault(self, toll: Toll) -> list[threading.Thread]:
        kind = self._rng.choice(("process", "broker", "database"))
        toll.faults[kind] += 1
        if kind == "process":
            assert self._process is not None  # noqa: S101 - for the type checker
            self._process.kill()
            return []
        work = self._without_broker if kind == "broker" else self._without_database
        thread = threading.Thread(target=work, args=(self._rng.uniform(0.1, _LONGEST_SECONDS),))
        thread.start()
        return [thread]

    def _without_broker(self, seconds: float) -> None:
        with self._postgres_lock:  # one of them at a time is away; the process, at any time
            self._broker.stop()
            time.sleep(seconds)
            self._broker.start()

    def _without_database(self, seconds: float) -> None:
        with self._postgres_lock:
            self._postgres.stop()
            time.sleep(seconds)
            self._postgres.start()

    def _count(self, toll: Toll, listener: Listener) -> None:
        c = inspections.c
        with Records(self._database) as records:
            rows = records.read(select(c.id, c.serial, c.verdict, c.photo_digest, c.seq))
            checked = records.verify([], frozenset())
            aside = refused(records.read)
        by_part = Counter(int(row.serial) for row in rows)
        known = {row.id: row for row in rows}
        toll.lost = sum(by_part[part] == 0 for part in range(toll.parts))
        toll.twice = sum(count > 1 for count in by_part.values())
        toll.broken = not checked.intact or bool(aside)
        for part, answers in self.answers.items():
            for answer in answers:
                row = known.get(answer.identifier)
                if row is None or row.verdict != answer.verdict:
                    toll.invented += answer.verdict == Judgement.OK
                    toll.lost += row is None
                elif not _is_of(part, row.serial, row.photo_digest, row.verdict):
                    toll.swapped += 1
        self._count_delivered(toll, listener, {row.id: row.verdict for row in rows})

    def _count_delivered(self, toll: Toll, listener: Listener, verdicts: dict[str, str]) -> None:
        _wait(lambda: verdicts.keys() <= {m.content["id"] for m in listener.messages("/verdict")})
        published = [m.content for m in listener.messages("/verdict")]
        written = [
            json.loads(line)
            for file in sorted((self._folder / "journal").glob("station-1-2*.jsonl"))
            for line in file.read_text().splitlines()
        ]
        for contents in (published, written):
            got = {each["id"]: each["verdict"] for each in contents}
            toll.undelivered += sum(got.get(each) != verdict for each, verdict in verdicts.items())
            toll.invented += sum(each not in verdicts for each in got)
        toll.repeats = len(published) - len({each["id"] for each in published})
        toll.journal_twice = len(written) - len({each["id"] for each in written})


def _is_of(part: int, serial: str, digest: str, verdict: str) -> bool:
    photo = hashlib.sha256(photo_of(part)).hexdigest()
    return (serial, digest, verdict) == (str(part), photo, truth_of(part))


def _wait(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + _PATIENCE_SECONDS
    while not condition() and time.monotonic() < end:
        time.sleep(0.5)

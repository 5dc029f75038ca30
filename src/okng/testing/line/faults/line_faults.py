"""Faults of a line at random: broker, database and process end while parts go by; then, the toll.

The process and the database are killed. The broker is ended in order, with what it has on its disk:
what a broker loses from its memory after it has acknowledged a message is no matter of the station.
"""

import random
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from okng.testing.line.faults.killed_line import Answered, truth_of
from okng.testing.line.faults.outages import Outages, Service
from okng.testing.line.faults.toll import Toll, count_delivered, digest_of, rows_on_record
from okng.testing.line.network.listener import Listener
from okng.testing.line.network.mosquitto import Mosquitto
from okng.testing.station.postgres import PostgresServer
from okng.verdict import Judgement


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
        self._folder, self._model, self._database = folder, model, database
        self._broker = broker_with_memory(folder)
        services: dict[str, Service] = {"broker": self._broker, "database": postgres}
        self._outages = Outages(services, self._kill, rng)
        self._process: subprocess.Popen[str] | None = None
        self.answers: dict[int, list[Answered]] = {}

    def run(self, parts: int, faults: int) -> Toll:
        """Let parts go by with so many faults, spread evenly, and count what they cost."""
        toll = Toll(parts, self._outages.counts)
        self._broker.start()
        with Listener(self._broker.port, session="faults") as listener:
            self._outages.spread(faults, parts)
            self._feed(range(parts))
            self._count(toll, listener)
        self._broker.kill()
        return toll

    def _feed(self, parts: Sequence[int]) -> None:
        """Start the station as often as it takes, until it ends by itself."""
        while True:
            with self._started([part for part in parts if part not in self.answers]) as process:
                for line in process.stdout or ():
                    self._note(line)
                    self._outages.after(len(self.answers))
            if process.returncode == 0:
                break
        self._outages.join()

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

    def _kill(self) -> None:
        if self._process is not None:
            self._process.kill()

    def _count(self, toll: Toll, listener: Listener) -> None:
        rows = rows_on_record(self._database, toll)
        by_part = Counter(int(row.serial) for row in rows)
        known = {row.id: row for row in rows}
        toll.lost = sum(by_part[part] == 0 for part in range(toll.parts))
        toll.twice = sum(count > 1 for count in by_part.values())
        for part, answers in self.answers.items():
            for answer in answers:
                row = known.get(answer.identifier)
                if row is None or row.verdict != answer.verdict:
                    toll.invented += answer.verdict == Judgement.OK
                    toll.lost += row is None
                elif not _is_of(part, row.serial, row.photo_digest, row.verdict):
                    toll.swapped += 1
        count_delivered(toll, listener, self._folder, {row.id: row.verdict for row in rows})


def broker_with_memory(folder: Path) -> Mosquitto:
    """A broker that keeps what it has on its disk while it is away."""
    return Mosquitto(
        folder,
        ("allow_anonymous true", "persistence true", f"persistence_location {folder}/",
         "max_queued_messages 0", "max_inflight_messages 0"),
    )  # fmt: skip


def _is_of(part: int, serial: str, digest: str, verdict: str) -> bool:
    return (serial, digest, verdict) == (str(part), digest_of(part), truth_of(part))

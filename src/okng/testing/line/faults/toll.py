"""What faults cost a line, counted from its records and from what its sinks got."""

import hashlib
import json
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Row, select

from okng.records import Records
from okng.records.outbox import refused
from okng.records.tables import inspections
from okng.testing.line.faults.killed_line import AROUND, photo_of
from okng.testing.line.network.listener import Listener

_PATIENCE_SECONDS = 120.0


@dataclass
class Toll:
    """What the faults cost; all counts but the first two and the last two must be 0.

    Attributes:
        parts: that went by.
        faults: kind -> how often.
        lost: parts without an inspection.
        twice: parts with more than one.
        invented: parts that the line passed as OK without such a verdict on record.
        swapped: parts whose result is that of another part, or is wrong.
        undelivered: sink -> verdicts that it did not get.
        journal_twice: verdicts that stand in the journal twice.
        broken: whether the chain is not whole.
        repeats: verdicts that the broker got more than once, which is allowed.
        rejected: good parts that the line rejected since something was away, which is allowed.
    """

    parts: int
    faults: Counter[str] = field(default_factory=Counter)
    lost: int = 0
    twice: int = 0
    invented: int = 0
    swapped: int = 0
    undelivered: Counter[str] = field(default_factory=Counter)
    journal_twice: int = 0
    broken: bool = False
    repeats: int = 0
    rejected: int = 0

    @property
    def is_nothing(self) -> bool:
        """Whether nothing was lost, invented or mixed up."""
        counts = (self.lost, self.twice, self.invented, self.swapped,
                  self.undelivered.total(), self.journal_twice)  # fmt: skip
        return not any(counts) and not self.broken


def rows_on_record(database: str, toll: Toll) -> Sequence[Row[Any]]:
    """All inspections; whether their chain is whole goes into the toll."""
    c = inspections.c
    with Records(database) as records:
        query = select(c.id, c.serial, c.verdict, c.photo_digest, c.idempotency_key, c.error_code)
        rows = records.read(query)
        toll.broken = not records.verify([], frozenset()).intact or bool(refused(records.read))
    return rows


def wait_until_delivered(database: str, folder: Path, listener: Listener) -> None:
    """Wait until nothing is on the spool and the broker has the whole record; for two minutes."""
    spool = folder / "spool.jsonl"

    def is_delivered() -> bool:
        if spool.exists() and spool.stat().st_size:
            return False
        with Records(database) as records:
            rows = records.read(select(inspections.c.id))
        return {row.id for row in rows} <= _published(listener)

    _wait(is_delivered)


def digest_of(part: int) -> str:
    """SHA-256 of a part's photo, in hex."""
    return hashlib.sha256(photo_of(part)).hexdigest()


def count_delivered(
    toll: Toll, listener: Listener, folder: Path, verdicts: Mapping[str, str]
) -> None:
    """Compare what the broker and the journal got with what is on record.

    Args:
        toll: gets the counts.
        listener: a client of the broker.
        folder: of the station.
        verdicts: inspection -> its verdict on record.
    """
    _wait(lambda: verdicts.keys() <= _published(listener))
    published = [m.content for m in listener.messages("/verdict")]
    written = [
        json.loads(line)
        for file in sorted((folder / "journal").glob(f"{AROUND.station}-2*.jsonl"))
        for line in file.read_text().splitlines()
    ]
    for sink, contents in (("broker", published), ("journal", written)):
        got = {each["id"]: each["verdict"] for each in contents}
        toll.undelivered[sink] += sum(got.get(n) != verdict for n, verdict in verdicts.items())
        toll.invented += sum(each not in verdicts for each in got)
    toll.repeats = len(published) - len({each["id"] for each in published})
    toll.journal_twice = len(written) - len({each["id"] for each in written})


def _published(listener: Listener) -> set[str]:
    return {message.content["id"] for message in listener.messages("/verdict")}


def _wait(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + _PATIENCE_SECONDS
    while not condition() and time.monotonic() < end:
        time.sleep(0.5)

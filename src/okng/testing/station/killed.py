"""A process that appends rows as fast as it can and prints each identifier once it is answered.

Usage: python -m okng.testing.station.killed DATABASE FOLDER

`kill_under_load` starts it, ends it by SIGKILL at a random moment, and gives what was answered.
"""

import random
import subprocess
import sys
import threading
import time
from pathlib import Path

from sqlalchemy import select

from okng.inference.inspection import new_id
from okng.records import Kind, Records, Row
from okng.records.payloads import Review
from okng.records.proof import HeadSigner, Verification, read_heads, station_keys
from okng.records.tables import entries, inspections
from okng.testing.station.records import entry, inspection_row

THREADS = 8


def main(database: str, folder: Path) -> None:
    """Append until the process is ended."""
    signer = HeadSigner(folder / "heads", station_keys(folder / "keys"), every=100)
    records = Records(database, committed=signer.committed)
    lock = threading.Lock()

    def work() -> None:
        while True:
            row = inspection_row(id=new_id(), idempotency_key=new_id())
            review = Review(truth="OK").text()
            both: list[Row] = [row, entry(Kind.REVIEW, id=new_id(), subject=row.id, payload=review)]
            records.append(*both).result()
            with lock:
                sys.stdout.write("".join(f"{each.id}\n" for each in both))
                sys.stdout.flush()

    threads = [threading.Thread(target=work, daemon=True) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def kill_under_load(database: str, folder: Path, rng: random.Random) -> list[str]:
    """Start the process, kill it at some moment, and give the identifiers that it has answered."""
    command = [sys.executable, "-m", "okng.testing.station.killed", database, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        assert process.stdout is not None  # noqa: S101 - for the type checker
        first = process.stdout.readline()
        # Load goes on for a moment; what comes meanwhile waits in the pipe, 64 kB at most.
        time.sleep(rng.uniform(0.05, 0.6))
        process.kill()
        rest = process.stdout.read()
    whole, _, _cut = (first + rest).rpartition("\n")
    return whole.splitlines()


def missing_of(database: str, folder: Path, answered: list[str]) -> tuple[list[str], Verification]:
    """Answered identifiers that are not on record, and whether the chain is whole."""
    trusted = frozenset({station_keys(folder / "keys").sign(b"").key})
    with Records(database) as records:
        known = {
            row.id for table in (inspections, entries) for row in records.read(select(table.c.id))
        }
        checked = records.verify(read_heads(folder / "heads"), trusted)
    return [each for each in answered if each not in known], checked


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))

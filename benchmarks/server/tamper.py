"""Tampered records that `okng records verify` misses: 1,000 attacks on copies of a database.

Usage: python benchmarks/server/tamper.py [--attacks N] [--rows N] [--seed N]

Each attack is one of `okng.testing.station.tampering.ATTACKS`: edits of any column to any type,
deletions, insertions, rows appended with a right hash, cut tails, whole chains computed anew,
swapped rows, forged tombstones, a moved pointer. Who attacks may write to the database and holds no
key. An attack is missed if the records still count as proven. 1,000 attacks on 300 rows take two
minutes.
"""

import argparse
import random
import shutil
import sqlite3
import tempfile
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

from okng.records import Kind, Records
from okng.records.database import connect
from okng.records.payloads import Review
from okng.records.proof import HeadSigner, Verification, read_heads, station_keys, verify
from okng.testing.station.records import entry, inspection_row
from okng.testing.station.tampering import ATTACKS


def main() -> None:
    """Run the attacks and print what was missed, by attack and by fault."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--attacks", type=int, default=1000)
    parser.add_argument("--rows", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    rng = random.Random(options.seed)  # noqa: S311 - draws of a benchmark
    missed: Counter[str] = Counter()
    faults: Counter[str] = Counter()
    begin = time.perf_counter()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        trusted = _write(folder, options.rows)
        assert _verified(folder / "r.sqlite", folder, trusted).proven  # noqa: S101
        for number in range(options.attacks):
            attack = ATTACKS[number % len(ATTACKS)]
            copy = folder / "copy.sqlite"
            shutil.copy(folder / "r.sqlite", copy)
            with closing(sqlite3.connect(copy)) as db:
                attack(db, rng)
                db.commit()
            result = _verified(copy, folder, trusted)
            fault = next((chain.fault.kind for chain in result.chains if chain.fault), None)
            faults[f"{attack.__name__}: {fault or 'tail not proven'}"] += 1
            missed[attack.__name__] += result.proven
    for name, count in sorted(faults.items()):
        print(f"{count:5}  {name}")
    seconds = time.perf_counter() - begin
    print(f"attacks {options.attacks}, missed {missed.total()}, {seconds:.0f} s")


def _write(folder: Path, rows: int) -> frozenset[str]:
    keys = station_keys(folder / "keys")
    signer = HeadSigner(folder / "heads", keys, every=50)
    with Records(folder / "r.sqlite", committed=signer.committed) as records:
        for _ in range(rows // 5):
            some = [inspection_row() for _ in range(4)]
            review = entry(Kind.REVIEW, subject=some[0].id, payload=Review(truth="OK").text())
            records.append(*some, review).result(10)
    return frozenset({keys.sign(b"").key})


def _verified(file: Path, folder: Path, trusted: frozenset[str]) -> Verification:
    database = connect(file)
    with database.read.connect() as connection:
        result = verify(connection, read_heads(folder / "heads"), trusted)
    database.dispose()
    return result


if __name__ == "__main__":
    main()

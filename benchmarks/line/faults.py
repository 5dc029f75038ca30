"""What is lost when broker, database and station end at random while parts go by.

Usage: python benchmarks/line/faults.py [--parts N] [--faults N] [--seed N] [--plc modbus|opcua]

A station judges parts with a model whose verdicts are known, puts them on record in PostgreSQL and
delivers them to mosquitto and to a journal. 50 times something ends: the process by SIGKILL, the
database at once and the broker in order, both for up to a second. The process is started again with
the parts that have no answer, as a source would. With `--plc` a simulated PLC drives a camera and
sorts the parts, its server ends as well, and the process is the whole station of `okng run`. All
counts of the last line must be 0, but for what is in brackets.
"""

import argparse
import logging
import random
import tempfile
import time
from pathlib import Path

from okng.testing.line.faults.line_faults import FaultyLine
from okng.testing.line.faults.plc_faults import MEMORIES, DrivenLine
from okng.testing.station.model_files import export_plain
from okng.testing.station.postgres import postgres_server


def main() -> None:
    """Run and print the toll."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--parts", type=int, default=10_000)
    parser.add_argument("--faults", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--plc", choices=list(MEMORIES))
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)  # libraries of the PLC report every lost connection
    rng = random.Random(options.seed)  # noqa: S311 - draws of a benchmark
    begin = time.perf_counter()
    with tempfile.TemporaryDirectory() as scratch, postgres_server() as server:
        folder = Path(scratch)
        database = server.new_database("faults")
        given = folder, export_plain(folder / "inspector.onnx"), server, database, rng
        line = DrivenLine(*given, options.plc) if options.plc else FaultyLine(*given)
        toll = line.run(options.parts, options.faults)
    ended = ", ".join(f"{kind} {count}" for kind, count in sorted(toll.faults.items()))
    print(f"{toll.parts:,} parts, ended: {ended}; {time.perf_counter() - begin:.0f} s")
    print(
        f"lost {toll.lost}, judged twice on record {toll.twice}, OK without judgement "
        f"{toll.invented}, results on the wrong part {toll.swapped}, not delivered "
        f"{dict(+toll.undelivered) or 0}, twice in the journal {toll.journal_twice}, chain "
        f"{'broken' if toll.broken else 'intact'} (repeated to the broker: {toll.repeats}; good "
        f"parts rejected since something was away: {toll.rejected})"
    )


if __name__ == "__main__":
    main()

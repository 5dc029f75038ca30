"""Verdicts that were answered and are not on record after SIGKILL under load: 20 kills each.

Usage: python benchmarks/server/kill.py [--kills N] [--only sqlite|postgresql]

A process appends inspections and reviews from eight threads and prints each identifier once its
future is set; it is killed at a random moment, and started again on the same database. In the end
every identifier must be on record, and the chain whole, with the signed heads. The kill ends the
process, not the machine: what a power cut leaves depends on the disk and its flushes.
"""

import argparse
import random
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from okng.testing.station.killed import kill_under_load, missing_of
from okng.testing.station.postgres import postgres_server


def main() -> None:
    """Kill and count."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    options = parser.parse_args()
    rng = random.Random(0)  # noqa: S311 - draws of a benchmark
    with ExitStack() as stack:
        for kind in ("sqlite", "postgresql"):
            if options.only not in {None, kind}:
                continue
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            url = str(folder / "r.sqlite")
            if kind == "postgresql":
                url = stack.enter_context(postgres_server()).new_database("kill")
            begin = time.perf_counter()
            answered: list[str] = []
            for _ in range(options.kills):
                answered += kill_under_load(url, folder, rng)
            missing, checked = missing_of(url, folder, answered)
            (chain,) = checked.chains
            state = "intact" if checked.intact else str(chain.fault)
            print(
                f"{kind}: {options.kills} kills, {len(answered):,} rows answered, "
                f"{len(missing)} not on record; {chain.rows:,} on record, chain {state}, "
                f"{chain.unproven} rows behind the last signed head; "
                f"{time.perf_counter() - begin:.0f} s",
                flush=True,
            )


if __name__ == "__main__":
    main()

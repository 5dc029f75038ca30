"""Broker, database and process end at random: no part is lost, doubled, invented or mixed up."""

import random
from pathlib import Path

import pytest

from okng.testing.line.faults.killed_line import truth_of
from okng.testing.line.faults.line_faults import FaultyLine
from okng.testing.line.faults.plc_faults import MEMORIES, DrivenLine, count_bins
from okng.testing.line.faults.toll import Toll
from okng.testing.line.plc.plc_program import Bin, PlcProgram
from okng.testing.services import services_or_skip
from okng.testing.station.postgres import PostgresServer
from okng.verdict import Judgement


@pytest.mark.slow
def test_faults_at_random_cost_nothing(
    exported: Path, postgres_server: PostgresServer, postgres_url: str, tmp_path: Path
) -> None:
    """400 parts and six faults; `benchmarks/line/faults.py` takes 10,000 and 50."""
    rng = random.Random(1)  # noqa: S311 - draws of a test
    with services_or_skip():
        line = FaultyLine(tmp_path, exported, postgres_server, postgres_url, rng)
    toll = line.run(400, 6)

    assert toll.faults.total() == 6
    assert toll.is_nothing, toll


@pytest.mark.slow
@pytest.mark.parametrize("carrier", MEMORIES)
def test_a_plc_passes_no_part_that_is_not_on_record_as_good(
    carrier: str,
    exported: Path,
    postgres_server: PostgresServer,
    postgres_url: str,
    tmp_path: Path,
) -> None:
    """150 parts and six faults, among them PLCs that lose their memory."""
    rng = random.Random(1)  # noqa: S311 - draws of a test
    with services_or_skip():
        line = DrivenLine(tmp_path, exported, postgres_server, postgres_url, rng, carrier)
    toll = line.run(150, 6)

    assert min(toll.faults["PLC"], toll.faults["process"]) > 0
    assert toll.is_nothing, toll


def test_a_part_that_was_passed_without_a_record_counts() -> None:
    """As does one of which another verdict is on record, and one in no bin."""
    parts = [str(part) for part in range(40)]
    good = [part for part in parts if truth_of(int(part)) == Judgement.OK]
    bad = next(part for part in parts if part not in good)
    program = PlcProgram(parts, bins=dict.fromkeys(good[1:], Bin.REJECT) | {good[0]: Bin.GOOD})
    program.bins[bad] = Bin.GOOD
    toll = Toll(40)
    count_bins(toll, [], program)

    assert (toll.invented, toll.swapped) == (2, 1)
    assert (toll.lost, toll.rejected) == (40 - len(good) - 1, len(good) - 1)

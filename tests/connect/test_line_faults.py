"""Broker, database and process end at random: no part is lost, doubled, invented or mixed up."""

import os
import random
from pathlib import Path

import pytest

from okng.testing.line.faults.line_faults import FaultyLine
from okng.testing.station.postgres import MissingService, PostgresServer


@pytest.mark.slow
def test_faults_at_random_cost_nothing(
    exported: Path, postgres_server: PostgresServer, postgres_url: str, tmp_path: Path
) -> None:
    """400 parts and six faults; `benchmarks/line/faults.py` takes 10,000 and 50."""
    rng = random.Random(1)  # noqa: S311 - draws of a test
    try:
        line = FaultyLine(tmp_path, exported, postgres_server, postgres_url, rng)
    except MissingService as reason:
        if os.environ.get("OKNG_REQUIRE_SERVICES"):
            pytest.fail(f"Not installed: {reason}")
        pytest.skip(f"Not installed: {reason}")
    toll = line.run(400, 6)

    assert toll.faults.total() == 6
    assert toll.is_nothing, toll

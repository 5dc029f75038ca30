"""A process that is killed under load has lost nothing that it answered."""

import random
from pathlib import Path

import pytest

from okng.testing.station.killed import kill_under_load, missing_of


@pytest.mark.slow
def test_everything_answered_is_on_record_after_kills(url: str, tmp_path: Path) -> None:
    """Three kills at random moments; benchmarks/server/kill.py does 20 on each database."""
    rng = random.Random(0)  # noqa: S311
    answered = [each for _ in range(3) for each in kill_under_load(url, tmp_path, rng)]
    missing, checked = missing_of(url, tmp_path, answered)

    assert len(answered) > 3
    assert missing == []
    assert checked.intact

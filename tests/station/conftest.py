"""A station on a session without a network: the score of a photo is its brightness."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from okng.station import Station, opened
from okng.testing import BrightnessSession, station_settings


@pytest.fixture
def station(exported: Path, session: BrightnessSession, tmp_path: Path) -> Iterator[Station]:
    """With records, room for eight photos, and for four of one client."""
    settings = station_settings(tmp_path, server={"queue": 8, "client_queue": 4})
    with opened(settings, [exported]) as station:
        session.batches.clear()
        yield station
        session.free.set()

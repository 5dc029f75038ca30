"""A station on a session without a network, for sources and sinks around it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from okng.station import Station, opened
from okng.testing import BrightnessSession, station_settings


@pytest.fixture
def station(exported: Path, session: BrightnessSession, tmp_path: Path) -> Iterator[Station]:
    """With records, room for eight photos, and for four of one source."""
    server = {"queue": 8, "client_queue": 4, "stop_timeout": 5}
    settings = station_settings(tmp_path / "station", server=server, records={"photos": "none"})
    with opened(settings, [exported]) as station:
        session.batches.clear()
        yield station
        session.free.set()

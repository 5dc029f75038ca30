"""A served station on a session without a network: the score of a photo is its brightness."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from okng.serve import Serving, create_app
from okng.station import Station, opened
from okng.testing import BrightnessSession, station_settings


@pytest.fixture
def station(exported: Path, session: BrightnessSession, tmp_path: Path) -> Iterator[Station]:
    """With records and small limits: eight photos, 400 kB, 0.1 megapixels, 5 seconds."""
    server = {"queue": 8, "body_mb": 0.4, "pixels_mp": 0.1, "timeout": 5}
    with opened(station_settings(tmp_path, server=server), [exported]) as station:
        session.batches.clear()
        yield station
        session.free.set()


@pytest.fixture
def client(station: Station) -> Iterator[TestClient]:
    """Talks to the station."""
    app = create_app(Serving(station))
    with TestClient(app, "http://localhost", raise_server_exceptions=False) as client:
        yield client

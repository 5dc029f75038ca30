"""A station that follows a file, and two models of one product."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from followed_models import Follow, Following, changed
from okng.connect.alarms import Alarms
from okng.connect.following import Follower
from okng.station import opened
from okng.testing import BrightnessSession, station_settings


@pytest.fixture
def follow(exported: Path, session: BrightnessSession, tmp_path: Path) -> Iterator[Follow]:
    """Opens a station that follows an address; settings of the section `models` as keywords."""
    with ExitStack() as stack:

        def opened_station(url: str, **models: object) -> Following:
            settings = station_settings(tmp_path / "station", models={"follow": url, **models})
            station = stack.enter_context(opened(settings, [exported]))
            alarms = Alarms(station.records, station.name)
            return Following(station, Follower(station, alarms), alarms)

        yield opened_station


@pytest.fixture
def other(exported: Path, tmp_path: Path) -> Path:
    """The same model with another threshold."""
    return changed(exported, tmp_path / "other.onnx", 0.7)


@pytest.fixture
def offered(tmp_path: Path) -> Path:
    """Where the address of a test leads to; nothing is there yet."""
    folder = tmp_path / "offered"
    folder.mkdir()
    return folder / "inspector.onnx"

"""Real brokers for tests of sinks; without mosquitto they are skipped, or fail where asked."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest

from okng.connect.contracts import Around
from okng.testing.line.network.mosquitto import Mosquitto, mosquitto
from okng.testing.station.postgres import MissingService

StartBroker = Callable[..., Mosquitto]


@pytest.fixture
def start_broker(tmp_path: Path) -> Iterator[StartBroker]:
    """Starts brokers that run until the test ends."""
    with ExitStack() as stack:

        def start(options: Sequence[str] = ("allow_anonymous true",)) -> Mosquitto:
            try:
                return stack.enter_context(mosquitto(tmp_path, options))
            except MissingService as reason:
                if os.environ.get("OKNG_REQUIRE_SERVICES"):
                    pytest.fail(f"Not installed: {reason}")
                pytest.skip(f"Not installed: {reason}")

        yield start


@pytest.fixture
def broker(start_broker: StartBroker) -> Mosquitto:
    """A broker that takes everything."""
    return start_broker()


@pytest.fixture
def around() -> Around:
    """A station."""
    return Around("plant", "station-1", "casting")

"""Real brokers for tests of sinks; without mosquitto they are skipped, or fail where asked."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import pytest

from okng.connect.contracts import Around
from okng.testing.line.network.mosquitto import Mosquitto, mosquitto
from okng.testing.services import services_or_skip

StartBroker = Callable[..., Mosquitto]


@pytest.fixture
def start_broker(tmp_path: Path) -> Iterator[StartBroker]:
    """Starts brokers that run until the test ends."""
    with ExitStack() as stack:

        def start(options: Sequence[str] = ("allow_anonymous true",)) -> Mosquitto:
            with services_or_skip():
                return stack.enter_context(mosquitto(tmp_path, options))

        yield start


@pytest.fixture
def broker(start_broker: StartBroker) -> Mosquitto:
    """A broker that takes everything."""
    return start_broker()


@pytest.fixture
def around() -> Around:
    """A station."""
    return Around("plant", "station-1", "casting")

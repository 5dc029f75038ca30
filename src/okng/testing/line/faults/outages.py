"""What a line needs, and loses for a while."""

import random
import threading
import time
from collections.abc import Mapping
from typing import Protocol

_LONGEST_SECONDS = 1.0
"""Time that one of them is away."""


class Service(Protocol):
    """What can be stopped and started, such as a broker."""

    def stop(self) -> None:
        """End it."""

    def start(self) -> None:
        """Start it, and wait until it answers."""


class Outages:
    """Takes services away, one at a time, while the line goes on.

    Args:
        services: by name.
        rng: draws for how long.
    """

    def __init__(self, services: Mapping[str, Service], rng: random.Random) -> None:
        self._services, self._rng = services, rng
        self._one = threading.Lock()
        self._threads: list[threading.Thread] = []

    def begin(self, name: str) -> None:
        """Take one away for up to a second; returns at once."""
        seconds = self._rng.uniform(0.1, _LONGEST_SECONDS)
        thread = threading.Thread(target=self._without, args=(self._services[name], seconds))
        self._threads.append(thread)
        thread.start()

    def join(self) -> None:
        """Wait until all are there again."""
        for thread in self._threads:
            thread.join()

    def _without(self, service: Service, seconds: float) -> None:
        with self._one:
            service.stop()
            time.sleep(seconds)
            service.start()

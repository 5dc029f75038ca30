"""What a line needs, and loses for a while."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
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
    """Kills the station, or takes services away, one at a time, while the line goes on.

    Args:
        services: by name.
        kill: ends the process of the station.
        rng: draws what ends, when, and for how long.

    Attributes:
        counts: kind -> how often.
    """

    def __init__(
        self, services: Mapping[str, Service], kill: Callable[[], None], rng: random.Random
    ) -> None:
        self._services, self._kill, self._rng = services, kill, rng
        self._kinds = ("process", *services)
        self._due: list[int] = []
        self._one = threading.Lock()
        self._threads: list[threading.Thread] = []
        self.counts: Counter[str] = Counter()

    def spread(self, faults: int, parts: int) -> None:
        """Let so many come, spread evenly over the parts."""
        times = (round((n + self._rng.random()) * parts / faults) for n in range(faults))
        self._due = sorted(times)

    def after(self, parts: int) -> None:
        """Let those come that are due once so many parts have gone by."""
        while self._due and parts >= self._due[0]:
            self._due.pop(0)
            kind = self._rng.choice(self._kinds)
            self.counts[kind] += 1
            if kind == "process":
                self._kill()
            else:
                self._begin(kind)

    def _begin(self, name: str) -> None:
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

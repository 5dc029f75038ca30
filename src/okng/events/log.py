"""Progress as lines of a log: a bar would show only its end there."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from okng.events.protocol import Advance
from okng.events.wording import counts_photos, duration, label
from okng.text import shown_lines

EVERY_SECONDS = 30.0
"""Between two lines of one stage: a log that stands still for longer looks dead."""


class LogLines:
    """Writes a line when a stage ends, and every 30 seconds while it works.

    Args:
        write: takes one line.
        clock: seconds, monotonic.
    """

    def __init__(
        self, write: Callable[[str], object], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._write, self._clock = write, clock

    @contextmanager
    def stage(self, name: str, total: int) -> Iterator[Advance]:
        """Watch a stage until the context ends."""
        begun = shown = self._clock()
        done = 0

        def advance(steps: int = 1, facts: str = "") -> None:
            nonlocal done, shown
            done += steps
            now = self._clock()
            if now - shown >= EVERY_SECONDS:
                shown = now
                self._write(_line(name, done, total, now - begun, facts))

        yield advance
        self._write(_line(name, done, total, self._clock() - begun))

    def say(self, sentence: str) -> None:
        """Write one sentence."""
        self._write(shown_lines(sentence))

    def step(self, number: int, total: int, name: str) -> None:
        """Write the step."""
        self._write(f"step {number} of {total}: {name}")


def _line(name: str, done: int, total: int, seconds: float, facts: str = "") -> str:
    share = min(1.0, done / total) if total else 1.0
    much = f"{done} of {total}" if counts_photos(name) else f"{share:.0%}"
    left = f", about {duration(seconds * (1 - share) / share)} left" if 0 < share < 1 else ""
    return f"{label(name)}: {much} after {duration(seconds)}{left}{', ' if facts else ''}{facts}"

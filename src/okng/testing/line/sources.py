"""Sources and alarms for tests of a line."""

import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence

from okng.connect.part import Array, Outcome, Part
from okng.error_codes import Code
from okng.errors import ConnectError, OkngError

PATIENCE = 10.0
"""Seconds after which a test fails that waits for something."""


class ScriptedSource:
    """Gives the parts that a test puts in, and keeps what became of each.

    Attributes:
        opened: how often it was opened in vain or not.
        outcomes: key -> outcomes of the part, in order.
        absent: while this is set, it cannot be opened.
    """

    def __init__(self) -> None:
        self.opened = 0
        self.outcomes: dict[str, list[Outcome]] = {}
        self.absent: OkngError | None = None
        self._steps: queue.SimpleQueue[Part | Exception | None] = queue.SimpleQueue()
        self._changed = threading.Condition()

    def part(self, photo: bytes | Array | None, key: str, **about: object) -> None:
        """Let a part come."""
        about.setdefault("answered", lambda outcome: self._answered(key, outcome))
        self._steps.put(Part(photo=photo, key=key, **about))  # type: ignore[arg-type]

    def fail(self, fault: Exception) -> None:
        """Let the source be lost after the parts before."""
        self._steps.put(fault)

    def outcome(self, key: str) -> Outcome:
        """The first outcome of a part, once it is there."""
        with self._changed:
            assert self._changed.wait_for(lambda: key in self.outcomes, PATIENCE), key  # noqa: S101
            return self.outcomes[key][0]

    def open(self) -> None:
        """As `okng.connect.contracts.Source`."""
        self.opened += 1
        if self.absent is not None:
            raise self.absent

    def parts(self) -> Iterator[Part]:
        """As `okng.connect.contracts.Source`."""
        while (step := self._steps.get()) is not None:
            if isinstance(step, Exception):
                raise step
            yield step

    def close(self) -> None:
        """As `okng.connect.contracts.Source`."""
        self._steps.put(None)

    def _answered(self, key: str, outcome: Outcome) -> None:
        with self._changed:
            self.outcomes.setdefault(key, []).append(outcome)
            self._changed.notify_all()


class KeptAlarms:
    """Alarms as a list.

    Attributes:
        on: code and place of those that are not over.
        begun: all that began, with their figures.
    """

    def __init__(self) -> None:
        self.on: set[tuple[Code, str]] = set()
        self.begun: list[tuple[Code, str, Mapping[str, object]]] = []

    def begin(self, code: Code, where: str, values: Mapping[str, object] | None = None) -> bool:
        """As `okng.connect.contracts.Alarming`."""
        if (code, where) in self.on:
            return False
        self.on.add((code, where))
        self.begun.append((code, where, values or {}))
        return True

    def over(self, code: Code, where: str, values: Mapping[str, object] | None = None) -> bool:  # noqa: ARG002
        """As `okng.connect.contracts.Alarming`."""
        was_on = (code, where) in self.on
        self.on.discard((code, where))
        return was_on

    @property
    def codes(self) -> Sequence[Code]:
        """Codes in the order in which alarms began."""
        return [code for code, _, _ in self.begun]


def until(fact: Callable[[], object], what: str = "it") -> None:
    """Wait until something is so.

    Raises:
        AssertionError: it is not within `PATIENCE`.
    """
    end = time.monotonic() + PATIENCE
    while not fact():
        if time.monotonic() > end:
            raise AssertionError(f"{what} did not happen")
        time.sleep(0.005)


def lost(code: Code = Code.CONNECT_FAILED) -> ConnectError:
    """The fault of a source that is lost."""
    return ConnectError("The cable is out", hint="Plug it in.", code=code)

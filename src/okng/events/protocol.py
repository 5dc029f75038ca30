"""What a stage reports while it works, and who receives it."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol


class Advance(Protocol):
    """Called with the steps done since the last call, and facts worth showing beside the bar."""

    def __call__(self, steps: int = 1, facts: str = "") -> None:
        """Report that `steps` more are done."""
        ...


class Progress(Protocol):
    """Receives the news of a stage."""

    def stage(self, name: str, total: int) -> AbstractContextManager[Advance]:
        """Open a stage of `total` steps; it ends with the context."""
        ...

    def say(self, sentence: str) -> None:
        """Report one finding or choice that the user should see."""
        ...

    def step(self, number: int, total: int, name: str) -> None:
        """Report that the job begins step `number` of `total`, counted from 1."""
        ...


class Silent:
    """Shows nothing: for `--quiet`, `progress=False`, and tests."""

    @contextmanager
    def stage(self, name: str, total: int) -> Iterator[Advance]:  # noqa: ARG002
        """Open a stage that nobody watches."""
        yield _ignore

    def say(self, sentence: str) -> None:
        """Drop the sentence."""

    def step(self, number: int, total: int, name: str) -> None:
        """Drop the step."""


def _ignore(steps: int = 1, facts: str = "") -> None:
    pass

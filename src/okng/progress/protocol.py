"""How a stage tells that it goes on: it speaks to a `Progress`, which only `cli` shows."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol


class Advance(Protocol):
    """Called with the steps done since the last call, and facts worth showing beside the bar."""

    def __call__(self, steps: int = 1, facts: str = "") -> None:
        """Tell that `steps` more are done."""
        ...


class Progress(Protocol):
    """Receives the news of a stage."""

    def stage(self, name: str, total: int) -> AbstractContextManager[Advance]:
        """Open a stage of `total` steps; it ends with the context."""
        ...

    def say(self, sentence: str) -> None:
        """Tell one finding or choice that the user should see."""
        ...


class Silent:
    """Shows nothing: for the Python API, `--quiet`, and tests."""

    @contextmanager
    def stage(self, name: str, total: int) -> Iterator[Advance]:  # noqa: ARG002
        """Open a stage that nobody watches."""
        yield _ignore

    def say(self, sentence: str) -> None:
        """Drop the sentence."""


def _ignore(steps: int = 1, facts: str = "") -> None:
    pass

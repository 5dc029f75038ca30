"""A progress that keeps what it receives, for tests."""

from collections.abc import Iterator
from contextlib import contextmanager

from okng.events import Advance


class RecordingProgress:
    """Keeps stages, sentences and steps in the order in which they come.

    Attributes:
        sentences: what was reported between the stages.
        stages: name and total of each stage.
        done: steps done by stage.
        steps: number, total and name of each step of the job.
    """

    def __init__(self) -> None:
        self.sentences: list[str] = []
        self.stages: list[tuple[str, int]] = []
        self.done: dict[str, int] = {}
        self.steps: list[tuple[int, int, str]] = []

    @contextmanager
    def stage(self, name: str, total: int) -> Iterator[Advance]:
        """Keep the stage, and count its steps."""
        self.stages.append((name, total))
        self.done.setdefault(name, 0)

        def advance(steps: int = 1, facts: str = "") -> None:  # noqa: ARG001
            self.done[name] += steps

        yield advance

    def say(self, sentence: str) -> None:
        """Keep the sentence."""
        self.sentences.append(sentence)

    def step(self, number: int, total: int, name: str) -> None:
        """Keep the step."""
        self.steps.append((number, total, name))

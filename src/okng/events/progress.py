"""How stages report what happens, and who receives it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol

from okng.events.kinds import (
    ChoiceMade,
    EpochDone,
    Event,
    FindingRaised,
    Noticed,
    StageAdvanced,
    StageFinished,
    StageStarted,
    StepStarted,
    Warned,
)
from okng.events.wording import unit_of
from okng.wording import Language, Sentence, advised, language


class Advance(Protocol):
    """Called with the units done since the last call, and facts worth showing beside the bar."""

    def __call__(self, steps: int = 1, facts: str = "") -> None:
        """Report that `steps` more units are done."""
        ...


class Progress:
    """Receives the events of a job. A receiver overrides `handle`; stages call the others."""

    def handle(self, event: Event) -> None:
        """Receive one event. What this raises ends the job."""

    @contextmanager
    def stage(self, name: str, total: int) -> Iterator[Advance]:
        """Report a stage of `total` units; it ends with the context.

        Args:
            name: of the stage.
            total: how much there is to do, in units.
        """
        done, completed = 0, False
        self.handle(StageStarted(name, total, unit_of(name)))

        def advance(steps: int = 1, facts: str = "") -> None:
            nonlocal done
            done += steps
            self.handle(StageAdvanced(name, done, total, facts))

        try:
            yield advance
            completed = True
        finally:
            self.handle(StageFinished(name, done, total, completed))

    def step(self, number: int, total: int, name: str) -> None:
        """Report that the job begins step `number` of `total`, counted from 1."""
        self.handle(StepStarted(number, total, name))

    def epoch(self, row: Mapping[str, float], of: int = 0) -> None:
        """Report an epoch, as a row of `history.csv`, of at most `of`."""
        figures = {name: float(value) for name, value in row.items() if name != "epoch"}
        self.handle(EpochDone(int(row["epoch"]), of, figures))

    def finding(self, check: str, severity: str, result: Sentence) -> None:
        """Report a serious finding of the audit; its advice is rendered from the same values."""
        with language(Language.EN):  # texts of events are English: programs read them
            text = " ".join(advised(*result))
        self.handle(FindingRaised(check, severity, text, *result))

    def choose(self, what: str, choice: str | Sentence) -> None:
        """Report a choice that the user left open."""
        self.handle(ChoiceMade(what, _english(choice), _sentence(choice)))

    def warn(self, code: str, warning: str | Sentence) -> None:
        """Report what the user should act on, by a code such as `threshold.unmet`."""
        self.handle(Warned(code, _english(warning), _sentence(warning)))

    def say(self, sentence: str | Sentence) -> None:
        """Report one sentence that is worth knowing."""
        self.handle(Noticed(_english(sentence), _sentence(sentence)))


def _english(text: str | Sentence) -> str:
    return text if isinstance(text, str) else text.english()


def _sentence(text: str | Sentence) -> Sentence | None:
    return None if isinstance(text, str) else text


class Silent(Progress):
    """Shows nothing: for `--quiet`, `progress=False`, and tests."""


class Several(Progress):
    """Hands every event to several receivers, in their order."""

    def __init__(self, *receivers: Progress) -> None:
        self._receivers = receivers

    def handle(self, event: Event) -> None:
        """Hand it on."""
        for receiver in self._receivers:
            receiver.handle(event)

"""Progress on stderr: bars in a terminal or notebook, lines elsewhere."""

from collections.abc import Callable

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    ProgressColumn,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bars

from okng.events.kinds import (
    Event,
    FindingRaised,
    StageAdvanced,
    StageFinished,
    StageStarted,
    StepStarted,
    Warned,
)
from okng.events.log import LogLines
from okng.events.progress import Progress
from okng.events.wording import counts_photos, label, sentence
from okng.text import shown_lines
from okng.wording import chosen_language, language, translated


class Terminal(Progress):
    """Shows stages as bars with the time left, and sentences between them.

    The language is the one that is chosen where the receiver is made.

    Args:
        console: to write to; stderr when left out.
        wording: puts a sentence into the words of the front end.
    """

    def __init__(self, console: Console | None = None, wording: Callable[[str], str] = str) -> None:
        self._wording, self._language = wording, chosen_language()
        self.console = console or Console(stderr=True, highlight=False)
        self._bars: dict[str, tuple[Bars, TaskID]] = {}

    def handle(self, event: Event) -> None:
        """Show it: a warning is yellow, a step is bold."""
        with language(self._language):
            self._handle(event)

    def _handle(self, event: Event) -> None:
        match event:
            case StageStarted(name, total):
                bars = Bars(*_columns(name), console=self.console)
                self._bars[name] = bars, bars.add_task(label(name), total=total, facts="")
                bars.start()
            case StageAdvanced(name, done, facts=facts):
                bars, task = self._bars[name]
                bars.update(task, completed=done)
                if facts:
                    bars.update(task, facts=facts)
            case StageFinished(name):
                self._bars.pop(name)[0].stop()
            case _:
                self._print(event)

    def _print(self, event: Event) -> None:
        text = sentence(event)
        if text is None:
            return
        warns = isinstance(event, FindingRaised | Warned)
        style = "yellow" if warns else "bold" if isinstance(event, StepStarted) else None
        shown = shown_lines(self._wording(text))
        # paths may hold square brackets, which rich takes for markup
        self.console.print(shown, markup=False, soft_wrap=True, style=style)


def _columns(name: str) -> tuple[ProgressColumn, ...]:
    return (
        TextColumn("{task.description:<24}"),
        BarColumn(bar_width=20),
        MofNCompleteColumn() if counts_photos(name) else TaskProgressColumn(),
        TimeElapsedColumn(),
        TextColumn(translated("left")),
        TimeRemainingColumn(),
        TextColumn("{task.fields[facts]}"),
    )


def on_stderr(wording: Callable[[str], str] = str) -> Progress:
    """Bars where stderr is a terminal or a notebook, lines of a log elsewhere.

    Args:
        wording: puts a sentence into the words of the front end.
    """
    console = Console(stderr=True, highlight=False)
    if console.is_terminal or console.is_jupyter:
        return Terminal(console, wording)
    return LogLines(lambda line: console.print(wording(line), markup=False, soft_wrap=True))

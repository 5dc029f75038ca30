"""Progress on stderr: bars in a terminal or notebook, lines elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    ProgressColumn,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as Bars

from okng.events.log import LogLines
from okng.events.protocol import Advance, Progress
from okng.events.wording import counts_photos, label
from okng.text import shown_lines

_WARNING = ("AUDIT:", "THRESHOLD:", "TUNING:", "TRACKING:", "WARNING")


class Terminal:
    """Shows stages as bars with the time left, and sentences between them."""

    def __init__(self, console: Console | None = None, wording: Callable[[str], str] = str) -> None:
        self._wording = wording
        self.console = console or Console(stderr=True, highlight=False)

    @contextmanager
    def stage(self, name: str, total: int) -> Iterator[Advance]:
        """Show a bar until the context ends."""
        with Bars(*_columns(name), console=self.console) as bars:
            task = bars.add_task(label(name), total=total, facts="")

            def advance(steps: int = 1, facts: str = "") -> None:
                bars.advance(task, steps)
                if facts:
                    bars.update(task, facts=facts)

            yield advance

    def say(self, sentence: str) -> None:
        """Print one sentence on stderr; a warning is yellow."""
        style = "yellow" if sentence.startswith(_WARNING) else None
        self.console.print(
            shown_lines(self._wording(sentence)), markup=False, soft_wrap=True, style=style
        )

    def step(self, number: int, total: int, name: str) -> None:
        """Print the step above the bars of its stages."""
        self.console.print(f"step {number} of {total}: {name}", style="bold")


def _columns(name: str) -> tuple[ProgressColumn, ...]:
    return (
        TextColumn("{task.description:<24}"),
        BarColumn(bar_width=20),
        MofNCompleteColumn() if counts_photos(name) else TaskProgressColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
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

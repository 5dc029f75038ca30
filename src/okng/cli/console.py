"""Progress on stderr, results on stdout."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from okng.progress import Advance, Silent
from okng.progress import Progress as ProgressProtocol


class Terminal:
    """Shows stages as bars with time left, and sentences between them."""

    def __init__(self) -> None:
        self.console = Console(stderr=True, highlight=False)

    @contextmanager
    def stage(self, name: str, total: int) -> Iterator[Advance]:
        """Show a bar until the context ends."""
        columns = (
            TextColumn("{task.description:<10}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            TextColumn("{task.fields[facts]}"),
        )
        with Progress(*columns, console=self.console) as bar:
            task = bar.add_task(name, total=total, facts="")

            def advance(steps: int = 1, facts: str = "") -> None:
                bar.advance(task, steps)
                if facts:
                    bar.update(task, facts=facts)

            yield advance

    def say(self, sentence: str) -> None:
        """Print one sentence on stderr."""
        self.console.print(sentence, markup=False, soft_wrap=True)


def progress(*, quiet: bool) -> ProgressProtocol:
    """What a verb hands to its stage."""
    return Silent() if quiet else Terminal()

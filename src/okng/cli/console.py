"""Progress on stderr, results on stdout."""

import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from enum import StrEnum
from typing import Annotated

import typer

from okng.cli.flags import with_flags
from okng.config import report_language
from okng.events import Progress, watched
from okng.events.json_lines import JsonLines
from okng.events.kinds import JobEnded, JobStarted, Status
from okng.wording import language


class ProgressForm(StrEnum):
    """How progress is written to stderr."""

    AUTO = "auto"
    JSONL = "jsonl"


ProgressOption = Annotated[
    ProgressForm,
    typer.Option(
        "--progress",
        help="auto: bars, or lines of a log where stderr is no terminal; jsonl: one JSON object "
        "per event and line, for programs.",
    ),
]


def progress(*, quiet: bool) -> Progress:
    """The receiver that a verb hands to its stages."""
    with spoken():
        return watched(not quiet, with_flags)


@contextmanager
def showing(verb: str, *, quiet: bool = False, form: ProgressForm) -> Iterator[Progress]:
    """The receiver of the events of a verb, from its start to its good end.

    What ends it with an error is reported by `exits.reported`, as all errors of the verb are.

    Args:
        verb: its name.
        quiet: whether nothing is shown; JSON lines are written in spite of that.
        form: for a person or for a program.
    """
    receiver = JsonLines(write_line) if form is ProgressForm.JSONL else progress(quiet=quiet)
    receiver.handle(JobStarted(verb))
    yield receiver
    receiver.handle(JobEnded(verb, Status.FINISHED))


def spoken() -> AbstractContextManager[None]:
    """Sentences in the terminal are in the language that the environment asks for."""
    return language(report_language(None))


def write_line(line: str) -> None:
    """Write one line to stderr at once."""
    print(line, file=sys.stderr, flush=True)

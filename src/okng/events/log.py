"""Events as lines of a log: a bar would show only its end there."""

import time
from collections.abc import Callable

from okng.events.kinds import Event, StageAdvanced, StageFinished, StageStarted
from okng.events.progress import Progress
from okng.events.wording import counts_photos, duration, label, sentence
from okng.text import shown_lines
from okng.wording import chosen_language, language, phrase

EVERY_SECONDS = 30.0
"""Between two lines of one stage: a log that stands still for longer looks dead."""


class LogLines(Progress):
    """Writes a line when a stage ends, and every 30 seconds while it works.

    The language is the one that is chosen where the receiver is made.

    Args:
        write: takes one line.
        clock: seconds, monotonic.
    """

    def __init__(
        self, write: Callable[[str], object], clock: Callable[[], float] = time.monotonic
    ) -> None:
        # of the thread that makes it; events may come from others
        self._write, self._clock, self._language = write, clock, chosen_language()
        self._begun: dict[str, float] = {}
        self._shown: dict[str, float] = {}

    def handle(self, event: Event) -> None:
        """Write what a person wants to read of it."""
        with language(self._language):
            self._handle(event)

    def _handle(self, event: Event) -> None:
        match event:
            case StageStarted(name):
                self._begun[name] = self._shown[name] = self._clock()
            case StageAdvanced(name) if self._clock() - self._shown[name] >= EVERY_SECONDS:
                self._shown[name] = self._clock()
                self._write(_line(event, self._shown[name] - self._begun[name]))
            case StageFinished(name, completed=True):
                self._write(_line(event, self._clock() - self._begun[name]))
            case _:
                if text := sentence(event):
                    self._write(shown_lines(text))


def _line(stage: StageAdvanced | StageFinished, seconds: float) -> str:
    done, total = stage.done, stage.total
    facts = stage.facts if isinstance(stage, StageAdvanced) else ""
    share = min(1.0, done / total) if total else 1.0
    much = f"{share:.0%}"
    if counts_photos(stage.name):
        much = phrase("{done} of {total}", done=done, total=total)
    values = {"stage": label(stage.name), "much": much, "time": duration(seconds)}
    text = phrase("{stage}: {much} after {time}", **values)
    # neither the first nor the last: an estimate has nothing to rest on, or nothing to tell
    if 0 < share < 1:
        left = duration(seconds * (1 - share) / share)
        text = phrase("{stage}: {much} after {time}, about {left} left", **values, left=left)
    return f"{text}{', ' if facts else ''}{facts}"

"""A progress that keeps what it receives, for tests."""

from collections.abc import Callable

from okng.events import Progress
from okng.events.kinds import EpochDone, Event, StageAdvanced, StageStarted, StepStarted
from okng.events.wording import sentence


class RecordingProgress(Progress):
    """Keeps every event in the order in which they come.

    Args:
        then: called with each event after it is kept; may raise, to end the job there.

    Attributes:
        events: all of them.
    """

    def __init__(self, then: Callable[[Event], object] | None = None) -> None:
        self.events: list[Event] = []
        self._then = then

    def handle(self, event: Event) -> None:
        """Keep it."""
        self.events.append(event)
        if self._then:
            self._then(event)

    @property
    def sentences(self) -> list[str]:
        """What a person read between the stages, without the steps."""
        shown = [sentence(e) for e in self.events if not isinstance(e, StepStarted)]
        return [text for text in shown if text is not None]

    @property
    def stages(self) -> list[tuple[str, int]]:
        """Name and total of each stage."""
        return [(e.name, e.total) for e in self.events if isinstance(e, StageStarted)]

    @property
    def done(self) -> dict[str, int]:
        """Units done by stage; of a stage that came twice, of the last one."""
        begun = dict.fromkeys((name for name, _ in self.stages), 0)
        return begun | {e.name: e.done for e in self.events if isinstance(e, StageAdvanced)}

    @property
    def steps(self) -> list[tuple[int, int, str]]:
        """Number, total and name of each step of the job."""
        steps = [e for e in self.events if isinstance(e, StepStarted)]
        return [(step.number, step.total, step.name) for step in steps]

    @property
    def epochs(self) -> list[int]:
        """Numbers of the epochs."""
        return [e.epoch for e in self.events if isinstance(e, EpochDone)]

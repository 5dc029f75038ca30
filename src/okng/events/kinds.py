"""What happens in a job, one frozen class per kind. `docs/reference/events.md` lists them."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, ClassVar

from okng.wording import Sentence


class Status(StrEnum):
    """How far a job is, or how it ended."""

    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Event:
    """Base of all events."""

    kind: ClassVar[str] = ""
    """Name of the kind for other programs; it never changes."""

    def plain(self) -> dict[str, Any]:
        """Kind and fields as plain values, for JSON."""
        plain = {"event": self.kind, **asdict(self)}
        if sentence := plain.get("sentence"):
            plain["sentence"] = {"code": sentence.code, "values": sentence.values}
        return plain


@dataclass(frozen=True, slots=True)
class JobStarted(Event):
    """A verb of the command line begins. The first event.

    Attributes:
        verb: train, tune, audit, evaluate, compare, certify or bench.
    """

    kind: ClassVar[str] = "job_started"
    verb: str


@dataclass(frozen=True, slots=True)
class JobEnded(Event):
    """It is over. The last event.

    Attributes:
        verb: as in `job_started`.
        status: finished, failed or interrupted.
        code: of the error, see the reference of errors; None where it finished.
        message: of the error, for a person.
    """

    kind: ClassVar[str] = "job_ended"
    verb: str
    status: Status
    code: str | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True)
class RunOpened(Event):
    """The run or the study has its folder; its `state.json` is written from now on."""

    kind: ClassVar[str] = "run_opened"
    folder: str


@dataclass(frozen=True, slots=True)
class StepStarted(Event):
    """A step of the job begins.

    Attributes:
        number: from 1 on.
        total: steps of the whole job.
        name: in a few words.
    """

    kind: ClassVar[str] = "step_started"
    number: int
    total: int
    name: str


@dataclass(frozen=True, slots=True)
class StageStarted(Event):
    """A stage of a step begins: one bar in a terminal.

    Attributes:
        name: of the stage, as `near` or `train`.
        total: how much there is to do, in units.
        unit: what is counted: photos, or steps of the computation.
    """

    kind: ClassVar[str] = "stage_started"
    name: str
    total: int
    unit: str


@dataclass(frozen=True, slots=True)
class StageAdvanced(Event):
    """A stage is further than before.

    Attributes:
        name: of the stage.
        done: units so far.
        total: units of the stage.
        facts: worth showing beside the bar.
    """

    kind: ClassVar[str] = "stage_advanced"
    name: str
    done: int
    total: int
    facts: str = ""


@dataclass(frozen=True, slots=True)
class StageFinished(Event):
    """A stage is over.

    Attributes:
        name: of the stage.
        done: units that were done.
        total: units of the stage.
        completed: whether it came to its end, without an error or a stop.
    """

    kind: ClassVar[str] = "stage_finished"
    name: str
    done: int
    total: int
    completed: bool


@dataclass(frozen=True, slots=True)
class EpochDone(Event):
    """An epoch of the training is over; one row of `history.csv`.

    Attributes:
        epoch: from 1 on; 0 is the network before its first epoch.
        of: epochs at most.
        figures: losses, accuracies, learning rate and times, by the names in `history.csv`.
    """

    kind: ClassVar[str] = "epoch_done"
    epoch: int
    of: int
    figures: dict[str, float]


@dataclass(frozen=True, slots=True)
class FindingRaised(Event):
    """The audit reports a serious finding.

    Attributes:
        check: that raised it.
        severity: as in `audit.json`.
        text: the finding and the advice, in English.
        code: of both sentences, as in `audit.json`.
        values: numbers and names in them.
    """

    kind: ClassVar[str] = "finding_raised"
    check: str
    severity: str
    text: str
    code: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ChoiceMade(Event):
    """okng has chosen what the user left open.

    Attributes:
        what: settings, precision, time_plan, turns or threshold.
        text: the choice and its reason.
        sentence: its code and values; None where it is text alone.
    """

    kind: ClassVar[str] = "choice_made"
    what: str
    text: str
    sentence: Sentence | None = None


@dataclass(frozen=True, slots=True)
class Warned(Event):
    """Something that the user should act on.

    Attributes:
        code: a topic and a name, as `threshold.unmet`; it never changes.
        text: the warning.
        sentence: its code and values; None where it is text alone.
    """

    kind: ClassVar[str] = "warned"
    code: str
    text: str
    sentence: Sentence | None = None


@dataclass(frozen=True, slots=True)
class Noticed(Event):
    """Something worth knowing.

    Attributes:
        text: in one sentence.
        sentence: its code and values; None where it is text alone.
    """

    kind: ClassVar[str] = "noticed"
    text: str
    sentence: Sentence | None = None


KINDS: tuple[type[Event], ...] = (
    JobStarted, RunOpened, StepStarted, StageStarted, StageAdvanced, StageFinished, EpochDone,
    FindingRaised, ChoiceMade, Warned, Noticed, JobEnded,
)  # fmt: skip
"""Every kind, in the order in which a job brings them."""

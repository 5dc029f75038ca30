"""`state.json` of a run folder: how far the run is, for those who watch it from outside."""

import os
import platform
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from okng.error_codes import Code
from okng.errors import OkngError
from okng.events import Progress
from okng.events.kinds import (
    Event,
    RunOpened,
    StageAdvanced,
    StageFinished,
    StageStarted,
    Status,
    StepStarted,
)
from okng.files import write_atomic
from okng.runs.layout import RunFolder, StudyFolder

SCHEMA = 1
EVERY_SECONDS = 1.0
"""Between two writes: each is flushed to the disk, and a photo takes milliseconds."""


class RunState(BaseModel):
    """The content of `state.json`. Times are UTC.

    A process that was killed leaves the status `running`; its heartbeat then stands still.
    """

    model_config = ConfigDict(frozen=True)

    schema_version: int = SCHEMA
    verb: str = Field(description="train or tune")
    status: Status = Field(description="running, finished, failed or interrupted")
    step: int = Field(0, description="number of the step that runs, from 1 on; 0 before the first")
    steps: int = Field(0, description="steps of the job; 0 where it has none")
    stage: str | None = Field(None, description="stage of the step, as `near` or `train`")
    fraction: float = Field(0.0, ge=0, le=1, description="rough share of the job that is done")
    pid: int = Field(description="of the process that works on the run")
    host: str = Field(description="name of its machine")
    started: datetime
    heartbeat: datetime = Field(description="when the last event came")
    finished: datetime | None = None
    error: str | None = Field(None, description="code of the error that ended it")


def read_state(folder: Path) -> RunState | None:
    """The state of a run; None where there is none, as in runs of earlier versions.

    Raises:
        OkngError: the file is damaged, or of a later version.
    """
    file = RunFolder(folder).state
    try:
        return RunState.model_validate_json(file.read_bytes())
    except FileNotFoundError:
        return None
    except ValidationError as exc:
        raise OkngError(
            "The state of the run cannot be read", where=file, code=Code.RUN_DAMAGED
        ) from exc


def recorded(
    run: RunFolder | StudyFolder, verb: str, progress: Progress
) -> AbstractContextManager[Progress]:
    """Keep the state of a job in its folder while the context lasts.

    Args:
        run: folder of the run or of the study. A run that is finished keeps the state it has.
        verb: train or tune.
        progress: receives the events, too.

    Returns:
        A context with the receiver of the job.
    """
    # a finished run that is asked for again stays finished
    if isinstance(run, RunFolder) and run.is_finished:
        return nullcontext(progress)
    return StateFile(run.folder, verb, progress)


class StateFile(Progress):
    """Keeps `state.json` up to date with the events of a job, at most once a second.

    As a context it writes the start and how the job ended.

    Args:
        folder: the run folder.
        verb: train or tune.
        progress: receives the events, too, and first: what it raises ends the job.
        clock: seconds, monotonic.
    """

    def __init__(
        self,
        folder: Path,
        verb: str,
        progress: Progress,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._folder, self._progress, self._clock = folder, progress, clock
        self._written = 0.0
        self._within = 0.0  # share of the step that its earlier stages took, in [0, 1)
        self._lock = threading.Lock()  # photos are read by several threads
        now = datetime.now(UTC)
        self._state = RunState(
            verb=verb,
            status=Status.RUNNING,
            pid=os.getpid(),
            host=platform.node(),
            started=now,
            heartbeat=now,
        )

    def __enter__(self) -> Self:
        self._write()
        self.handle(RunOpened(str(self._folder)))
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        changes: dict[str, object] = {"finished": datetime.now(UTC), "stage": None}
        match error:
            case None:
                changes |= {"status": Status.FINISHED, "fraction": 1.0}
            case KeyboardInterrupt():
                changes |= {"status": Status.INTERRUPTED, "error": Code.INTERRUPTED}
            case OkngError(code=code):
                changes |= {"status": Status.FAILED, "error": code}
            case MemoryError():
                changes |= {"status": Status.FAILED, "error": Code.MEMORY}
            case _:
                changes |= {"status": Status.FAILED, "error": Code.ERROR}
        self._state = self._state.model_copy(update=changes)
        try:
            self._write()
        except OkngError:  # a full disk must not hide the error that is on its way
            if error is None:  # no other error: then this one counts
                raise

    def handle(self, event: Event) -> None:
        """Hand the event on, and keep what it changes."""
        self._progress.handle(event)
        with self._lock:
            changes = self._changes(event)
            heartbeat = {"heartbeat": datetime.now(UTC)}
            self._state = self._state.model_copy(update=changes | heartbeat)
            # at most once a second: a stage of photos has thousands of events
            if self._clock() - self._written >= EVERY_SECONDS:
                self._write()

    def _changes(self, event: Event) -> dict[str, object]:
        match event:
            case StepStarted(number, total):
                self._within = 0.0
                return {"step": number, "steps": total, "stage": None} | self._fraction(0.0, number)
            case StageStarted(name):
                return {"stage": name}
            case StageAdvanced(done=done, total=total):
                return self._fraction(min(1.0, done / total) if total else 1.0)
            case StageFinished(completed=True):
                # How many stages a step has is not known: each takes half of what is left.
                self._within += (1 - self._within) / 2 if self._state.steps else 0.0
                return {"stage": None}
            case _:
                return {}

    def _fraction(self, stage: float, step: int | None = None) -> dict[str, object]:
        """Rough share of the job, which never falls.

        Steps count alike. How many stages a step has is not known beforehand, so each takes half
        of what is left of it.
        """
        number = self._state.step if step is None else step
        share = stage
        if number:
            of = max(self._state.steps, number)
            share = (number - 1 + self._within + (1 - self._within) / 2 * stage) / of
        return {"fraction": round(max(self._state.fraction, share), 4)}  # never backwards

    def _write(self) -> None:
        self._written = self._clock()
        text = self._state.model_dump_json(indent=2) + "\n"
        write_atomic(RunFolder(self._folder).state, text)

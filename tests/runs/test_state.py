"""`state.json` tells those outside how far a run is, and how it ended."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from okng.commands.train import Run, train
from okng.error_codes import Code
from okng.errors import DatasetError, OkngError
from okng.events import Cancelled, CancelToken, Silent
from okng.events.kinds import Event, RunOpened, StageAdvanced, Status
from okng.runs.index import find_runs
from okng.runs.state import RunState, StateFile, read_state
from okng.testing import RecordingProgress


class Clock:
    """Seconds that a test moves on."""

    now = 0.0

    def __call__(self) -> float:
        """The time."""
        return self.now


def _state(folder: Path) -> RunState:
    state = read_state(folder)
    assert state is not None
    return state


def test_state_follows_the_events(tmp_path: Path) -> None:
    """Step, stage and a fraction that never falls; written at most once a second."""
    clock, heard = Clock(), RecordingProgress()
    fractions = []
    with StateFile(tmp_path, "train", heard, clock) as state:
        begun = _state(tmp_path)
        for number in (1, 2):
            state.step(number, 2, "a step")
            for stage in ("read", "near"):
                with state.stage(stage, 2) as advance:
                    clock.now += 1
                    advance()
                    fractions.append(_state(tmp_path).fraction)
                    before = _state(tmp_path)
                    clock.now += 0.5
                    advance()
                    assert _state(tmp_path) == before

    assert (begun.status, begun.step, begun.fraction) == (Status.RUNNING, 0, 0)
    assert fractions == sorted(fractions)
    assert 0 < fractions[0] < 0.5 < fractions[-1] < 1
    assert (before.step, before.steps, before.stage) == (2, 2, "near")
    assert heard.events[0] == RunOpened(str(tmp_path))
    done = _state(tmp_path)
    assert (done.status, done.fraction, done.error) == (Status.FINISHED, 1, None)
    assert done.pid == os.getpid()
    assert done.started <= done.heartbeat <= (done.finished or done.started) <= datetime.now(UTC)


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (KeyboardInterrupt(), Status.INTERRUPTED, Code.INTERRUPTED),
        (DatasetError("", code=Code.PHOTOS_CHANGED), Status.FAILED, Code.PHOTOS_CHANGED),
        (MemoryError(), Status.FAILED, Code.MEMORY),
        (ValueError(), Status.FAILED, Code.ERROR),
    ],
)
def test_state_says_how_the_run_ended(
    tmp_path: Path, error: BaseException, status: Status, code: Code
) -> None:
    """With the code of the error."""
    with pytest.raises(type(error)), StateFile(tmp_path, "train", Silent()):
        raise error

    assert (_state(tmp_path).status, _state(tmp_path).error) == (status, code)


def test_cancelled_training_is_interrupted(photos: Path, tmp_path: Path) -> None:
    """By a token, in the audit; the lock is gone, so that the run can be resumed."""

    def first_photo(event: Event) -> None:
        if isinstance(event, StageAdvanced):
            token.cancel()

    token = CancelToken(RecordingProgress(first_photo))

    with pytest.raises(Cancelled):
        train(photos, out=tmp_path / "run", model="cnn", progress=token)

    state = _state(tmp_path / "run")
    assert (state.status, state.step, state.steps) == (Status.INTERRUPTED, 1, 7)
    assert not (tmp_path / "run" / ".lock").exists()


def test_finished_run_has_its_state(run: Run) -> None:
    """All of it is done."""
    state = _state(run.folder)

    assert (state.verb, state.status, state.fraction) == ("train", Status.FINISHED, 1)
    assert (state.step, state.steps) == (7, 7)


def test_run_of_an_earlier_version_has_no_state(tmp_path: Path) -> None:
    """A damaged file is named."""
    assert read_state(tmp_path) is None
    (tmp_path / "state.json").write_text("{}")
    with pytest.raises(OkngError, match="state of the run"):
        read_state(tmp_path)


def test_runs_of_a_folder_are_listed_newest_first(tmp_path: Path) -> None:
    """Other folders are none; a folder that is missing holds none."""
    for age, name in enumerate(("new", "old")):
        (tmp_path / name).mkdir()
        settings = tmp_path / name / "okng.toml"
        settings.touch()
        os.utime(settings, (100 - age, 100 - age))
    (tmp_path / "other").mkdir()

    assert [run.folder.name for run in find_runs(tmp_path)] == ["new", "old"]
    assert find_runs(tmp_path / "missing") == []

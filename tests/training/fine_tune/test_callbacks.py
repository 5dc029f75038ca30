"""The recorder of a training goes to processes of its own and comes back with what they wrote."""

import pickle
from pathlib import Path

import pytest

from okng.events.json_lines import JsonLines
from okng.testing import RecordingProgress
from okng.training import artifacts
from okng.training.fine_tune.callbacks import EpochRecorder


def _row(epoch: int, val_loss: float) -> dict[str, float]:
    return {"epoch": epoch, "val_loss": val_loss}


def test_copy_for_another_process_tells_nobody(tmp_path: Path) -> None:
    """What shows progress here holds locks, and would not be heard there."""
    receiver = JsonLines(print)
    recorder = EpochRecorder(tmp_path, 2, _row(0, 0.5), progress=receiver, deadline=9.0)
    copy = pickle.loads(pickle.dumps(recorder))  # noqa: S301 - its own

    assert (copy.progress, copy.rows, copy.deadline) == (None, recorder.rows, 9.0)
    assert recorder.progress is receiver


@pytest.mark.parametrize("known", [0, 2])
def test_rows_that_others_wrote_are_taken_over_and_told(tmp_path: Path, known: int) -> None:
    """Each once: a run that goes on has told the first ones before."""
    rows = [_row(0, 0.5), _row(1, 0.4), _row(2, 0.6)]
    state = {"rows": rows, "pace": {"photos": 80.0, "seconds": 2.0, "waited": 0.5}}
    artifacts.save({"callbacks": {"Keeper": state}}, tmp_path / "checkpoint.pth")
    receiver = RecordingProgress()
    recorder = EpochRecorder(tmp_path, 2, rows[0], progress=receiver)

    recorder.catch_up(tmp_path / "checkpoint.pth", known)

    assert not recorder.start_is_best
    assert receiver.epochs == [0, 1, 2][known:]
    pace = recorder.in_words().english()
    assert pace == "steps waited 25 % of their time for photos; 40 photos a second"


def test_loss_that_is_no_number_is_never_the_best(tmp_path: Path) -> None:
    """Wherever it stands."""
    recorder = EpochRecorder(tmp_path, 2)
    recorder.rows = [_row(1, float("nan")), _row(2, 0.4), _row(3, float("nan"))]

    assert recorder.best_row == 1

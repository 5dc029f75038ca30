"""What goes wrong on the way is told with a next step, and what was reached is kept."""

import errno
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import torch
from lightning.pytorch import Trainer

import okng
from okng.commands import train
from okng.errors import DatasetError, OkngError, TrainingError
from okng.events.kinds import Event, StageStarted, StepStarted
from okng.steps.numbering import Step
from okng.testing import RecordingProgress, write_folder
from okng.training.fine_tune.callbacks import state_of

SMALL: dict[str, Any] = {"model": "cnn", "image_size": 32, "epochs": 3, "filters": 4, "depth": 2,
                         "precision": "float32"}  # fmt: skip


def _when(begins: str, what: Callable[[], object]) -> RecordingProgress:
    """Lets something happen when a stage or a step of that name begins."""

    def look(event: Event) -> None:
        if isinstance(event, StageStarted | StepStarted) and event.name == begins:
            what()

    return RecordingProgress(look)


@pytest.fixture
def parts(tmp_path: Path) -> Path:
    """A few photos that a test may harm."""
    return write_folder(tmp_path / "photos", good=12, defective=12, size=32)


def _lose(parts: Path, run: Path, split: str) -> None:
    lost = pd.read_csv(run / "manifest.csv").query("split == @split")["path"].iloc[0]
    (parts / lost).unlink()


@pytest.mark.parametrize("split", ["train", "test"])
def test_photo_that_vanishes_before_training_is_named(
    tmp_path: Path, parts: Path, split: str
) -> None:
    """Between the audit and its decoding."""
    out = tmp_path / "run"
    watcher = _when("decode train", lambda: _lose(parts, out, split))
    with pytest.raises(DatasetError, match=r"\.jpg"):
        okng.train(parts, out=out, progress=watcher, **SMALL)


@pytest.mark.slow
def test_photo_that_vanishes_after_training_gets_no_verdict(tmp_path: Path, parts: Path) -> None:
    """It is an error in the table, as on the line, and costs nobody the training."""
    out = tmp_path / "run"
    watcher = _when(Step.EXPORT, lambda: _lose(parts, out, "test"))
    run = okng.train(parts, out=out, progress=watcher, **SMALL)

    assert (pd.read_csv(run.scores)["verdict"] == "ERROR").sum() == 1
    assert run.metrics["confusion_matrix"]


def test_full_disk_keeps_the_best_weights_so_far(
    tmp_path: Path, parts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of the epoch before; with room again, the run goes on from there."""
    whole, stopped = tmp_path / "whole", tmp_path / "stopped"
    monkeypatch.setattr(train, "publish", lambda *given: given[2].metrics_file.write_text("{}"))
    okng.train(parts, out=whole, **SMALL)
    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "save_checkpoint", _until_full(2))
        with pytest.raises(
            OkngError, match=r"The disk is full[\s\S]*checkpoint.pth[\s\S]*`resume`"
        ):
            okng.train(parts, out=stopped, **SMALL)

    assert torch.load(stopped / "models" / "best_model.pth", weights_only=True)
    assert len(state_of(stopped / "models" / "checkpoint.pth")["rows"]) == 1
    okng.train(parts, out=stopped, resume=True, **SMALL)
    ends = [torch.load(run / "models" / "model_weights.pth", weights_only=True)
            for run in (whole, stopped)]  # fmt: skip
    assert all(torch.allclose(one, ends[1][name], atol=1e-6) for name, one in ends[0].items())


def _until_full(first: int) -> Callable[..., None]:
    """Checkpoints are written whole until the disk is full; that one is cut."""
    write, written = Trainer.save_checkpoint, list[Path]()

    def save(self: Trainer, path: Path) -> None:
        written.append(path)
        write(self, path)
        if len(written) == first:
            path.write_bytes(path.read_bytes()[:100])
            raise OSError(errno.ENOSPC, "No space left on device")

    return save


def test_too_little_memory_for_the_proof_is_told(
    tmp_path: Path, parts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Export and judging are covered, too."""

    def full(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(train, "publish", full)
    with pytest.raises(TrainingError, match="not enough memory"):
        okng.train(parts, out=tmp_path / "run", **SMALL)

"""A run ends well only if its model file gives what training measured."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

import okng
from okng import preprocess
from okng.commands.train import Run
from okng.config import resolve, validate
from okng.errors import TrainingError
from okng.resize import resize
from okng.runs.layout import ModelsFolder, RunFolder
from okng.steps.training_agreement import comparable
from okng.testing import write_folder
from okng.training import artifacts

SMALL: dict[str, Any] = {"model": "cnn", "image_size": 32, "epochs": 2, "filters": 4, "depth": 2,
                         "precision": "float32", "no_near": True}  # fmt: skip
HEADER = "epoch,train_loss,val_loss,train_accuracy,val_accuracy,lr,seconds,loading\n"


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Larger than the network's input, so that they are resized."""
    return write_folder(tmp_path_factory.mktemp("photos"), good=16, defective=16, size=50)


def test_training_and_file_agree_on_the_validation_photos(run: Run) -> None:
    """Scores to 1e-4, accuracies of the network, of the file and of history.csv: all recorded."""
    found = run.metrics["export"]["training"]

    assert found["photos"] == 12
    assert found["largest_difference"] < 1e-4
    assert found["verdicts_changed"] == 0
    assert found["accuracy_of_training"] == found["accuracy_of_file"]
    assert [entry["split"] for entry in found["history"]] == ["val"]
    both = found["history"][0]
    assert both["by_training"] == pytest.approx(both["by_file"], abs=1e-6)  # float32 in the file


@pytest.mark.parametrize("ok", [True, False])
def test_another_resize_ends_the_run_with_both_figures(
    few: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ok: bool
) -> None:
    """Training that sees other pixels than the line is told, with an OK class and without one."""

    def otherwise(photo: preprocess.Array, size: int) -> preprocess.Array:
        return np.roll(resize(photo, size), 5, axis=1)

    of_training = SimpleNamespace(read=preprocess.read, shrink=otherwise)
    monkeypatch.setattr("okng.dataset.decoded_photos.preprocess", of_training)
    asked = SMALL if ok else {**SMALL, "no_ok": True}

    with pytest.raises(TrainingError, match=r"0\.\d{3} .* by the training, 0\.\d{3} by the model"):
        okng.train(few, out=tmp_path / "run", **asked)
    assert not (tmp_path / "run" / "inspector.onnx").exists()


def _history(folder: Path, *rows: str) -> RunFolder:
    (folder / "models").mkdir()
    (folder / "history.csv").write_text(HEADER + "\n".join(rows) + "\n", encoding="utf-8")
    return RunFolder(folder)


START, EPOCH = "0,0.3,0.5,0.9,0.8,0.0,1.0,", "1,0.2,0.4,0.95,0.85,0.001,2.0,0.1"


@pytest.mark.parametrize(
    ("rows", "folded", "asked", "expected"),
    [
        ([START], False, {"epochs": 0}, {"train": 0.9, "val": 0.8}),
        ([START], True, {"epochs": 0}, {"train": 0.9}),
        ([START, EPOCH], False, {"epochs": 3}, {"val": 0.85}),
        ([EPOCH, "2,0.1,nan,0.9,0.5,0.001,2.0,0.1"], False, {"epochs": 3}, {"val": 0.85}),
        ([START, EPOCH], True, {"epochs": 3}, {}),
        ([START, EPOCH], False, {"epochs": 3, "tta": 4}, {}),
        ([], False, {"epochs": 0}, {}),
    ],
)
def test_figures_of_the_history_that_the_file_must_give(
    tmp_path: Path,
    rows: list[str],
    folded: bool,
    asked: dict[str, int],
    expected: dict[str, float],
) -> None:
    """Those of the network in the file: not out of fold, not varied, not before another fit."""
    run = _history(tmp_path, *rows)
    if folded:
        artifacts.save({"logits": torch.zeros(1, 1)}, ModelsFolder(tmp_path).out_of_fold)
    epochs, tta = asked["epochs"], asked.get("tta")
    values = {"training": {"epochs": epochs}, "model": {"tta": tta} if tta else {}}

    assert comparable(run, resolve(validate(values, where="test"))) == expected

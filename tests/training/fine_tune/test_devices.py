"""Several devices train together, as one would alone."""

import csv
import pickle
import threading
from multiprocessing.reduction import ForkingPickler
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from okng import config
from okng.config import Precision, TrainingSettings
from okng.errors import TrainingError
from okng.events import Silent
from okng.testing import RecordingProgress
from okng.testing.tasks import brightness_task
from okng.training import (
    fit,
    load_out_of_fold,
)
from okng.training.data.loader import EpochOrder
from okng.training.fine_tune.precision import _on_gpu
from okng.training.fine_tune.weight_averaging import Average

STILL = {"dropout": 0.0, "rotation": 0.0, "flips": "none", "brightness": 0.0, "contrast": 0.0,
         "gamma": 0.0, "side_light": 0.0, "image_size": 32, "batch_size": 16,
         "precision": "float32"}  # fmt: skip

_TASK = brightness_task(64)


class Listener(RecordingProgress):
    """Receives the epochs, and cannot leave its process: as what shows a bar cannot."""

    def __init__(self) -> None:
        super().__init__()
        self.lock = threading.Lock()


def _losses(run: Path) -> list[float]:
    rows = csv.DictReader((run / "history.csv").read_text().splitlines())
    return [float(row["val_loss"]) for row in rows]


@pytest.mark.slow
def test_two_processes_train_one_network(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Two processes on the CPU, speaking gloo, come to what one does, and as quietly."""
    values = {**STILL, "model": "cnn", "filters": 4, "depth": 2, "dense_units": 8, "lr": 0.01,
              "epochs": 3}  # fmt: skip
    losses = []
    for devices in (1, 2):
        run, listener = tmp_path / str(devices), Listener()
        settings = config.resolve(config.load(None, {**values, "devices": devices}))
        fit(_TASK, settings, run, listener)
        assert (run / "models" / "checkpoint.pth").exists()
        assert listener.epochs == [1, 2, 3]
        losses.append(_losses(run))

    assert capfd.readouterr().err == ""
    assert len(losses[1]) == 3
    assert losses[1] == pytest.approx(losses[0], rel=0.05)


@pytest.mark.slow
def test_two_processes_improve_a_pretrained_network(tmp_path: Path, weights: Path) -> None:
    """What they learned is kept: their start is not fitted again, and is told with the epochs."""
    values = {**STILL, "model": "resnet10t", "weights": str(weights), "recipe": "standard",
              "epochs": 3, "lr": 0.01, "part_folds": "never"}  # fmt: skip
    losses = []
    for devices in (1, 2):
        run, listener = tmp_path / str(devices), Listener()
        settings = config.resolve(config.load(None, {**values, "devices": devices}))
        fit(_TASK, settings, run, listener)
        assert listener.epochs == [0, 1, 2, 3]
        assert load_out_of_fold(run) is None
        losses.append(_losses(run))

    assert min(losses[1]) < losses[1][0]
    assert losses[1] == pytest.approx(losses[0], rel=0.1)


@pytest.mark.slow
def test_error_of_a_process_is_told_as_it_is(tmp_path: Path) -> None:
    """Not as the traceback of another process."""
    values = {**STILL, "model": "cnn", "filters": 4, "depth": 2, "lr": 1.0, "epochs": 3}
    settings = config.resolve(config.load(None, {**values, "devices": 2}))
    weights = np.full(64, np.nan, np.float32)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("okng.training.data.samples.photo_weights", lambda *_: weights)
        with pytest.raises(TrainingError, match="no longer a number in epoch 1"):
            fit(_TASK, settings, tmp_path, Silent())


def test_batch_is_shared_out_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every photo goes to one device, and all take as many steps."""
    monkeypatch.setattr("torch.distributed.is_initialized", lambda: True)
    monkeypatch.setattr("torch.distributed.get_world_size", lambda: 3)
    shares = []
    for rank in range(3):
        monkeypatch.setattr("torch.distributed.get_rank", lambda rank=rank: rank)
        shares.append(list(EpochOrder(50, 10, seed=1)))

    assert [len(share) for share in shares] == [5, 5, 5]
    assert sorted(np.concatenate([np.concatenate(s) for s in shares])) == list(range(50))


@pytest.mark.parametrize(("has", "expected"), [(True, "bfloat16"), (False, "float32")])
def test_gpu_computes_in_what_it_has(
    monkeypatch: pytest.MonkeyPatch, has: bool, expected: str
) -> None:
    """Mixed precision with bfloat16, or float32."""
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda **_: has)

    assert _on_gpu().precision is Precision(expected)
    assert TrainingSettings().devices == 1


def test_each_process_has_an_average_of_its_own() -> None:
    """What torch hands to processes shares its memory, and each would add its steps to it."""
    average = Average([nn.Parameter(torch.zeros(3))])
    copy = pickle.loads(ForkingPickler.dumps(average))  # noqa: S301 - as processes get it
    average.values[0].fill_(1.0)

    assert copy.values[0].tolist() == [0.0, 0.0, 0.0]

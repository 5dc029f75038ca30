"""Several devices train together, as one would alone."""

import csv
from pathlib import Path

import numpy as np
import pytest
import torch

from okng import config
from okng.config import Precision, TrainingSettings
from okng.progress import Silent
from okng.train import Sample, Task, fit
from okng.train.batches import EpochOrder
from okng.train.machine import _on_gpu


@pytest.mark.slow
def test_two_processes_train_one_network(tmp_path: Path) -> None:
    """Two processes on the CPU, speaking gloo, come to what one process comes to."""
    labels = np.arange(64) % 2
    rng = np.random.default_rng(0)
    photos = rng.integers(0, 120, (64, 32, 32, 3)) + 110 * labels[:, None, None, None]
    sample = Sample(photos.astype(np.uint8), labels)
    task = Task(sample, sample, ("ok", "bad"), "ok", grey=False)
    values = {"model": "cnn", "image_size": 32, "filters": 4, "depth": 2, "dense_units": 8,
              "dropout": 0.0, "rotation": 0.0, "flips": "none", "brightness": 0.0,
              "contrast": 0.0, "gamma": 0.0, "side_light": 0.0, "lr": 0.01,
              "epochs": 3, "batch_size": 16, "precision": "float32"}  # fmt: skip
    losses = []
    for devices in (1, 2):
        run = tmp_path / str(devices)
        settings = config.resolve(config.load(None, {**values, "devices": devices}))
        fit(task, settings, run, Silent())
        rows = list(csv.DictReader((run / "history.csv").read_text().splitlines()))
        assert (run / "models" / "checkpoint.pth").exists()
        losses.append([float(row["val_loss"]) for row in rows])

    assert len(losses[1]) == 3
    assert losses[1] == pytest.approx(losses[0], rel=0.05)


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

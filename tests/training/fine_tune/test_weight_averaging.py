"""Weight averaging and early stopping are our own (decision 0025), with the libraries' results."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
import torch
from lightning.pytorch.callbacks import EarlyStopping
from lightning.pytorch.trainer.states import TrainerFn
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_avg_fn

from okng.training.fine_tune.callbacks import EpochRecorder
from okng.training.fine_tune.weight_averaging import Average


def _growing(average: Tensor, current: Tensor, steps: Tensor | int) -> Tensor:
    """PyTorch's own exponential average, with the decay of Tarvainen and Valpola (2017)."""
    decay = min(0.99, float((1 + steps) / (10 + steps)))
    formula: Any = get_ema_avg_fn  # without types
    return cast("Tensor", formula(decay)(average, current, steps))


@pytest.mark.parametrize("steps", [1, 9, 300])
def test_average_is_that_of_pytorch(steps: int) -> None:
    """After the first step, while the decay grows, and after it has reached its limit."""
    torch.manual_seed(0)
    network = nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3), nn.Linear(3, 2))
    theirs = AveragedModel(network, avg_fn=_growing)
    theirs.update_parameters(network)  # the first update copies: their average starts there
    ours = Average(network.parameters())
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1)
    for _ in range(steps):
        network(torch.randn(8, 4)).square().mean().backward()
        optimizer.step()
        ours.update()
        theirs.update_parameters(network)

    for value, other in zip(ours.values, theirs.module.parameters(), strict=True):
        torch.testing.assert_close(value, other.detach())


def test_swap_twice_changes_nothing() -> None:
    """Validation sees the average, the next step learns from the weights."""
    weight = nn.Parameter(torch.zeros(3))
    average = Average([weight])
    weight.data += 1
    average.update()
    average.swap()
    seen = weight.detach().clone()
    average.swap()

    assert 0 < seen[0] < 1
    assert weight.detach().tolist() == [1, 1, 1]


@pytest.mark.parametrize("patience", [1, 2, 5])
def test_training_stops_where_that_of_lightning_stops(tmp_path: Path, patience: int) -> None:
    """On twenty curves of validation losses, equal ones among them."""
    for seed in range(20):
        rng = np.random.default_rng(seed)
        losses = np.round(np.abs(rng.normal(0.5, 0.2, 40)), 1)  # one decimal: many are equal
        recorder = EpochRecorder(tmp_path, patience)
        stopping = EarlyStopping("val_loss", patience=patience)
        for epoch, loss in enumerate(losses, 1):
            recorder.rows.append({"epoch": epoch, "val_loss": float(loss)})
            stops = _asks_to_stop(stopping, float(loss))

            assert recorder.finished is stops
            if stops:
                break
        assert recorder.rows[recorder.best_row]["val_loss"] == pytest.approx(stopping.best_score)


def _asks_to_stop(stopping: EarlyStopping, loss: float) -> bool:
    """Whether it sets the trainer's mark after a validation with this loss."""
    trainer: Any = SimpleNamespace(
        state=SimpleNamespace(fn=TrainerFn.FITTING), sanity_checking=False, fast_dev_run=False,
        callback_metrics={"val_loss": torch.tensor(loss)}, should_stop=False, current_epoch=0,
        strategy=SimpleNamespace(reduce_boolean_decision=lambda mark, **_: mark), world_size=1,
    )  # fmt: skip
    stopping._check_on_train_epoch_end = False
    stopping.on_validation_end(trainer, cast("Any", None))
    return bool(trainer.should_stop)

"""Training leaves its files, and a killed one goes on to the same result."""

import csv
import functools
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import torch

from okng import config
from okng.errors import TrainingError
from okng.events import Advance, Cancelled, CancelToken, Silent
from okng.events.kinds import Event, StageAdvanced, StageFinished
from okng.testing import RecordingProgress
from okng.testing.tasks import brightness_task, resolved
from okng.training import (
    Sample,
    Task,
    fit,
    load_full,
)
from okng.training.fine_tune import lightning_module
from okng.training.fine_tune.loss import weighted_loss

FILES = ("best_model.pth", "model_weights.pth", "full_model.pth", "checkpoint.pth")


def _settings(**changes: object) -> config.ResolvedSettings:
    values = {"model": "cnn", "image_size": 32, "filters": 4, "depth": 2, "dense_units": 8,
              "epochs": 4, "batch_size": 8, "brightness": 0.05, "contrast": 0.1,
              "precision": "float32"}  # fmt: skip
    return resolved(**{**values, **changes})


def _metrics(run: Path) -> list[dict[str, float]]:
    """The history without its times, which differ from run to run."""
    return [
        {name: float(value) for name, value in row.items() if name not in {"seconds", "loading"}}
        for row in _history(run)
    ]


def _history(run: Path) -> list[dict[str, str]]:
    return list(csv.DictReader((run / "history.csv").read_text().splitlines()))


class Killed(Silent):
    """Stops a training after some steps, as a power cut would."""

    def __init__(self, after: int) -> None:
        self.left = after

    @contextmanager
    def stage(self, name: str, total: int) -> Iterator[Advance]:  # noqa: ARG002
        """Count the steps of the stage."""

        def advance(steps: int = 1, facts: str = "") -> None:
            self.left -= steps
            if self.left == 0:
                raise InterruptedError

        yield advance


def test_all_files_load_without_running_code(tmp_path: Path) -> None:
    """Four .pth files, with weights_only=True, and a history of every epoch."""
    fit(brightness_task(), _settings(lr=0.01), tmp_path, Silent())

    for name in FILES:
        assert torch.load(tmp_path / "models" / name, weights_only=True)
    rows = _history(tmp_path)
    assert [row["epoch"] for row in rows] == ["1", "2", "3", "4"]
    assert float(rows[-1]["val_accuracy"]) > 0.9


@pytest.mark.parametrize("threads", [False, True], ids=["main", "another thread"])
def test_token_ends_a_training_within_an_epoch(tmp_path: Path, threads: bool) -> None:
    """It raises what it was asked to end by, not an exit; Ctrl-C works afterwards as before."""

    def third_step(event: Event) -> None:
        if isinstance(event, StageAdvanced) and (event.name, event.done) == ("train", 2):
            token.cancel()

    heard = RecordingProgress(third_step)
    token = CancelToken(heard)
    before = signal.getsignal(signal.SIGINT)

    training = functools.partial(fit, brightness_task(), _settings(), tmp_path, token)
    with ThreadPoolExecutor(1) as pool, pytest.raises(Cancelled):
        pool.submit(training).result() if threads else training()

    last = heard.events[-1]
    assert isinstance(last, StageFinished)
    assert (last.name, last.done, last.completed) == ("train", 3, False)
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.slow
def test_sigterm_ends_a_training_within_an_epoch(tmp_path: Path) -> None:
    """Lightning has a handler of its own; the verb still knows which signal it was."""
    code = [sys.executable, "-c", TERMINATED, str(tmp_path)]
    done = subprocess.run(code, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines()[-1:] == ["terminated"], done.stderr


TERMINATED = """
import signal, sys
from pathlib import Path
from okng.cli.signals import Terminated, ending_on_sigterm
from okng.events.kinds import StageAdvanced
from okng.testing import RecordingProgress
from okng.testing.tasks import brightness_task, resolved
from okng.training import fit

def second_step(event):
    if isinstance(event, StageAdvanced) and (event.name, event.done) == ("train", 2):
        signal.raise_signal(signal.SIGTERM)

settings = resolved(model="cnn", image_size=32, filters=4, depth=2, dense_units=8, epochs=4,
                    batch_size=8, precision="float32")
try:
    with ending_on_sigterm():
        fit(brightness_task(), settings, Path(sys.argv[1]), RecordingProgress(second_step))
except Terminated:
    print("terminated")
"""
"""A process of its own: a signal that is missed ends the worker of the tests."""


def test_full_model_rebuilds_with_one_call(tmp_path: Path) -> None:
    """The rebuilt network says what the trained one said."""
    model = fit(brightness_task(), _settings(), tmp_path, Silent())
    rebuilt = load_full(tmp_path / "models" / "full_model.pth")
    photos = torch.rand(3, 3, 32, 32)

    assert torch.equal(rebuilt.network(photos), model.network(photos))
    assert rebuilt.rules == model.rules
    assert rebuilt.classes == ("ok", "bad")


@pytest.mark.parametrize("steps", [3, 5, 12, 20])
def test_killed_training_goes_on_to_the_same_weights(tmp_path: Path, steps: int) -> None:
    """Wherever it is cut, in the middle of an epoch or at its end."""
    whole = fit(brightness_task(), _settings(dropout=0.5), tmp_path / "whole", Silent())
    with pytest.raises(InterruptedError):
        fit(brightness_task(), _settings(dropout=0.5), tmp_path / "cut", Killed(steps))

    resumed = fit(brightness_task(), _settings(dropout=0.5), tmp_path / "cut", Silent())

    for name, tensor in whole.network.state_dict().items():
        assert torch.allclose(tensor, resumed.network.state_dict()[name], atol=1e-6), name
    histories = [_metrics(tmp_path / run) for run in ("whole", "cut")]
    assert histories[0] == [pytest.approx(row, abs=1e-6) for row in histories[1]]


def test_same_seed_same_weights(tmp_path: Path) -> None:
    """And another seed gives others."""
    runs = [
        fit(
            brightness_task(), _settings(seed=seed), tmp_path / str(run), Silent()
        ).network.state_dict()
        for run, seed in enumerate((1, 1, 2))
    ]
    name = "blocks.0.0.weight"

    assert torch.equal(runs[0][name], runs[1][name])
    assert not torch.equal(runs[0][name], runs[2][name])


def test_training_stops_when_validation_does_not_improve(tmp_path: Path) -> None:
    """With a validation that contradicts training, patience ends it, and the best is kept."""
    task = brightness_task()
    upside_down = task._replace(
        validation=Sample(task.validation.photos, 1 - task.validation.labels)
    )
    settings = _settings(epochs=30, patience=2, lr=0.01)
    fit(upside_down, settings, tmp_path, Silent())
    losses = [float(row["val_loss"]) for row in _history(tmp_path)]

    assert len(losses) == losses.index(min(losses)) + 1 + 2 < 30


@pytest.mark.parametrize(("first", "what"), [(9, "The loss"), (13, "The validation loss")])
def test_diverged_loss_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, first: int, what: str
) -> None:
    """In training or in validation alone; the best weights so far and their epoch stay."""
    losses = _no_numbers_from(monkeypatch, first)
    with pytest.raises(
        TrainingError, match=rf"{what} is .* in epoch 2[\s\S]*`training.lr` 0\.0001"
    ):
        fit(brightness_task(), _settings(batch_size=8), tmp_path, Silent())
    best = torch.load(tmp_path / "models" / "best_model.pth", weights_only=True)

    assert len(losses) > first
    assert [row["epoch"] for row in _history(tmp_path)] == ["1"]
    assert all(tensor.isfinite().all() for tensor in best.values())


def _no_numbers_from(monkeypatch: pytest.MonkeyPatch, first: int) -> list[torch.Tensor]:
    """Make all losses but the first ones no numbers: 5 of training, 3 of validation an epoch."""
    plain, losses = weighted_loss, list[torch.Tensor]()

    def loss(*batch: torch.Tensor) -> torch.Tensor:
        losses.append(plain(*batch) * (float("nan") if len(losses) >= first else 1.0))
        return losses[-1]

    monkeypatch.setattr(lightning_module, "weighted_loss", loss)
    return losses


def test_three_classes_train_with_softmax(tmp_path: Path) -> None:
    """Defect types need no other command."""
    task = brightness_task()
    sample = Sample(task.train.photos, np.arange(40) % 3)
    types = Task(sample, sample, ("ok", "a", "b"), "ok", grey=True)

    model = fit(types, _settings(epochs=1), tmp_path, Silent())

    assert model.network(torch.zeros(1, 1, 32, 32)).shape == (1, 3)


def test_damaged_model_is_told(tmp_path: Path) -> None:
    """A half written file is an error with a next step."""
    (tmp_path / "full_model.pth").write_bytes(b"half")

    with pytest.raises(TrainingError, match="cannot be read"):
        load_full(tmp_path / "full_model.pth")


def test_training_out_of_time_ends_with_the_step(tmp_path: Path) -> None:
    """What there is gets validated and kept, and all files are there."""
    fit(brightness_task(), _settings(), tmp_path, Silent(), deadline=0.0)

    assert [row["epoch"] for row in _history(tmp_path)] == ["1"]
    assert all((tmp_path / "models" / name).exists() for name in FILES)


def test_time_spent_on_loading_is_told(tmp_path: Path) -> None:
    """As a share of the steps' time, in the history of every epoch, and once in the end."""
    told = RecordingProgress()
    fit(brightness_task(), _settings(epochs=2), tmp_path, told)

    assert all(0 <= float(row["loading"]) < 1 for row in _history(tmp_path))
    said = re.findall(
        r"steps waited (\d+) % of their time for photos; (\d+) photos a second",
        "\n".join(told.sentences),
    )
    assert len(said) == 1
    assert int(said[0][1]) > 0

"""MLflow and TensorBoard are told what history and metrics hold, and nobody else is."""

import importlib.util
import os
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import pytest
from lightning.pytorch.loggers import Logger

from okng import config
from okng.commands.train import train
from okng.errors import ConfigError, TrainingError
from okng.events import Silent
from okng.testing import RecordingProgress
from okng.training.loggers import Tracking, open_tracking

ROW = {"epoch": 3, "train_loss": 0.5, "val_loss": 0.25, "lr": 1e-3}
RATE = {"value": 0.9, "low": 0.8, "high": 0.95, "n": 40, "method": "exact"}
SETTINGS = config.resolve(config.load(None, {"model": "cnn"}))


class BrokenLogger(Logger):
    """A server that went away."""

    name = version = "broken"
    asked = 0

    def log_metrics(self, *_: Any, **__: Any) -> None:
        """Fail."""
        self.asked += 1
        raise OSError("the server went away")

    def log_hyperparams(self, *_: Any, **__: Any) -> None:
        """Take what comes."""


def _open(run: Path, **wanted: Any) -> Tracking:
    asked: dict[str, Any] = {"mlflow": None, "tensorboard": False, **wanted}
    tracking = open_tracking(run, progress=Silent(), **asked)
    tracking.settings(SETTINGS)
    return tracking


def _number(run: Path) -> str:
    return (run / "mlflow.txt").read_text().split()[0]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database of MLflow, made once: that takes seconds."""
    pytest.importorskip("mlflow")
    folder = tmp_path_factory.mktemp("mlflow")
    with _open(folder / "first", mlflow=str(folder)):
        return folder


@pytest.mark.parametrize(("name", "asked"), [("mlflow", "runs"), ("tensorboard", True)])
def test_missing_library_is_named_before_anything_is_done(
    photos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, asked: Any
) -> None:
    """With the command that installs it; no run folder is left behind."""
    known = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda n, *a: None if n == name else known(n, *a)
    )

    with pytest.raises(ConfigError, match=rf"pip install 'okng\[{name}\]'"):
        train(photos, out=tmp_path / "run", model="cnn", **{name: asked})
    assert not (tmp_path / "run").exists()


def test_logger_that_fails_is_told_no_more_and_training_goes_on() -> None:
    """History is written anyway; the fault is said once."""
    broken, watcher = BrokenLogger(), RecordingProgress()
    tracking = Tracking([broken], watcher)
    for _ in range(3):
        tracking.epoch(ROW)

    assert broken.asked == 1
    assert watcher.sentences == ["TRACKING: Broken logs no more: the server went away"]


def test_mlflow_knows_settings_epochs_and_figures(tmp_path: Path, server: Path) -> None:
    """In a folder's own database; what is no number is left out."""
    mlflow = pytest.importorskip("mlflow")
    with _open(tmp_path / "run", mlflow=str(server)) as tracking:
        tracking.epoch(ROW | {"train_accuracy": float("nan")})
        tracking.figures({"accuracy": RATE, "photos": 40, "f1": RATE | {"value": None}})
    number = _number(tmp_path / "run")
    uri = f"sqlite:///{server / 'mlflow.db'}"
    client = mlflow.MlflowClient(uri)
    told = client.get_run(number)

    assert told.info.status == "FINISHED"
    assert told.info.run_name == "run"
    assert told.data.params["training.lr"] == "0.001"
    assert told.data.metrics["test/accuracy_low"] == 0.8
    assert not {"train_accuracy", "test/f1", "test/photos"} & set(told.data.metrics)
    assert [(m.step, m.value) for m in client.get_metric_history(number, "val_loss")] == [(3, 0.25)]


def test_run_that_goes_on_goes_on_in_mlflow(tmp_path: Path, server: Path) -> None:
    """One training is one run there, too; one that was stopped has failed."""
    mlflow = pytest.importorskip("mlflow")
    with pytest.raises(KeyboardInterrupt), _open(tmp_path / "run", mlflow=str(server)):
        raise KeyboardInterrupt
    number = _number(tmp_path / "run")
    uri = f"sqlite:///{server / 'mlflow.db'}"
    stopped = mlflow.MlflowClient(uri).get_run(number).info.status
    with _open(tmp_path / "run", mlflow=str(server)) as tracking:
        tracking.epoch(ROW)

    assert stopped == "FAILED"
    assert _number(tmp_path / "run") == number
    assert mlflow.MlflowClient(uri).get_run(number).info.status == "FINISHED"


def test_mlflow_that_does_not_answer_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the first epoch, with the way out."""
    pytest.importorskip("mlflow")
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")

    with pytest.raises(TrainingError, match=r"history\.csv is always written") as caught:
        _open(tmp_path / "run", mlflow="http://okng:secret@127.0.0.1:9")
    assert "okng:***@127.0.0.1" in str(caught.value.where)


def test_telemetry_is_refused_whatever_the_environment_says(
    tmp_path: Path, server: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not left to the user to know of."""
    monkeypatch.setenv("MLFLOW_DISABLE_TELEMETRY", "false")
    with _open(tmp_path / "run", mlflow=str(server)):
        telemetry = importlib.import_module("mlflow.telemetry.utils")

    assert os.environ["MLFLOW_DISABLE_TELEMETRY"] == "true"
    assert telemetry.is_telemetry_disabled()


@pytest.mark.slow
def test_mlflow_never_calls_home(tmp_path: Path, server: Path) -> None:
    """Its telemetry is off before it is loaded, also where no CI would have turned it off."""
    code = (
        "import sys; from pathlib import Path; from okng import config\n"
        "from okng.events import Silent\n"
        "from okng.training.loggers import open_tracking\n"
        "settings = config.resolve(config.load(None, {'model': 'cnn'}))\n"
        "run, server = map(Path, sys.argv[1:])\n"
        "with open_tracking(run, mlflow=str(server), tensorboard=False,\n"
        "                   progress=Silent()) as tracking:\n"
        "    tracking.settings(settings)\n"
        "    tracking.epoch({'epoch': 0, 'val_loss': 0.5})\n"
        "from mlflow.telemetry import get_telemetry_client\n"
        "print('client:', get_telemetry_client())\n"
    )
    unset = {"PYTEST_CURRENT_TEST", "CI", "GITHUB_ACTIONS", "MLFLOW_DISABLE_TELEMETRY"}
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "run"), str(server)],
        env={k: v for k, v in os.environ.items() if k not in unset},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.strip() == "client: None"


def test_tensorboard_files_hold_epochs(tmp_path: Path) -> None:
    """In the run folder, where `tensorboard --logdir` finds them."""
    pytest.importorskip("tensorboard")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from tensorboard.backend.event_processing.event_accumulator import (  # noqa: PLC0415
            EventAccumulator,
        )
    with _open(tmp_path, tensorboard=True) as tracking:
        tracking.epoch(ROW)
        tracking.figures({"accuracy": RATE})
    written = EventAccumulator(str(tmp_path / "tensorboard"))
    written.Reload()

    assert [(e.step, e.value) for e in written.Scalars("val_loss")] == [(3, 0.25)]
    assert written.Scalars("test/accuracy")[0].value == pytest.approx(0.9)

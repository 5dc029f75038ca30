"""Too little memory, and a process that ended, are told in the words of okng, wherever it was."""

import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.multiprocessing.spawn import ProcessExitedException, ProcessRaisedException

from okng.errors import TrainingError
from okng.events import Silent
from okng.testing.tasks import resolved
from okng.training import (
    Sample,
    Task,
    fit,
    mapped_errors,
)
from okng.training.error_mapping import too_little_memory

WINDOWS = "[enforce fail at alloc_cpu.cpp:80] DefaultCPUAllocator: not enough memory: you tried to"
LINUX = (
    "DefaultCPUAllocator: can't allocate memory: you tried to allocate 4000 bytes. Error code 12"
)
SHORT = [
    MemoryError(),
    RuntimeError(WINDOWS),
    RuntimeError(LINUX),
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB."),
    ProcessExitedException("process 1 terminated with signal SIGKILL", 1, 9, -9, "SIGKILL"),
]


def _raise(exc: Exception) -> None:
    with mapped_errors():
        raise exc


@pytest.mark.parametrize("exc", SHORT, ids=lambda exc: type(exc).__name__)
def test_too_little_memory_has_a_way_out(exc: Exception) -> None:
    """Whoever says it; a run that goes on keeps its settings, so smaller photos need another."""
    with pytest.raises(TrainingError, match=r"not enough memory[\s\S]*another `out`") as told:
        _raise(exc)
    assert told.value.__cause__ is exc


def test_other_errors_go_through() -> None:
    """A bug stays a bug."""
    with pytest.raises(RuntimeError, match="a bug"):
        _raise(RuntimeError("a bug"))
    assert too_little_memory(ValueError("a bug")) is None


def test_process_says_what_it_ended_of() -> None:
    """The error of okng that it raised as it stands, or what else there is."""
    own = TrainingError("The loss is no longer a number", where="training", hint="Go slower.")
    head = "-- Process 0 terminated with the following error:\nTraceback (most recent call last):\n"
    with pytest.raises(TrainingError) as told:
        _raise(ProcessRaisedException(f"{head}okng.errors.TrainingError: {own.message}\n", 0, 9))
    assert told.value.message == own.message
    with pytest.raises(TrainingError, match=r"KeyError: 'a'[\s\S]*Leave `training.devices` out"):
        _raise(ProcessRaisedException(f"{head}KeyError: 'a'\n", 0, 9))


@pytest.mark.parametrize(
    ("module", "stage"),
    [
        ("fine_tune.trainer", "measured_plan"),
        ("phases", "cache_activations"),
        ("phases", "fit_probe"),
        ("fit", "fit_novelty_detector"),
    ],
)
def test_every_stage_of_a_training_is_covered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, weights: Path, module: str, stage: str
) -> None:
    """Not only its epochs."""

    def full(*_: object, **__: object) -> None:
        raise RuntimeError(LINUX)

    labels = np.arange(24) % 2
    sample = Sample(np.zeros((24, 32, 32, 3), np.uint8), labels)
    values = {"model": "resnet10t", "weights": str(weights), "image_size": 32, "epochs": 1,
              "batch_size": 8, "precision": "float32", "part_folds": "never"}  # fmt: skip
    monkeypatch.setattr(sys.modules[f"okng.training.{module}"], stage, full)

    with pytest.raises(TrainingError, match="not enough memory"):
        fit(
            Task(sample, sample, ("ok", "bad"), "ok", grey=False),
            resolved(**values),
            tmp_path,
            Silent(),
        )

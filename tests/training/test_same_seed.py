"""Same seed, same machine: same figures. Each kind of training leaves equal files twice."""

import csv
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from okng.events import Silent
from okng.testing.tasks import brightness_task, resolved
from okng.training import fit

WAYS: dict[str, dict[str, Any]] = {
    "cnn": {"model": "cnn", "filters": 4, "depth": 2, "dense_units": 8, "epochs": 2},
    "quick": {"model": "resnet10t", "part_folds": "never"},
    "folds": {"model": "resnet10t", "part_folds": "always"},
    "standard": {"model": "resnet10t", "recipe": "standard", "epochs": 2, "part_folds": "never"},
}

_TASK = brightness_task(noise=180, step=20)


@pytest.mark.parametrize(
    "way", [way if way != "standard" else pytest.param(way, marks=pytest.mark.slow) for way in WAYS]
)
def test_equal_runs_leave_equal_files(tmp_path: Path, weights: Path, way: str) -> None:
    """Weights, history but for its seconds, and what is familiar, to the last bit."""
    asked = WAYS[way] if way == "cnn" else WAYS[way] | {"weights": str(weights)}
    values = {"image_size": 32, "batch_size": 8, "precision": "float32", "seed": 7} | asked
    for name in ("a", "b"):
        fit(_TASK, resolved(**values), tmp_path / name, Silent())
    first, second = (_tensors(tmp_path / name) for name in ("a", "b"))

    assert first.keys() == second.keys()
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert _history(tmp_path / "a") == _history(tmp_path / "b")


def _tensors(run: Path) -> dict[str, Tensor]:
    """Every tensor of the weights that a run leaves, and of what is familiar."""
    names = ("best_model", "model_weights", "full_model")
    files = {name: torch.load(run / "models" / f"{name}.pth", weights_only=True) for name in names}
    full = files.pop("full_model")
    files |= {"full": full["state_dict"], "familiarity": full["familiarity"]}
    return {f"{file}.{name}": t for file, state in files.items() for name, t in state.items()}


def _history(run: Path) -> list[list[str]]:
    rows = csv.DictReader((run / "history.csv").read_text().splitlines())
    timed = {"seconds", "loading"}
    return [[value for name, value in row.items() if name not in timed] for row in rows]

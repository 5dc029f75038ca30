"""Precision is measured, kept for a run that goes on, and never emulated."""

from pathlib import Path

import numpy as np
import pytest
import torch

from okng.config import AugmentSettings, Precision, TrainingSettings
from okng.events import Silent
from okng.modelfile import InputRules
from okng.training.data.loader import PhotoArray
from okng.training.fine_tune import precision
from okng.training.fine_tune.lightning_module import Learner, Schedule
from okng.training.networks.layers.input_transform import Prepare
from okng.training.networks.layers.network_input import NetworkInput
from okng.training.networks.plain_cnn import PlainCNN

DATA = PhotoArray(np.zeros((8, 32, 32, 3), np.uint8), np.arange(8) % 2)


def _learner() -> Learner:
    network = PlainCNN(
        channels=3, outputs=1, image_size=32, filters=4, depth=2, dense_units=8, dropout=0.0
    )
    inputs = NetworkInput(Prepare(InputRules(image_size=32)), AugmentSettings(), seed=0)
    return Learner(network, inputs, Schedule(lr=1e-3, steps=1), frozen=[])


def _plan(saved: Path, half: float) -> precision.Plan:
    """The plan of a machine whose step takes a second in float32, and `half` in bfloat16."""

    def step(_learner: Learner, _photos: torch.Tensor, on: bool) -> float:
        return half if on else 1.0

    return precision.measured_plan(_learner(), DATA, TrainingSettings(), saved, Silent(), step)


@pytest.mark.parametrize(
    ("half", "chosen"),
    [(0.5, Precision.BFLOAT16), (0.95, Precision.FLOAT32), (2.0, Precision.FLOAT32)],
)
def test_the_faster_one_is_taken(tmp_path: Path, half: float, chosen: Precision) -> None:
    """bfloat16 only where it is clearly faster."""
    plan = _plan(tmp_path / "p", half)

    assert plan.precision is chosen


def test_without_bfloat16_nothing_is_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A CPU that would have to emulate it is never slowed down by it."""
    monkeypatch.setattr(precision, "has_bfloat16", lambda: False)
    plan = precision.measured_plan(_learner(), DATA, TrainingSettings(), tmp_path / "p", Silent())

    assert plan.precision is Precision.FLOAT32


def test_a_run_goes_on_as_it_began(tmp_path: Path) -> None:
    """Whatever the machine measures the second time."""
    _plan(tmp_path / "precision.txt", half=0.5)
    again = _plan(tmp_path / "precision.txt", half=2.0)

    assert again.precision is Precision.BFLOAT16


def test_the_trial_leaves_the_weights_alone() -> None:
    """It runs the network, but teaches it nothing."""
    learner = _learner()
    before = {name: t.clone() for name, t in learner.network.state_dict().items()}
    seconds = precision.measured_seconds(learner, DATA[np.arange(8)][0], half=False)

    assert seconds > 0
    assert all(torch.equal(t, before[name]) for name, t in learner.network.state_dict().items())

"""What this machine does is measured on the network that will be trained."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from okng import config
from okng.testing.tasks import resolved
from okng.training.networks.two_branch import FineTunedBranch, TwoBranch
from okng.training.time_budget import benchmark
from okng.training.time_budget.benchmark import measure
from okng.training.time_budget.planner import Work

WORK = Work(train=40, drawn=40, validation=10, test=10, draws=2, folds=False)


@pytest.fixture
def paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """One photo, and little time to try."""
    monkeypatch.setattr(benchmark, "_SECONDS", 0)
    Image.fromarray(np.zeros((64, 64, 3), np.uint8)).save(tmp_path / "a.png")
    return [tmp_path / "a.png"]


@pytest.mark.parametrize("name", ["resnet10t", "vit_tiny_patch16_224"])
def test_every_part_of_the_work_has_a_rate(name: str, paths: list[Path]) -> None:
    """Networks that can be cut, and those that cannot."""
    settings = config.resolve(config.load(None, {"model": name, "image_size": 64}))
    found = measure(settings, WORK, paths)

    assert found.size == 64
    assert min(found.decode, found.features, found.step, found.check, found.fit) > 0
    assert found.step > found.check


def test_second_network_is_tried_as_a_whole(
    paths: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A step runs the branch that learns, a pass over validation photos runs both."""
    steps: list[type] = []
    passes: list[type] = []
    monkeypatch.setattr(benchmark, "_step", lambda network, _: steps.append(type(network)))
    monkeypatch.setattr(benchmark, "_forward", lambda network, _: passes.append(type(network)))
    asked = {"model": "resnet10t", "image_size": 64, "recipe": "thorough"}
    measure(resolved(**asked), WORK, paths)

    assert set(steps) == {FineTunedBranch}
    assert set(passes) == {TwoBranch}


def test_large_photos_are_tried_smaller(paths: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Sixteen of them at full size might not fit into memory."""
    monkeypatch.setattr(benchmark, "_LARGEST", 64)
    settings = config.resolve(config.load(None, {"model": "resnet10t", "image_size": 1024}))

    assert measure(settings, WORK, paths).size == 64


def test_plain_network_has_no_frozen_layers(paths: list[Path]) -> None:
    """Only steps and photos count."""
    settings = config.resolve(config.load(None, {"model": "cnn", "image_size": 32}))
    found = measure(settings, WORK, paths)

    assert found.features == found.start == found.fit == 0
    assert found.step > 0

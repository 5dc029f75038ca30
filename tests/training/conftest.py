"""Weights of a small network, for tests that start from pretrained ones."""

from pathlib import Path

import pytest
import torch

from okng import config
from okng.training.networks.architecture import Architecture
from okng.training.networks.registry import build
from okng.training.networks.timm_backbone import Backbone


@pytest.fixture(scope="session")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Weights of a small network, as a file: what a user gives with --weights."""
    torch.manual_seed(0)
    file = tmp_path_factory.mktemp("weights") / "resnet10t.pth"
    asked = config.load(None, {"model": "resnet10t", "weights": "random"}).model
    network = build(Architecture(settings=asked, classes=2, channels=3, image_size=32))
    assert isinstance(network, Backbone)
    torch.save(network.model.state_dict(), file)
    return file

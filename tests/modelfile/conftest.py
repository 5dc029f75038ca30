"""A model file of a network that was never trained: exported once, without a run."""

from pathlib import Path

import pytest
import torch

from okng import modelfile
from okng.config import ModelSettings
from okng.export import export
from okng.modelfile import InputRules
from okng.train.architecture import Architecture, build
from okng.train.saved import TrainedModel


@pytest.fixture(scope="session")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A plain CNN with random weights, two classes, 32 pixels."""
    torch.manual_seed(0)
    settings = ModelSettings(name="cnn", filters=4, depth=2)
    architecture = Architecture(settings=settings, classes=2, channels=3, image_size=32)
    network = build(architecture).eval()
    rules = InputRules(image_size=32)
    model = TrainedModel(network, architecture, rules, ("ok", "dent"), "ok", "", "")
    path = tmp_path_factory.mktemp("exported") / "inspector.onnx"
    export(model, path, name="test", dataset_digest="0" * 64)
    return path


@pytest.fixture
def own(exported: Path, tmp_path: Path) -> Path:
    """A copy that may be changed."""
    path = tmp_path / "own.onnx"
    path.write_bytes(exported.read_bytes())
    assert modelfile.read(path).sealed
    return path

"""Each family of networks that --model names becomes a model file that says what it says."""

from pathlib import Path

import numpy as np
import pytest
import torch

from okng import modelfile
from okng.config import Depth, ModelSettings, Runtime
from okng.export import export
from okng.inference.sessions import open_session
from okng.modelfile import InputRules
from okng.testing import draw_part
from okng.training.artifacts import TrainedModel
from okng.training.networks.architecture import Architecture
from okng.training.networks.registry import build

SMALLEST = ("resnet10t", "efficientnet_b0", "mobilenetv3_small_050", "convnext_atto",
            "vit_tiny_patch16_224")  # fmt: skip
PHOTOS = np.stack([draw_part(seed, size=80).photo for seed in range(3)])


def _trained(name: str, depth: Depth) -> TrainedModel:
    """Random weights, at a size that takes a second."""
    torch.manual_seed(0)
    settings = ModelSettings(name=name, depth_read=depth)
    architecture = Architecture(settings=settings, classes=3, channels=3, image_size=64)
    rules = InputRules(image_size=64)
    classes = ("ok", "dent", "scratch")
    return TrainedModel(build(architecture).eval(), architecture, rules, classes, "ok", "", "")


@pytest.mark.slow
@pytest.mark.parametrize("depth", list(Depth))
@pytest.mark.parametrize("name", SMALLEST)
def test_family_becomes_a_model_file(tmp_path: Path, name: str, depth: Depth) -> None:
    """The file judges as the network does, heatmap included."""
    file = tmp_path / "model.onnx"
    graph = export(_trained(name, depth), file, name="test", dataset_digest="0" * 64)
    session = open_session(modelfile.read(file).data, Runtime.ONNXRUNTIME, 1)
    with torch.no_grad():
        expected = graph(torch.from_numpy(PHOTOS))

    for found, wanted in zip(session.run(PHOTOS, session.outputs).values(), expected, strict=True):
        assert np.abs(found - wanted.numpy()).max() < 1e-3

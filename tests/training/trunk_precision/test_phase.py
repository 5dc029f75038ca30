"""Frozen layers in INT8, from the trial to the model file."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
import torch

from okng import Inspector
from okng.config import Precision, ResolvedSettings
from okng.errors import ConfigError
from okng.events import Silent
from okng.export import InspectionGraph, export
from okng.modelfile import InputRules
from okng.testing import RecordingProgress
from okng.testing.tasks import brightness_task, resolved
from okng.training import Task, TrainedModel, fit, load_full
from okng.training.data.loader import PhotoArray
from okng.training.networks.architecture import Architecture
from okng.training.networks.layers.input_transform import Prepare
from okng.training.networks.layers.network_input import NetworkInput
from okng.training.networks.pretrained import build_pretrained
from okng.training.networks.protocol import InspectionNetwork
from okng.training.quantization.int8_trunk import has_int8_trunk
from okng.training.trunk_precision.calibration import calibrated_trunk
from okng.training.trunk_precision.choice import read_choice
from okng.training.trunk_precision.phase import choose
from okng.training.trunk_precision.trial import tried


def _settings(weights: Path, **changes: object) -> ResolvedSettings:
    values = {"model": "resnet10t", "weights": str(weights), "image_size": 32, "recipe": "quick"}
    return resolved(**{**values, **changes})


def _task(count: int = 240) -> Task:
    return brightness_task(count, step=40)


def _ready(settings: ResolvedSettings) -> tuple[InspectionNetwork, NetworkInput, PhotoArray]:
    """A pretrained network, its input and the training photos, as the phase has them."""
    sample = _task().train
    plain = build_pretrained(
        Architecture(settings=settings.model, classes=2, channels=3, image_size=32)
    )
    rules = InputRules(image_size=32, mean=plain.mean or (), std=plain.std or ())
    inputs = NetworkInput(Prepare(rules), settings.augment, 0)
    return plain.network.eval(), inputs, PhotoArray(sample.photos, sample.labels)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run folder."""
    return tmp_path_factory.mktemp("int8")


@pytest.fixture(scope="module")
def trained(run: Path, weights: Path) -> TrainedModel:
    """A model whose frozen layers are in INT8, as asked."""
    return fit(_task(), _settings(weights, precision="int8"), run, Silent())


class ExportedFile(NamedTuple):
    """A model file, and the graph that it was exported from."""

    path: Path
    graph: InspectionGraph


@pytest.fixture(scope="module")
def file(trained: TrainedModel, run: Path) -> ExportedFile:
    """The INT8 model as a file."""
    path = run / "inspector.onnx"
    return ExportedFile(path, export(trained, path, name="int8", dataset_digest="0" * 64))


def test_int8_that_is_asked_for_is_taken(trained: TrainedModel, run: Path) -> None:
    """Without a trial, and with the reason."""
    assert has_int8_trunk(trained.network)
    choice = read_choice(run)
    assert choice is not None
    assert (choice.precision, choice.reason, choice.trial) == (Precision.INT8, "asked", None)


@torch.no_grad()
def test_a_saved_model_computes_the_same(trained: TrainedModel, run: Path) -> None:
    """`full_model.pth` holds the INT8 layers."""
    photos = torch.rand(4, 3, 32, 32)
    again = load_full(run / "models" / "full_model.pth")

    assert torch.equal(again.network(photos), trained.network(photos))


@torch.no_grad()
def test_the_model_file_computes_what_training_fitted(file: ExportedFile) -> None:
    """The classifier was fitted on features of the layers that the file has."""
    photos = _task().train.photos[:12]
    scores = file.graph.scores(torch.from_numpy(photos))[1]
    given = Inspector(file.path)(list(photos))

    assert np.allclose([verdict.defect_score for verdict in given], scores.numpy(), atol=1e-5)


def test_few_photos_stay_in_float32(weights: Path, tmp_path: Path) -> None:
    """Of 40 photos no trial shows that INT8 costs nothing, and the user reads so."""
    progress = RecordingProgress()
    model = fit(_task(40), _settings(weights), tmp_path, progress)

    assert not has_int8_trunk(model.network)
    choice = read_choice(tmp_path)
    assert choice is not None
    assert choice.reason == "few_photos"


@pytest.mark.parametrize("asked", ["float32", "bfloat16"])
def test_another_format_that_is_asked_for_is_taken(weights: Path, asked: str) -> None:
    """Nothing is tried, and the layers stay as they are."""
    settings = _settings(weights, precision=asked)
    network, inputs, photos = _ready(settings)

    assert choose(network, inputs, photos, settings, Silent()) is None
    assert not has_int8_trunk(network)


def test_layers_that_int8_cannot_replace_are_refused(weights: Path, tmp_path: Path) -> None:
    """Those of a network that is read at its last layer only."""
    with pytest.raises(ConfigError, match="INT8 can replace"):
        fit(_task(), _settings(weights, precision="int8", depth_read="last"), tmp_path, Silent())


def test_a_trial_measures_time_and_loss(weights: Path) -> None:
    """Float32 takes twice as long by this clock, and both features tell bright from dark."""
    settings = _settings(weights)
    network, inputs, photos = _ready(settings)
    trunk = calibrated_trunk(network, inputs, photos, settings.orientations)
    assert trunk is not None

    trial = tried(network, trunk, inputs, photos, Silent(), seed=0, clock=_Clock((2.0, 1.0)))

    assert trial.faster == 2.0
    assert trial.photos == 240
    assert trial.loss_int8 == pytest.approx(trial.loss_float32, rel=0.2)
    assert trial.loss_int8 < 0.4
    assert not has_int8_trunk(network)


class _Clock:
    """A clock on which runs take the given seconds, in turn."""

    def __init__(self, seconds: tuple[float, ...]) -> None:
        self._times = self._walk(seconds)

    def __call__(self) -> float:
        return next(self._times)

    @staticmethod
    def _walk(seconds: tuple[float, ...]) -> Iterator[float]:
        now = 0.0
        while True:
            for step in seconds:
                yield now
                now += step
                yield now


def test_openvino_is_refused_for_int8(file: ExportedFile) -> None:
    """It rounds in another way, so that some verdicts would be others."""
    with pytest.raises(ConfigError, match="OpenVINO rounds INT8"):
        Inspector(file.path, runtime="openvino")

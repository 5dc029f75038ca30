"""Frozen layers in INT8, from the trial to the model file."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

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
from okng.training.quantization.int8_trunk import Int8Trunk, has_int8_trunk
from okng.training.quantization.quantize_trunk import TrunkGraphs
from okng.training.trunk_precision.choice import PrecisionChoice, read_choice
from okng.training.trunk_precision.phase import Chosen, choose
from okng.training.trunk_precision.trial import Tried, tried


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


class TrainedRun(NamedTuple):
    """A training that tried INT8 and took it.

    Attributes:
        folder: of the run.
        model: what it trained.
        tried: figures and features of both kinds of layers.
        exports: how often torch exported something meanwhile.
    """

    folder: Path
    model: TrainedModel
    tried: Tried
    exports: int


@pytest.fixture(scope="module")
def run(weights: Path, tmp_path_factory: pytest.TempPathFactory) -> TrainedRun:
    """INT8 is twice as fast by this clock; features always come from graphs."""
    folder, exports, found = tmp_path_factory.mktemp("int8"), [], []
    export_once = torch.onnx.export

    def counted(*given: Any, **options: Any) -> Any:
        exports.append(given[0])
        return export_once(*given, **options)

    def measured(*given: Any, **options: Any) -> Tried:
        found.append(tried(*given, **options, clock=_Clock((2.0, 1.0))))
        return found[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("okng.training.networks.feature_extractor._EXPORT_PAYS", 1)
        patch.setattr("okng.training.trunk_precision.phase.tried", measured)
        patch.setattr(torch.onnx, "export", counted)
        model = fit(_task(), _settings(weights, precision="auto"), folder, Silent())
    return TrainedRun(folder, model, found[0], len(exports))


@pytest.fixture(scope="module")
def graphs(run: TrainedRun) -> TrunkGraphs:
    """The replaceable layers of that network; those in float32 stand in for others."""
    trunk = run.model.network.int8
    assert isinstance(trunk, Int8Trunk)
    return TrunkGraphs(b"", trunk.graph)


class ExportedFile(NamedTuple):
    """A model file, and the graph that it was exported from."""

    path: Path
    graph: InspectionGraph


@pytest.fixture(scope="module")
def file(run: TrainedRun) -> ExportedFile:
    """The INT8 model as a file."""
    path = run.folder / "inspector.onnx"
    return ExportedFile(path, export(run.model, path, name="int8", dataset_digest="0" * 64))


def test_a_trial_measures_time_and_loss(run: TrainedRun) -> None:
    """Float32 takes twice as long by this clock, and both features tell bright from dark."""
    trial = run.tried.trial

    assert (trial.photos, trial.faster) == (240, 2.0)
    assert trial.loss_int8 == pytest.approx(trial.loss_float32, rel=0.2)
    assert trial.loss_int8 < 0.4


def test_int8_that_is_faster_and_as_accurate_is_taken(run: TrainedRun) -> None:
    """With the figures of the trial as the reason."""
    assert has_int8_trunk(run.model.network)
    choice = read_choice(run.folder)
    assert choice == PrecisionChoice(
        precision=Precision.INT8, reason="as_accurate", trial=run.tried.trial
    )


def test_a_trial_exports_twice(run: TrainedRun) -> None:
    """The layers, and the network around them; features of the training need no other."""
    assert run.exports == 2


@torch.no_grad()
def test_a_trial_computes_what_the_network_does(run: TrainedRun, weights: Path) -> None:
    """Float32 as torch does; INT8 as the layers that were put in place."""
    network, inputs, photos = _ready(_settings(weights))
    given = inputs.plain(photos[np.arange(5)][0])

    assert torch.allclose(run.tried.float32(given), network.embed(given), atol=1e-4)
    assert torch.allclose(run.tried.int8(given), run.model.network.embed(given), atol=1e-4)


@pytest.mark.parametrize("faster", [2.0, 1.0])
def test_features_come_from_the_graph_of_the_chosen_format(
    run: TrainedRun,
    graphs: TrunkGraphs,
    weights: Path,
    monkeypatch: pytest.MonkeyPatch,
    faster: float,
) -> None:
    """So that the training needs no further export."""
    trial = run.tried.trial.model_copy(update={"faster": faster})
    found = run.tried._replace(trial=trial)
    monkeypatch.setattr("okng.training.trunk_precision.phase.calibrated_trunk", lambda *_: graphs)
    monkeypatch.setattr("okng.training.trunk_precision.phase.tried", lambda *_, **__: found)
    settings = _settings(weights)
    network, inputs, photos = _ready(settings)

    chosen = choose(network, inputs, photos, settings, Silent())

    assert chosen is not None
    assert chosen.extractor is (found.int8 if faster == 2.0 else found.float32)
    assert has_int8_trunk(network) is (faster == 2.0)


def test_int8_that_is_asked_for_is_taken(
    graphs: TrunkGraphs, weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a trial, and with the reason."""
    monkeypatch.setattr("okng.training.trunk_precision.phase.calibrated_trunk", lambda *_: graphs)
    settings = _settings(weights, precision="int8")
    network, inputs, photos = _ready(settings)

    chosen = choose(network, inputs, photos, settings, Silent())

    assert chosen == Chosen(PrecisionChoice(precision=Precision.INT8, reason="asked"))
    assert has_int8_trunk(network)


@torch.no_grad()
def test_a_saved_model_computes_the_same(run: TrainedRun) -> None:
    """`full_model.pth` holds the INT8 layers."""
    photos = torch.rand(4, 3, 32, 32)
    again = load_full(run.folder / "models" / "full_model.pth")

    assert torch.equal(again.network(photos), run.model.network(photos))


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

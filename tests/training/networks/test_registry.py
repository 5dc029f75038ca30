"""A new kind of network is one class and one entry in the registry."""

import itertools
from pathlib import Path

import pytest
import torch
from PIL import Image
from torch import Tensor, nn

from okng.config import Folds, ResolvedSettings
from okng.events import Silent
from okng.export import export
from okng.inference import Inspector
from okng.testing.tasks import brightness_task, resolved
from okng.training import TrainedModel, Work, fit, load_full, measure
from okng.training.networks import registry
from okng.training.networks.architecture import Architecture
from okng.training.networks.protocol import InspectionNetwork
from okng.training.phases import FineTune, Probe, Refit, SaveStart
from okng.training.preflight import check_settings
from okng.training.sequence import choose_phases
from okng.training.trunk_precision.phase import ChooseTrunkPrecision

_TASK = brightness_task(48, noise=60, step=150)


class _Toy(InspectionNetwork):
    """One convolution and one linear layer on the means of its maps."""

    def __init__(self, architecture: Architecture) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(architecture.channels, 4, 5, stride=4)
        self.linear = nn.Linear(4, architecture.outputs)

    def features(self, photos: Tensor) -> Tensor:
        return torch.relu(self.convolution(photos))

    def head(self, maps: Tensor) -> Tensor:
        logits: Tensor = self.linear(maps.mean((2, 3)))
        return logits

    def descriptor(self, maps: Tensor) -> Tensor:
        return maps.mean((2, 3))


@pytest.fixture(scope="module", autouse=True)
def _registered() -> object:
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(registry.OWN, "toy", _Toy)
        yield


def _settings(**changes: object) -> ResolvedSettings:
    values = {"model": "toy", "recipe": "standard", "image_size": 32, "epochs": 12, "lr": 0.02,
              "batch_size": 8, "precision": "float32", "tta": 2, **changes}  # fmt: skip
    return resolved(**values)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[TrainedModel, Path]:
    """A toy network, trained on photos of two brightnesses, and its run folder."""
    run = tmp_path_factory.mktemp("toy")
    return fit(_TASK, _settings(), run, Silent()), run


def test_a_registered_network_trains_and_loads(trained: tuple[TrainedModel, Path]) -> None:
    """It learns by gradient from random weights, and `full_model.pth` rebuilds it."""
    model, run = trained
    photos = torch.from_numpy(_TASK.train.photos[:4]).permute(0, 3, 1, 2) / 255
    again = load_full(run / "models" / "full_model.pth")

    assert isinstance(model.network.single_pass(), _Toy)
    with torch.no_grad():
        assert torch.equal(model.network(photos), again.network(photos))


def test_a_registered_network_judges_on_the_line(
    trained: tuple[TrainedModel, Path], tmp_path: Path
) -> None:
    """Its model file has scores, heatmaps and novelty like that of any other network."""
    export(trained[0], tmp_path / "toy.onnx", name="toy", dataset_digest="0" * 64)
    paths = [tmp_path / "dark.png", tmp_path / "bright.png"]
    for path, photo in zip(paths, _TASK.train.photos[:2], strict=True):
        Image.fromarray(photo).save(path)
    good, bad = (Inspector(tmp_path / "toy.onnx")(path) for path in paths)

    assert good.defect_score < 0.5 < bad.defect_score
    assert 0 <= good.unfamiliarity <= 1


def test_a_registered_network_passes_the_checks_and_is_timed() -> None:
    """Preflight and time budget ask it nothing that it does not have."""
    check_settings(_settings(), photos=48)
    ticks = itertools.count()
    work = Work(train=48, drawn=48, validation=48, test=0, draws=2, folds=False)
    speed = measure(_settings(), work, [], clock=lambda: float(next(ticks)))

    assert speed.step > 0
    assert speed.features == 0


@pytest.mark.parametrize(
    ("changes", "pretrained", "resumed", "phases"),
    [
        ({"epochs": 0}, True, False, [ChooseTrunkPrecision, Probe, SaveStart]),
        ({"epochs": 0}, True, True, []),
        ({"epochs": 3}, False, False, [FineTune, Refit]),
    ],
)
def test_phases_follow_from_the_settings(
    changes: dict[str, object], pretrained: bool, resumed: bool, phases: list[type]
) -> None:
    """They are chosen once, and a run that resumes repeats no probe."""
    chosen = choose_phases(_settings(**changes), pretrained=pretrained, resumed=resumed)

    assert [type(phase) for phase in chosen] == phases


def test_the_probe_before_epochs_is_plain_and_the_last_one_is_not() -> None:
    """Epochs are compared with a probe on upright photos; the refit takes folds and passes."""
    settings = _settings(part_folds="always")
    _, first, _, refit = choose_phases(settings, pretrained=True, resumed=False)

    assert first == Probe(Folds.NEVER)
    assert isinstance(refit, Refit)
    assert refit.probe == Probe(Folds.ALWAYS, settings.orientations)
    assert len(settings.orientations) == 2

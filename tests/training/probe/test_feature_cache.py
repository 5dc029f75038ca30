"""Upper layers learn from what the lower ones said, and the network has learned it."""

from pathlib import Path

import numpy as np
import pytest
import torch
from lightning.pytorch import Trainer

from okng import config
from okng.config import AugmentSettings
from okng.dataset.decoded_photos import allocate
from okng.events import Silent
from okng.modelfile import InputRules
from okng.testing.tasks import brightness_task, resolved
from okng.training import fit
from okng.training.data.loader import PhotoArray, loader
from okng.training.fine_tune.callbacks import EpochRecorder
from okng.training.fine_tune.lightning_module import Learner, Schedule
from okng.training.networks.architecture import Architecture
from okng.training.networks.layers.input_transform import Prepare
from okng.training.networks.layers.network_input import NetworkInput
from okng.training.networks.multi_scale import MultiDepth
from okng.training.networks.protocol import InspectionNetwork
from okng.training.networks.registry import build
from okng.training.probe.feature_cache import ActivationArray, ActivationCache, cache_activations

RULES = InputRules(image_size=32, mean=(0.0,) * 3, std=(1.0,) * 3)

_TASK = brightness_task(48, noise=100, step=60)


def _network(name: str, size: int = 64, tiles: int = 1) -> InspectionNetwork:
    """A network read at all depths; its weights do not matter here."""
    torch.manual_seed(0)
    settings = config.load(None, {"model": name, "weights": "some.pth", "tiles": tiles}).model
    return build(Architecture(settings=settings, classes=2, channels=3, image_size=size)).eval()


@pytest.mark.parametrize(
    ("name", "tiles"),
    [("resnet10t", 1), ("resnet10t", 2), ("tf_efficientnet_lite0", 1), ("convnext_atto", 1)],
)
def test_halves_say_what_the_whole_says(name: str, tiles: int) -> None:
    """Networks that are a chain of stages are cut where learning begins."""
    network = _network(name, tiles=tiles)
    network.freeze(0.7)
    photos = torch.rand(3, 3, 64, 64)
    halves = network.split(photos)
    assert halves is not None
    lower, upper = halves

    assert torch.allclose(upper(lower(photos)), network(photos), atol=1e-4)
    learning = {id(p) for p in network.parameters() if p.requires_grad}
    assert learning == {id(p) for p in upper.parameters()}


def test_network_that_learns_from_the_start_is_not_cut() -> None:
    """There is nothing to be worked out beforehand."""
    network = _network("resnet10t")
    network.freeze(0.0)

    assert network.split(torch.rand(3, 3, 64, 64)) is None


def _cached(network: InspectionNetwork, inputs: NetworkInput, data: PhotoArray) -> ActivationCache:
    cache = cache_activations(network, inputs, data, data, memory_limit_gb=1.0, progress=Silent())
    assert cache is not None
    return cache


def test_epochs_see_different_draws() -> None:
    """Which draw a photo is seen in follows the batch, and the photo as it is stays among them."""
    rows = np.arange(3 * 8, dtype=np.float16).reshape(3, 8, 1)
    data = PhotoArray(np.zeros((8, 1, 1, 3), np.uint8), np.zeros(8, np.int64))
    drawn = ActivationArray(rows, data, seed=0)
    seen = [drawn[np.random.default_rng(epoch).permutation(8)][0] for epoch in range(20)]

    assert set(torch.cat(seen).flatten().tolist()) == set(range(24))
    assert ActivationArray(rows, data)[np.arange(8)][0].flatten().tolist() == list(range(8))


def test_rows_beyond_the_limit_go_to_disk() -> None:
    """And can be written like those in memory."""
    rows = allocate((2, 3, 4), np.float16, memory_limit_gb=1e-9)
    rows[:] = 7

    assert isinstance(rows, np.memmap)
    assert rows.sum() == 7 * 24


def test_kept_rows_are_those_of_the_photos() -> None:
    """Draw 0 is the photo as it is; float16 is exact enough."""
    network = _network("resnet10t", 32)
    assert isinstance(network, MultiDepth)
    network.freeze(0.7)
    inputs = NetworkInput(Prepare(RULES), AugmentSettings(), seed=0)
    photos = np.random.default_rng(0).integers(0, 255, (6, 32, 32, 3), dtype=np.uint8)
    data = PhotoArray(photos, np.arange(6) % 2)
    cache = _cached(network, inputs, data)
    with torch.no_grad():
        expected = network.pooled(network.features(data[np.arange(6)][0]))

    assert torch.allclose(cache.embed(cache.train, 0), expected, rtol=2e-3, atol=2e-3)
    assert not torch.allclose(cache.embed(cache.train, 1), expected, rtol=0.1, atol=0.1)


def test_drawn_parts_count_once() -> None:
    """Where parts are drawn by their weight, the loss does not weigh them again."""
    network = _network("resnet10t", 32)
    network.freeze(0.7)
    inputs = NetworkInput(Prepare(RULES), AugmentSettings(), seed=0)
    learner = Learner(network, inputs, Schedule(lr=1.0, steps=1), frozen=[])
    photos, labels = np.zeros((4, 32, 32, 3), np.uint8), np.arange(4) % 2
    counted = PhotoArray(photos, labels, np.array([1, 3, 1, 3], np.float32))
    alike = PhotoArray(photos, labels)
    cache = _cached(network, inputs, counted)
    chances = counted.weights.numpy()
    loaders = loader(alike, 4, 0, chances), loader(counted, 4, None)
    _, learn, check = cache.substitute(learner, *loaders)

    assert next(iter(learn))[2].tolist() == [1, 1, 1, 1]
    assert next(iter(check))[2].tolist() == [1, 3, 1, 3]


def _settings(weights: Path) -> config.ResolvedSettings:
    values = {"model": "resnet10t", "weights": str(weights), "image_size": 32, "recipe": "standard",
              "epochs": 2, "batch_size": 8, "lr": 1e-3, "precision": "float32",
              "part_folds": "never"}  # fmt: skip
    return resolved(**values)


def test_upper_layers_learn_and_the_lower_ones_stay(tmp_path: Path, weights: Path) -> None:
    """The network that is handed out holds what the upper half has learned."""
    settings = _settings(weights)
    fit(_TASK, settings, tmp_path, Silent())
    before = {f"model.{name}": value for name, value in torch.load(weights).items()}
    after = torch.load(tmp_path / "models" / "model_weights.pth", weights_only=True)
    moved = {name for name, value in after.items()
             if name in before and not torch.equal(value, before[name])}  # fmt: skip

    assert moved
    assert all(name.startswith("model.layer4") for name in moved)
    best = build(Architecture(settings=settings.model, classes=2, channels=3, image_size=32)).eval()
    best.load_state_dict(torch.load(tmp_path / "models" / "best_model.pth", weights_only=True))
    assert isinstance(best, MultiDepth)
    photos = torch.from_numpy(_TASK.train.photos).permute(0, 3, 1, 2) / 255.0
    seen = best.pooled(best.features(photos))
    assert torch.allclose(best.typical, seen.mean(0), rtol=1e-2, atol=1e-2)


@pytest.mark.slow
def test_killed_training_of_upper_layers_goes_on_to_the_same_weights(
    tmp_path: Path, weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows are worked out again, and the average of the weights goes on where it was."""
    fit(_TASK, _settings(weights), tmp_path / "whole", Silent())
    with monkeypatch.context() as patch:
        patch.setattr(EpochRecorder, "on_train_epoch_start", _power_cut)
        with pytest.raises(InterruptedError):
            fit(_TASK, _settings(weights), tmp_path / "cut", Silent())
    fit(_TASK, _settings(weights), tmp_path / "cut", Silent())
    ended = [
        torch.load(tmp_path / run / "models" / "model_weights.pth") for run in ("whole", "cut")
    ]

    assert all(torch.allclose(ended[0][name], ended[1][name], atol=1e-6) for name in ended[0])


def _power_cut(recorder: EpochRecorder, trainer: Trainer, *_: object) -> None:
    """The power goes at the start of the second epoch."""
    if trainer.current_epoch == 1:
        raise InterruptedError

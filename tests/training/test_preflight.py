"""What cannot work is refused before any photo is read, all faults at once."""

from pathlib import Path

import pytest
import torch
from torch import nn

from okng import config
from okng.errors import ConfigError, TrainingError
from okng.testing.tasks import resolved
from okng.training.networks import pretrained
from okng.training.preflight import (
    check_batch,
    check_checkpoint,
    check_devices,
    check_settings,
    check_tiles,
)


def _settings(**values: object) -> config.ResolvedSettings:
    return resolved(**values)


def test_all_faults_stand_in_one_refusal() -> None:
    """Batch, stride, and a file of weights that is not there."""
    asked = _settings(model="levit_128", image_size=32, weights="no.pth", batch_size=64, epochs=1)
    with pytest.raises(ConfigError) as refusal:
        check_settings(asked, photos=40)

    message = refusal.value.message
    assert "A batch of 64 is larger than the 40 photos" in message
    assert "one place per 64 pixels" in message
    assert "`model.weights` no.pth" in message


def test_photo_smaller_than_a_place_is_refused() -> None:
    """The size that would do is named."""
    with pytest.raises(ConfigError, match="64 or more"):
        check_settings(_settings(model="levit_128", image_size=32), photos=99)


def test_random_weights_need_epochs() -> None:
    """A classifier on noise would come out, without a word."""
    with pytest.raises(ConfigError, match="learn nothing without epochs"):
        check_settings(_settings(model="resnet10t", weights="random"), photos=99)
    check_settings(
        _settings(model="resnet10t", weights="random", recipe="standard", epochs=1), photos=99
    )


def test_more_tiles_than_places_are_refused() -> None:
    """Both ways out are named, and what fits is left in peace."""
    with pytest.raises(ConfigError, match=r"6 places per side.*8 tiles") as refusal:
        check_settings(_settings(tiles=8, image_size=192), photos=99)
    assert "`model.tiles` 6" in refusal.value.message
    assert "`data.image_size` 256" in refusal.value.message
    check_tiles(_settings(tiles=8, image_size=256))


@pytest.mark.parametrize(
    "network",
    [{"model": "cnn"}, {"depth_read": "last"}, {"weights": "random", "recipe": "standard"}],
)
def test_tiles_need_maps_of_all_depths(network: dict[str, str]) -> None:
    """Networks that are not read in windows would drop them without a word."""
    with pytest.raises(ConfigError, match="which this one does not read"):
        check_settings(_settings(tiles=2, **network), photos=99)


@pytest.mark.parametrize("network", [{"recipe": "cnn"}, {"weights": "random", "epochs": 1}])
def test_folds_need_a_pretrained_network(network: dict[str, object]) -> None:
    """A network that learns from nothing would drop them without a word."""
    with pytest.raises(ConfigError, match=r"`training\.folds` always"):
        check_settings(_settings(part_folds="always", **network), photos=99)
    check_settings(_settings(part_folds="never", **network), photos=99)


@pytest.mark.parametrize(("gpus", "there"), [(2, "2 GPUs"), (1, "1 GPU"), (0, "4 cores")])
def test_more_devices_than_there_are_are_refused(
    monkeypatch: pytest.MonkeyPatch, gpus: int, there: str
) -> None:
    """With how many there are; on a PC without GPU, each is a process and takes a core."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: gpus > 0)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: gpus)
    monkeypatch.setattr("os.cpu_count", lambda: 4)
    with pytest.raises(ConfigError, match=f"has {there}\n.*`training.devices` 5"):
        check_settings(_settings(recipe="cnn", devices=5), photos=99)
    check_devices(_settings(recipe="cnn", devices=gpus or 4))


def test_default_batch_shrinks_to_few_photos() -> None:
    """Nobody asked for it, and small folders shall train."""
    check_batch(_settings(model="cnn"), photos=20)
    check_batch(_settings(batch_size=512), photos=20)  # quick takes no batches
    with pytest.raises(ConfigError, match="2 to 20"):
        check_batch(_settings(model="cnn", batch_size=64), photos=20)


def test_unreachable_weights_name_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the audit, not after it."""
    monkeypatch.setattr(pretrained, "_may_reach", lambda _: False)
    with pytest.raises(TrainingError, match=r"`model\.weights` FILE"):
        check_settings(_settings(model="resnet10t"), photos=99)


def test_unknown_network_is_named_with_its_neighbours() -> None:
    """A typing error costs no minutes."""
    with pytest.raises(ConfigError, match="resnet18"):
        check_settings(_settings(model="resnet_18"), photos=99)


def test_checkpoint_of_another_network_is_refused(tmp_path: Path) -> None:
    """With one of the tensors that do not fit."""
    network, other = nn.Linear(3, 1), nn.Linear(4, 1)
    check_checkpoint(tmp_path, network.state_dict(), network)
    with pytest.raises(TrainingError, match=r"another network.*weight"):
        check_checkpoint(tmp_path, other.state_dict(), network)
    with pytest.raises(TrainingError, match="2 of 2 tensors"):
        check_checkpoint(tmp_path, torch.zeros(3), network)

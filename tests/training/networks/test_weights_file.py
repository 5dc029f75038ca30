"""A run starts from the weights of an earlier run, or is refused for the true reason."""

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from okng.config import Depth, ModelSettings, View
from okng.errors import ConfigError
from okng.training.networks.architecture import Architecture
from okng.training.networks.pretrained import build_pretrained
from okng.training.networks.protocol import InspectionNetwork
from okng.training.networks.registry import averaged, build

_SHAPE = ("two_branches", "classes", "image_size", "orientations")


def _architecture(name: str, weights: str = "random", **other: Any) -> Architecture:
    shape = {"classes": 2, "channels": 3, "image_size": 64}
    shape |= {key: other.pop(key) for key in _SHAPE if key in other}
    settings = {"depth_read": Depth.ALL, "view": View.RAW, "filters": 4, "depth": 2} | other
    return Architecture(settings=ModelSettings(name=name, weights=weights, **settings), **shape)


def _wide(name: str, **other: Any) -> Architecture:
    """An architecture whose settings ask for weights, so that `build` reads all depths."""
    return _architecture(name, "auto", **other)


def _random(network: InspectionNetwork) -> InspectionNetwork:
    for parameter in network.parameters():
        nn.init.normal_(parameter)
    return network


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("cnn", {}),
        ("resnet10t", {}),
        ("resnet10t", {"two_branches": True}),
        ("resnet10t", {"depth_read": Depth.LAST}),
    ],
)
def test_all_but_the_last_layer_is_taken_over(
    tmp_path: Path, name: str, other: dict[str, Any], full: bool
) -> None:
    """From each kind of network and each .pth file, into a run with three more classes."""
    earlier = _random(build(_wide(name, **other)))
    content: dict[str, Any] = {"state_dict": earlier.state_dict(), "licence": "Apache-2.0",
                               "architecture": {"settings": {"name": name}}}  # fmt: skip
    torch.save(content if full else earlier.state_dict(), tmp_path / "w.pth")

    found = build_pretrained(_architecture(name, str(tmp_path / "w.pth"), classes=5, **other))

    before, after = earlier.state_dict(), found.network.state_dict()
    new = [key for key in after if not torch.equal(before[key], after[key])]
    heads = 2 if other.get("two_branches") else 1
    assert len(new) <= 2 * heads
    assert all(after[key].shape[0] == 5 for key in new)
    assert found.source == "run, file w.pth"
    assert found.licence == ("Apache-2.0" if full else "as given with the file")


def test_passes_over_a_photo_do_not_change_the_weights(tmp_path: Path) -> None:
    """A run whose network averages several passes has a prefix more in its file."""
    one = _random(build(_architecture("cnn")))
    several = averaged(one, _architecture("cnn").orientations * 2)
    torch.save(several.state_dict(), tmp_path / "w.pth")

    found = build_pretrained(_architecture("cnn", str(tmp_path / "w.pth")))

    assert torch.equal(found.network.state_dict()["blocks.0.0.weight"],
                       one.state_dict()["blocks.0.0.weight"])  # fmt: skip


def test_frozen_branch_of_two_starts_a_network_of_one(tmp_path: Path) -> None:
    """`thorough` leaves two branches in best_model.pth; `quick` takes the frozen one."""
    both = _random(build(_wide("resnet10t", two_branches=True)))
    torch.save(both.state_dict(), tmp_path / "w.pth")

    found = build_pretrained(_architecture("resnet10t", str(tmp_path / "w.pth")))

    assert torch.equal(found.network.state_dict()["model.conv1.0.weight"],
                       both.state_dict()["frozen.model.conv1.0.weight"])  # fmt: skip


def test_weights_of_another_network_are_refused_by_its_name(tmp_path: Path) -> None:
    """The error names the network that the weights belong to."""
    content = {"state_dict": build(_architecture("cnn")).state_dict(),
               "architecture": {"settings": {"name": "cnn"}}}  # fmt: skip
    torch.save(content, tmp_path / "full_model.pth")

    with pytest.raises(ConfigError, match="belong to the network cnn, not resnet10t") as caught:
        build_pretrained(_architecture("resnet10t", str(tmp_path / "full_model.pth")))

    assert "`model.name` cnn" in caught.value.message


def test_weights_of_another_size_are_refused_by_the_tensor(tmp_path: Path) -> None:
    """A plain CNN of other filters, or of another image size, has other shapes."""
    torch.save(build(_architecture("cnn")).state_dict(), tmp_path / "w.pth")

    with pytest.raises(ConfigError, match=r"blocks\.0\.0\.weight 4x3x3x3, 8x3x3x3"):
        build_pretrained(_architecture("cnn", str(tmp_path / "w.pth"), filters=8))


def test_plain_cnn_refuses_weights_of_no_run(tmp_path: Path) -> None:
    """They were ignored without a word."""
    torch.save({"conv.weight": torch.zeros(1)}, tmp_path / "w.pth")

    with pytest.raises(ConfigError, match="not those of a plain CNN"):
        build_pretrained(_architecture("cnn", str(tmp_path / "w.pth")))

"""Pretrained weights are found, refused, or asked for; never silently random."""

from pathlib import Path

import pytest
import torch

from okng.config import Depth, ModelSettings
from okng.errors import ConfigError, TrainingError
from okng.train import weights
from okng.train.architecture import Architecture, build, check_name
from okng.train.backbone import Backbone
from okng.train.freeze import freeze_first_layers


def _architecture(name: str, source: str = "auto") -> Architecture:
    settings = ModelSettings(name=name, weights=source, depth_read=Depth.LAST)
    return Architecture(settings=settings, classes=2, channels=3, image_size=64)


def test_packaged_weights_fill_efficientnet_lite0() -> None:
    """Every tensor but the head's is that of the package, in its order."""
    path = weights.packaged_weights()
    assert path is not None
    packaged = list(torch.load(path, weights_only=True).values())

    found = weights.build_pretrained(_architecture("efficientnet_lite0"))

    own = list(found.network.state_dict().values())
    assert len(own) == len(packaged)
    assert all(torch.equal(a, b) for a, b in zip(own[:-2], packaged[:-2], strict=True))
    assert not own[-2].any()
    assert found.licence == "Apache-2.0"


def test_no_weights_reachable_names_the_ways_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Offline and without a cache, training stops and says what to do."""
    monkeypatch.setattr("socket.getaddrinfo", _no_network)
    monkeypatch.setenv("HF_HUB_CACHE", "/nonexistent")
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)

    with pytest.raises(TrainingError) as caught:
        weights.build_pretrained(_architecture("mobilenetv3_small_050"))

    for way in ("--weights FILE", "efficientnet_lite0", "--model cnn", "--weights random"):
        assert way in caught.value.message


def test_random_weights_only_when_asked() -> None:
    """They are random, and say so."""
    assert weights.build_pretrained(_architecture("resnet18", "random")).source == "random"


def test_weights_from_a_file_are_taken(tmp_path: Path) -> None:
    """A state dict with timm's names fills the network."""
    donor = build(_architecture("resnet10t", "random"))
    assert isinstance(donor, Backbone)
    torch.save(donor.model.state_dict(), tmp_path / "w.pth")

    found = weights.build_pretrained(_architecture("resnet10t", str(tmp_path / "w.pth")))

    assert torch.equal(found.network.state_dict()["model.conv1.0.weight"],
                       donor.state_dict()["model.conv1.0.weight"])  # fmt: skip


@pytest.mark.parametrize("content", [b"", b"no weights", None])
def test_files_that_are_no_weights_are_refused(tmp_path: Path, content: bytes | None) -> None:
    """Broken, foreign and absent files end in a clear error."""
    path = tmp_path / "w.pth"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(ConfigError):
        weights.build_pretrained(_architecture("resnet10t", str(path)))


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    """Half filled is not filled."""
    torch.save({"conv1.weight": torch.zeros(1)}, tmp_path / "w.pth")

    with pytest.raises(ConfigError, match="do not fit"):
        weights.build_pretrained(_architecture("resnet10t", str(tmp_path / "w.pth")))


def test_unknown_network_gets_the_nearest_names() -> None:
    """A typo is told with what may have been meant."""
    with pytest.raises(ConfigError) as caught:
        check_name("resnet18x")

    assert "resnet18" in caught.value.message


def test_first_layers_freeze_and_the_head_never() -> None:
    """A share of the layers keeps its weights."""
    network = weights.build_pretrained(_architecture("efficientnet_lite0")).network
    kept = freeze_first_layers(network, 0.5)
    learning = [name for name, p in network.named_parameters() if p.requires_grad]

    assert kept
    assert "model.classifier.weight" in learning
    assert "model.conv_stem.weight" not in learning
    freeze_first_layers(network, 1.0)
    assert [n for n, p in network.named_parameters() if p.requires_grad] == [
        "model.classifier.weight", "model.classifier.bias",
    ]  # fmt: skip


def _no_network(*_: object, **__: object) -> None:
    raise OSError("no network")

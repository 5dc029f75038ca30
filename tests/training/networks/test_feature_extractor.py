"""Features are the same on every device, and come back to the CPU."""

import pytest
import torch
from torch import nn

from okng.training.networks import feature_extractor
from okng.training.networks.feature_extractor import best_device, extractor

PHOTOS = torch.rand(4, 3, 16, 16)


def _network() -> nn.Module:
    torch.manual_seed(0)
    layers = nn.Conv2d(3, 5, 3), nn.BatchNorm2d(5), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten()
    return nn.Sequential(*layers).eval()


def test_a_copy_says_what_the_network_says() -> None:
    """The way over another device, walked with the CPU: pins nothing, changes nothing."""
    network = _network()

    found = feature_extractor._on_device(network, torch.device("cpu"))(PHOTOS)

    with torch.no_grad():
        assert torch.allclose(found, network(PHOTOS), atol=1e-6)
    assert found.device.type == "cpu"


def test_the_network_stays_where_it_is() -> None:
    """What runs elsewhere is a copy: it does not follow what the network learns."""
    network = _network()
    run = feature_extractor._on_device(network, torch.device("cpu"))
    before = run(PHOTOS)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(1.0)

    assert torch.equal(run(PHOTOS), before)


def test_a_gpu_is_taken_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """For few photos and for many, without being asked."""
    taken = []
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(
        feature_extractor, "_on_device", lambda _, device: taken.append(device.type)
    )

    for count in (1, 10_000):
        extractor(_network(), PHOTOS, count)

    assert taken == ["cuda", "cuda"]


def test_without_a_gpu_the_cpu_runs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """No copy is made."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(feature_extractor, "_on_device", None)

    assert best_device().type == "cpu"
    assert extractor(_network(), PHOTOS, 1)(PHOTOS).shape == (4, 5)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no GPU here")
def test_gpu_and_cpu_give_the_same_features() -> None:
    """But for the order of sums: no TensorFloat-32, no bfloat16."""
    there, here = (
        extractor(_network(), PHOTOS, 1, torch.device(name))(PHOTOS) for name in ("cuda", "cpu")
    )

    assert there.device.type == "cpu"
    assert torch.allclose(there, here, atol=1e-5)

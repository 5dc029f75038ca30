"""The plain CNN of the reference project."""

import pytest
import torch
from torch import nn

from okng.training.networks.plain_cnn import PlainCNN


def _network(outputs: int = 1) -> PlainCNN:
    return PlainCNN(channels=1, outputs=outputs, image_size=32, filters=4, depth=3,
                    dense_units=16, dropout=0.5)  # fmt: skip


@pytest.mark.parametrize("outputs", [1, 4])
def test_one_logit_for_two_classes_else_one_each(outputs: int) -> None:
    """One sigmoid, or a softmax."""
    assert _network(outputs)(torch.zeros(5, 1, 32, 32)).shape == (5, outputs)


def test_all_parameters_exist_before_the_first_photo() -> None:
    """An optimiser made at once trains every layer, and the forward pass adds none."""
    network = _network()
    before = {name for name, _ in network.named_parameters()}
    network(torch.zeros(2, 1, 32, 32)).sum().backward()

    assert {name for name, _ in network.named_parameters()} == before
    assert all(p.grad is not None for p in network.parameters())


def test_layers_are_those_of_the_reference() -> None:
    """Conv, ReLU and MaxPool blocks, then Flatten, Dense, ReLU, Dropout, Dense."""
    kinds = [type(layer).__name__ for layer in _network().modules() if not list(layer.children())]

    assert kinds == ["Conv2d", "ReLU", "MaxPool2d"] * 3 + [
        "Flatten", "Linear", "ReLU", "Dropout", "Linear",
    ]  # fmt: skip


def test_settings_decide_widths() -> None:
    """Filters double from block to block."""
    widths = [m.out_channels for m in _network().modules() if isinstance(m, nn.Conv2d)]

    assert widths == [4, 8, 16]

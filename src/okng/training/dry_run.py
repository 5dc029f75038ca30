"""Runs a network on one empty photo, before any photo is read and any weights are fetched.

timm has networks that can be built but not run: at this size, without their depths, or cut in two.
"""

import torch

from okng.error_codes import Code
from okng.errors import ConfigError
from okng.training.networks.architecture import Architecture
from okng.training.networks.protocol import InspectionNetwork
from okng.training.networks.registry import build
from okng.training.networks.timm_models import timm_errors


def try_network(architecture: Architecture) -> tuple[int, ...]:
    """Build a network with random weights, freeze its first layers, and run it.

    Args:
        architecture: of any network.

    Returns:
        The shape of its logits for one photo.

    Raises:
        ConfigError: it cannot be built or does not run.
    """
    network = build(architecture).eval()
    with timm_errors(architecture):
        network.freeze(architecture.settings.freeze)
        shape = _output_shape(network, architecture)
    if shape != (1, architecture.outputs):
        raise ConfigError(
            f"The network {architecture.settings.name} has output shape {shape}",
            where=f"`model.name` {architecture.settings.name}",
            allowed=f"{(1, architecture.outputs)}",
            hint="Take another network.",
            code=Code.NETWORK_UNUSABLE,
        )
    return shape


@torch.no_grad()
def _output_shape(network: InspectionNetwork, architecture: Architecture) -> tuple[int, ...]:
    """Shape of the logits of an empty photo; the descriptor is computed as well."""
    size = architecture.image_size
    maps = network.features(torch.zeros(1, architecture.channels, size, size))
    network.descriptor(maps)
    return tuple(network.head(maps).shape)

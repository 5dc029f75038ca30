"""Network inputs that show an INT8 graph the range of every activation."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import torch

from okng.config import Orientation
from okng.training.data.draws import evenly
from okng.training.data.loader import PhotoArray, photos_at_once
from okng.training.networks.layers.network_input import NetworkInput
from okng.training.networks.protocol import InspectionNetwork
from okng.training.networks.test_time_augmentation import turned
from okng.training.quantization.quantize_trunk import TrunkGraphs, quantize_trunk

_PHOTOS = 128
"""Photos of which the ranges are taken, each as it is and in a random draw: with them features in
INT8 separate solar cells and castings as those in float32 (benchmarks/inspector/LOG.md)."""


def calibrated_trunk(
    network: InspectionNetwork,
    inputs: NetworkInput,
    photos: PhotoArray,
    orientations: tuple[Orientation, ...],
) -> TrunkGraphs | None:
    """The replaceable layers of a network in float32 and in INT8.

    Args:
        network: pretrained, on the CPU, in evaluation mode; it stays as it is.
        inputs: turns photos into network input, and draws.
        photos: the training photos.
        orientations: in which photos are processed as they are.

    Returns:
        None where the network has no replaceable layers, or ONNX cannot express them.
    """
    layers = network.replaceable_layers()
    if layers is None:
        return None
    batches = _batches(network, inputs, photos, orientations)
    example = torch.from_numpy(next(batches))
    return quantize_trunk(layers, example, batches)


@torch.no_grad()
def _batches(
    network: InspectionNetwork,
    inputs: NetworkInput,
    photos: PhotoArray,
    orientations: tuple[Orientation, ...],
) -> Iterator[npt.NDArray[np.float32]]:
    """Inputs of the layers for photos that lie evenly among all, batch by batch."""
    rows = evenly(len(photos), _PHOTOS)
    at_once = min(8, photos_at_once(photos.photos.shape[1]))
    yield network.layer_inputs(inputs.plain(photos[rows[:2]][0])).numpy()
    for number, few in enumerate(np.array_split(rows, -(-len(rows) // at_once))):
        pixels = photos[few][0]
        as_it_is = turned(pixels, orientations[number % len(orientations)])
        for view in (inputs.plain(as_it_is), inputs.draw(pixels, 1, number)):
            yield network.layer_inputs(view).contiguous().numpy()

"""The embedding of an average training photo, the reference that heatmaps start from."""

import numpy as np
import torch
from torch import Tensor

from okng.training.data.draws import evenly
from okng.training.data.loader import PhotoArray, photos_at_once
from okng.training.networks.layers.input_transform import Prepare
from okng.training.networks.protocol import InspectionNetwork

_PHOTOS = 500
"""At most: the mean of so many differs from that of all by less than heatmaps show."""


@torch.no_grad()
def mean_embedding(network: InspectionNetwork, prepare: Prepare, data: PhotoArray) -> Tensor:
    """Mean embedding of the photos, each with its weight: float32 (F,).

    Args:
        network: in evaluation mode.
        prepare: turns photos into network input.
        data: training photos with weights; at most 500 of them are embedded.
    """
    rows = evenly(len(data), _PHOTOS)
    at_once = photos_at_once(data.photos.shape[1])
    total: Tensor | float = 0.0
    for batch in np.array_split(rows, -(-len(rows) // at_once)):
        photos, _, weights, _ = data[batch]
        total = total + (network.embed(prepare(photos)) * weights[:, None]).sum(0)
    mean: Tensor = total / data.weights[rows].sum()
    return mean

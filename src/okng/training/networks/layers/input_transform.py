"""From photo to network input, in torch: grey conversion and normalisation.

Training and the exported graph share this module, so the line sees what the network learned from.
"""

import numpy as np
import torch
from torch import Tensor, nn

from okng.modelfile import InputRules
from okng.training.data.loader import PhotoArray


class Prepare(nn.Module):
    """Turns RGB photos in [0, 1] into what the network expects.

    Args:
        rules: grey or RGB, channels of the network, mean and deviation per channel.
    """

    luminance: Tensor
    mean: Tensor
    std: Tensor

    def __init__(self, rules: InputRules) -> None:
        super().__init__()
        self.grey = rules.grey
        self.channels = rules.channels
        self.register_buffer("luminance", torch.tensor(LUMINANCE)[:, None, None])
        self.register_buffer("mean", torch.tensor(rules.mean)[:, None, None])
        self.register_buffer("std", torch.tensor(rules.std)[:, None, None])

    def colours(self, photos: Tensor) -> Tensor:
        """(N, 3, S, S) as it is, or its luminance (N, 1, S, S) when the network sees grey."""
        return (photos * self.luminance).sum(1, keepdim=True) if self.grey else photos

    def normalise(self, photos: Tensor) -> Tensor:
        """(N, 1 or 3, S, S) in [0, 1] to the network's input (N, channels, S, S)."""
        return (photos - self.mean) / self.std

    def forward(self, photos: Tensor) -> Tensor:
        """Both steps: (N, 3, S, S) in [0, 1] to (N, channels, S, S)."""
        return self.normalise(self.colours(photos))


LUMINANCE = (0.299, 0.587, 0.114)
"""Weights of red, green and blue in the luminance, after ITU-R BT.601."""


def statistics(data: PhotoArray, *, grey: bool) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and standard deviation per channel, in [0, 1], over all pixels of all photos."""
    neutral = Prepare(InputRules(image_size=data.photos.shape[1], grey=grey))
    sums = torch.zeros(2, 1 if grey else 3, dtype=torch.float64)
    for indices in np.array_split(np.arange(len(data)), -(-len(data) // 256)):
        photos = neutral.colours(data[indices][0]).double()
        sums += torch.stack([(photos**power).mean((2, 3)).sum(0) for power in (1, 2)])
    mean, square = sums / len(data)
    deviation = (square - mean**2).clamp(min=0).sqrt().clamp(min=1e-3)
    return tuple(mean.tolist()), tuple(deviation.tolist())

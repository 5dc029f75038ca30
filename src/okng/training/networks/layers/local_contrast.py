"""Local contrast normalisation ("flattened light"): a photo without its illumination.

Local contrast normalisation (Jarrett et al., ICCV 2009): each place minus the mean around it, over
the deviation around it. Parts under another illumination then resemble the training photos.
"""

import torch
from torch import Tensor, nn

from okng.training.networks.layers.input_transform import LUMINANCE

OLD_FLOOR = 0.01
"""Deviation, for values in [0, 1], added by networks made before 2026-11-28: 2.6 grey levels."""
FLOOR = 0.01
"""The same for networks trained now: a higher floor made scores no steadier against noise
(benchmarks/training/LOG.md)."""
_LIMIT = 3.0  # standard deviations that become black and white


class FlattenLight(nn.Module):
    """Photos in [0, 1] -> grey photos in [0, 1] without slow changes of illumination.

    The means are products with a matrix, which every backend computes alike.

    Args:
        image_size: height and width of the photos.
        width: standard deviation of the Gaussian, as a fraction of the photo's side.
        floor: deviation, for values in [0, 1], added to the local one: smooth places are not
            amplified to full contrast, so a grey level of noise stays small.
    """

    blur: Tensor
    luminance: Tensor

    def __init__(self, image_size: int, width: float, floor: float = FLOOR) -> None:
        super().__init__()
        self.floor = floor
        self.register_buffer(
            "blur", gaussian(image_size, width * image_size).float(), persistent=False
        )
        self.register_buffer("luminance", torch.tensor(LUMINANCE)[:, None, None], persistent=False)

    def forward(self, photos: Tensor) -> Tensor:
        """float32 (N, 3, S, S) in [0, 1] to float32 (N, 3, S, S) in [0, 1], all channels equal."""
        grey = (photos * self.luminance).sum(1, keepdim=True)  # (N, 1, S, S)
        fine = grey - self._around(grey)  # without the slow changes
        deviation = (self._around(fine * fine) + self.floor**2).sqrt()
        flat = (fine / deviation).clamp(-_LIMIT, _LIMIT) / (2 * _LIMIT) + 0.5
        return flat.expand(-1, 3, -1, -1)  # as pretrained networks take colours

    def _around(self, values: Tensor) -> Tensor:
        return self.blur @ values @ self.blur.t()  # (S, S) @ (N, 1, S, S) @ (S, S)


def gaussian(side: int, width: float) -> Tensor:
    """A Gaussian along one side as a matrix (S, S) whose rows sum to 1; borders are mirrored.

    In float64.
    """
    places = torch.arange(side, dtype=torch.float64)
    period = 2 * side
    weights = torch.zeros(side, side, dtype=torch.float64)
    # The photo and its mirror images beyond both borders.
    for source in (places, period - 1 - places, -1 - places):
        weights += torch.exp(-((places[:, None] - source[None]) ** 2) / (2 * width**2))
    return weights / weights.sum(1, keepdim=True)

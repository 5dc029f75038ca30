"""The resize of the model file: `okng.resize` in torch, as products of matrices."""

import torch
from torch import Tensor, nn

from okng.resize import UNIT


class Resize(nn.Module):
    """Photos of any size to the pixels that training saw.

    Every product and sum is exact in float32, see `okng.resize`, so every backend computes the same
    pixels; that cannot be said of their resize operators.

    Args:
        size: height and width of the result, in pixels.
    """

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size

    def forward(self, photo: Tensor) -> Tensor:
        """uint8 (N, H, W, 3) to float32 (N, 3, S, S): whole grey levels / 255."""
        count, height, width, _ = photo.shape
        rows = resize_weights(height, self.size, photo.device)  # (S, H)
        columns = resize_weights(width, self.size, photo.device)  # (S, W)
        # Rows first, (S, H) @ (N, H, W * 3), rounded in between as in `okng.resize`.
        short = _whole(rows @ photo.reshape(count, height, width * 3).float())
        channels_first = short.reshape(count, self.size, width, 3).permute(0, 3, 1, 2)
        # (N, 3, S, W) @ (W, S)
        return _whole(channels_first @ columns.t()) / 255


def resize_weights(before: int, after: int, device: torch.device | str = "cpu") -> Tensor:
    """`okng.resize.resize_weights` in torch, for sides that are known on the line only.

    Every backend multiplies matrices alike, which cannot be said of their resize operators. Whole
    numbers below 2^31 throughout, as OpenVINO computes them in 32 bits, then one division.

    Returns:
        float32 (after, before), multiples of 1 / 65,536, rows sum to 1.
    """
    kind = torch.int32
    sides = torch.ones(1, dtype=kind, device=device) * before
    # In units of 1 / (2 * after) of a pixel of the photo, everything is a whole number.
    reach = 2 * sides.clamp(min=after)  # of the triangle around a centre
    centres = (2 * torch.arange(after, dtype=kind, device=device) + 1) * sides
    pixels = torch.arange(after, 2 * before * after, 2 * after, dtype=kind, device=device)
    apart = (pixels[None] - centres[:, None]).abs()
    # (after, before): sums of the triangle up to each pixel; rounding sums keeps rows at 1.
    sums = (reach - apart).clamp(min=0).cumsum(1, dtype=kind).float()
    total = sums[:, -1:]
    edges = ((sums + total / (2 * UNIT)) * (UNIT / total)).floor()
    earlier = torch.cat([torch.zeros_like(edges[:, :1]), edges[:, :-1]], 1)
    weights: Tensor = (edges - earlier) / UNIT
    return weights


def _whole(levels: Tensor) -> Tensor:
    """Grey levels rounded to whole ones, halves upwards."""
    return (levels + 0.5).floor()

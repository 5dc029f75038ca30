"""Local contrast normalisation in whole grey levels: every backend computes the same pixels.

In float32 the sums of a mean depend on their order, so two backends differ by one part in a
million. INT8 layers round their input, and turn a difference that falls on a rounding border into a
whole step. Here every sum is of integers below 2**24, which float32 holds exactly in any order, and
what lies between the sums are single products that IEEE 754 defines to the last bit.

The means are computed on blocks of pixels, which a Gaussian of many pixels does not resolve, and
interpolated: a sixth of the products of `FlattenLight`.
"""

import torch
from torch import Tensor, nn

from okng.training.networks.layers.local_contrast import FLOOR, gaussian

_LUMINANCE = (77.0, 150.0, 29.0)
"""Of red, green and blue, after ITU-R BT.601, in 256ths: a sum of integers."""
_BLOCK = 4  # pixels per side of a block, where they divide the side of the photo
_FINEST = 1.25  # Gaussian on blocks, in blocks: below, pixels are averaged without blocks
_STEPS = 4  # values per grey level: means have 10 bits
_MEAN_BITS, _SQUARE_BITS = 13, 11
"""Bits of the weights: 10 + 13 and 13 + 11 bits are at most the 24 of a float32."""
_LARGEST = 127.0  # grey levels of contrast: beyond, a square would exceed 13 bits
_UNIT = 2.0  # squared grey levels: unit of the squares
_PER_UNIT = 4.0  # values of the variance per unit
_FLOOR = FLOOR * 255  # grey levels
_RANGE = 3.0  # standard deviations that become black and white
_WHITE = 127.0  # steps to either side of the middle grey 128


class WholeFlattenLight(nn.Module):
    """Photos in [0, 1] -> grey photos in whole grey levels, without slow changes of illumination.

    Args:
        image_size: height and width of the photos.
        width: standard deviation of the Gaussian, as a fraction of the photo's side.
    """

    luminance: Tensor
    gain: Tensor

    def __init__(self, image_size: int, width: float) -> None:
        super().__init__()
        deviation = width * image_size
        self.block = _block(image_size, deviation)
        self.mean = _Surround(image_size, deviation, self.block, _MEAN_BITS)
        self.square = _Surround(image_size, deviation, self.block, _SQUARE_BITS)
        self.register_buffer("gain", _gains(), persistent=False)
        weights = torch.tensor(_LUMINANCE)[:, None, None]
        self.register_buffer("luminance", weights, persistent=False)

    def forward(self, photos: Tensor) -> Tensor:
        """float32 (N, 3, S, S) in [0, 1] to float32 (N, 3, S, S) in [0, 1], all channels equal."""
        levels = (photos * 255).round()
        grey = ((levels * self.luminance).sum(1, keepdim=True) / 256).round()  # (N, 1, S, S)
        steps = grey * _STEPS
        fine = ((steps - self.mean(steps)) / _STEPS).clamp(-_LARGEST, _LARGEST)
        squares = (fine * fine / _UNIT).round()
        variance = (self.square(squares) * _PER_UNIT).round().long()
        flat: Tensor = (fine * self.gain[variance]).round().clamp(-_WHITE, _WHITE)
        return ((flat + 128) / 255).expand(-1, 3, -1, -1)  # as pretrained networks take colours


def _gains() -> Tensor:
    """Steps of grey per grey level of contrast (V,), by the variance in units of 1/4.

    A table, because runtimes approximate square roots: onnxruntime's differ from those of torch in
    the last bit, at one place in six.
    """
    variances = torch.arange(int(_LARGEST**2 / _UNIT * _PER_UNIT) + 2).double() / _PER_UNIT
    gains: Tensor = (_WHITE / _RANGE / (variances * _UNIT + _FLOOR**2).sqrt()).float()
    return gains


class _Surround(nn.Module):
    """The mean around each place, of integers (N, 1, S, S), rounded to quarters of the unit.

    Args:
        side: of the photo, in pixels.
        deviation: of the Gaussian, in pixels.
        block: pixels per side of a block.
        bits: of the weights.
    """

    blur: Tensor
    between: Tensor

    def __init__(self, side: int, deviation: float, block: int, bits: int) -> None:
        super().__init__()
        self.block, self.scale = block, float(2**bits)
        # Blocks and interpolation blur too: variances of a box and of a triangle of this width.
        blocks = (deviation**2 - (block**2 / 4 if block > 1 else 0.0)) ** 0.5 / block
        self.register_buffer(
            "blur", _whole(gaussian(side // block, blocks), bits), persistent=False
        )
        self.register_buffer("between", _interpolation(side // block, block), persistent=False)

    def forward(self, values: Tensor) -> Tensor:
        """Means of integers below 2**10, or 2**13 with 11 bits."""
        if self.block > 1:  # the mean of 16 integers is exact, in 16ths
            values = nn.functional.avg_pool2d(values, self.block).round()
        down = (self.blur @ values / self.scale).round()  # (N, 1, s, s), s blocks
        blurred = (down @ self.blur.t() / self.scale).round()
        if self.block == 1:
            return blurred
        return (self.between @ blurred @ self.between.t()) / (2 * self.block) ** 2


def _block(side: int, deviation: float) -> int:
    """Pixels per side of a block: 4, or 2, or 1 where the Gaussian is too narrow."""
    for block in (_BLOCK, _BLOCK // 2):
        if side % block == 0 and deviation / block >= _FINEST:
            return block
    return 1


def _whole(weights: Tensor, bits: int) -> Tensor:
    """Weights (s, s) whose rows sum to 1, as integers whose rows sum to 2**bits."""
    whole = (weights.double() * 2**bits).round()
    rest = 2**bits - whole.sum(1)
    whole[torch.arange(len(whole)), whole.argmax(1)] += rest  # a few units, to the largest weight
    exact: Tensor = whole.float()
    return exact


def _interpolation(blocks: int, block: int) -> Tensor:
    """Linear interpolation between centres of blocks (S, s), in units of 1 / (2 * block)."""
    places = (torch.arange(blocks * block) * 2 + 1 - block).double() / (2 * block)
    places = places.clamp(0, blocks - 1)
    lower = places.floor().clamp(max=max(0, blocks - 2)).long()
    share = places - lower
    weights = torch.zeros(blocks * block, blocks, dtype=torch.float64)
    rows = torch.arange(blocks * block)
    weights[rows, lower] = 1 - share
    weights[rows, (lower + 1).clamp(max=blocks - 1)] += share
    whole: Tensor = (weights * 2 * block).round().float()
    return whole

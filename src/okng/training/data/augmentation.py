"""Augmentation of whole batches as tensor operations, reproducible from a generator."""

import math

import torch
from torch import Tensor

from okng.config import AugmentSettings, Flips, Turns

_TURNED = 0.5  # fraction of photos that are rotated at all
_DARKEST = 1e-3  # the gradient of a power is infinite at 0


def augment(photos: Tensor, settings: AugmentSettings, generator: torch.Generator) -> Tensor:
    """Move, change light (tone curve, contrast, brightness, side), blur, add noise.

    Each photo has its own draw.

    Args:
        photos: float32 (N, C, S, S) in [0, 1].
        settings: how far each change may go; `turns` is decided, see `straight`, or any.
        generator: decides every draw.

    Returns:
        float32 (N, C, S, S) in [0, 1]; unless turned by quarters, half of them are turned at all,
        and corners that this uncovers mirror the photo.
    """
    photos = _turn(photos, settings, generator)
    photos = _relight(photos, settings, generator)
    if settings.blur:
        photos = _blur(photos, settings.blur, generator)
    return _add_noise(photos, settings.noise, generator) if settings.noise else photos


def _turn(photos: Tensor, settings: AugmentSettings, generator: torch.Generator) -> Tensor:
    """Rotated, flipped, zoomed, sheared and shifted, in one step that blurs once."""
    moves = settings.rotation, settings.zoom, settings.shear, settings.shift
    if not any(moves) and settings.flips is Flips.NONE:
        return photos
    count = len(photos)
    angle = _angle(count, settings, generator)
    across = _sign(count, settings.flips in {Flips.HORIZONTAL, Flips.BOTH}, generator)
    down = _sign(count, settings.flips in {Flips.VERTICAL, Flips.BOTH}, generator)
    rows = (
        torch.stack([across * angle.cos(), -across * angle.sin()], 1),
        torch.stack([down * angle.sin(), down * angle.cos()], 1),
    )
    linear = _stretch(torch.stack(rows, 1), settings, generator)  # (N, 2, 2)
    shift = torch.zeros(count, 2, 1)
    if settings.shift:  # of a side that is 2 long
        shift = _draw(2 * count, 2 * settings.shift, generator).reshape(count, 2, 1)
    affine = torch.cat([linear, shift], 2).to(photos.device)  # (N, 2, 3)
    grid = torch.nn.functional.affine_grid(affine, list(photos.shape), align_corners=False)
    return torch.nn.functional.grid_sample(
        photos, grid, padding_mode="reflection", align_corners=False
    )


def _stretch(linear: Tensor, settings: AugmentSettings, generator: torch.Generator) -> Tensor:
    """Linear maps (N, 2, 2) with zoom and shear; what is off draws nothing."""
    if settings.zoom:
        linear = linear * _draw(len(linear), settings.zoom, generator).exp()[:, None, None]
    if settings.shear:
        shear = torch.eye(2).repeat(len(linear), 1, 1)
        shear[:, 0, 1] = _draw(len(linear), settings.shear, generator)
        linear = linear @ shear
    return linear


def _angle(count: int, settings: AugmentSettings, generator: torch.Generator) -> Tensor:
    """Angles (N,) in radians: quarters, which lose nothing, or any, and then half of them none."""
    limit = math.radians(settings.rotation)
    if settings.turns is Turns.QUARTER:
        quarters = min(4, 1 + 2 * round(2 * limit / math.pi))
        drawn = torch.randint(quarters, (count,), generator=generator) - (quarters - 1) // 2
        return drawn * (math.pi / 2)
    # Interpolation blurs a little. Trained on rotated photos alone, a network errs on upright ones.
    angle = _draw(count, limit, generator)
    return angle * (torch.rand(count, generator=generator) < _TURNED)


def _relight(photos: Tensor, settings: AugmentSettings, generator: torch.Generator) -> Tensor:
    def change(limit: float) -> Tensor:
        return _draw(len(photos), limit, generator)[:, None, None, None].to(photos.device)

    contrast, brightness = 1 + change(settings.contrast), 1 + change(settings.brightness)
    if settings.gamma:
        photos = photos.clamp(min=_DARKEST) ** change(settings.gamma).exp()
    mean = photos.mean((1, 2, 3), keepdim=True)  # (N, 1, 1, 1): contrast keeps the brightness
    photos = ((photos - mean) * contrast + mean) * brightness
    return (photos * (1 + _slope(photos, settings.side_light, generator))).clamp(0, 1)


def _slope(photos: Tensor, limit: float, generator: torch.Generator) -> Tensor:
    """Light that falls off towards one side, (N, 1, S, S): between -limit and limit."""
    height, width = photos.shape[2:]
    angle = _draw(len(photos), math.pi, generator)[:, None, None, None]
    strength = (_draw(len(photos), limit, generator).abs() / math.sqrt(2))[:, None, None, None]
    # A plane over the photo, in a random direction; sqrt(2) above is its height in a corner.
    rows = torch.linspace(-1, 1, height)[:, None] * angle.sin()
    columns = torch.linspace(-1, 1, width)[None, :] * angle.cos()
    return (strength * (rows + columns)).to(photos.device)


def _blur(photos: Tensor, limit: float, generator: torch.Generator) -> Tensor:
    """Gaussian blur with a deviation between 0 and limit pixels; a product along each side."""
    count, channels, height, width = photos.shape
    deviation = _draw(count, limit, generator).abs().clamp(min=1e-3)[:, None]
    reach = math.ceil(3 * limit)  # pixels: three standard deviations of the widest kernel
    places = torch.arange(-reach, reach + 1)
    kernel = torch.exp(-(places**2) / (2 * deviation**2))
    kernel = (kernel / kernel.sum(1, keepdim=True)).to(photos.device)  # (N, K)
    # One group per photo and channel, (1, C * N, H, W), because every photo has its own kernel.
    flat = photos.transpose(0, 1).reshape(1, channels * count, height, width)
    each = kernel.repeat(channels, 1)[:, None]  # (C * N, 1, K)
    pad = torch.nn.functional.pad(flat, (reach,) * 4, mode="replicate")
    rows = torch.nn.functional.conv2d(pad, each[:, :, None, :], groups=channels * count)
    both = torch.nn.functional.conv2d(rows, each[:, :, :, None], groups=channels * count)
    return both.reshape(channels, count, height, width).transpose(0, 1)


def _add_noise(photos: Tensor, limit: float, generator: torch.Generator) -> Tensor:
    """Gaussian noise with a deviation between 0 and limit, alike in all colours."""
    deviation = _draw(len(photos), limit, generator).abs()[:, None, None, None]
    noise = torch.randn(len(photos), 1, *photos.shape[2:], generator=generator) * deviation
    return (photos + noise.to(photos.device)).clamp(0, 1)


def _draw(count: int, limit: float, generator: torch.Generator) -> Tensor:
    return (torch.rand(count, generator=generator) * 2 - 1) * limit


def _sign(count: int, flip: bool, generator: torch.Generator) -> Tensor:
    heads = torch.rand(count, generator=generator) < 0.5
    return torch.where(heads, -1.0, 1.0) if flip else torch.ones(count)

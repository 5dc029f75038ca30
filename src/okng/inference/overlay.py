"""Draws the evidence for *defective* over a photo: a tint where there is much, and an outline.

Every photo is drawn on the scale of its model file, so that the same colour is the same evidence.
Places below its level stay clear, and the hottest region is outlined rather than covered.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

from okng.modelfile import HeatScale
from okng.verdict import Verdict

Floats = npt.NDArray[np.float32]
Photo = npt.NDArray[np.uint8]

# Violet to red to yellow: lightness rises all along, so that it also reads in grey print.
_STOPS = np.array([[80, 30, 140], [190, 40, 110], [240, 90, 50], [255, 220, 60]])
_OPACITY = 0.4  # of the hottest place: the defect below it stays visible
_GRID = 128  # cells of the longer side that a region is searched on
_HALF = 0.5  # of the hottest place: the region ends where evidence falls below
_NEAR = 0.8  # likewise, above the median, where no place stands out
OWN_LEVEL = 0.4
"""Share of its own maximum that stays clear in a heatmap without a scale."""
_LINE = 160  # side of a photo over the width of an outline, both in pixels
_BRIGHT, _PALE, _DARK = (255, 220, 60), (200, 205, 210), (20, 20, 20)
_GAP = 6  # white pixels between photo and overlay


class Layer(NamedTuple):
    """What is laid over a photo.

    Attributes:
        colour: uint8 (H, W, 4), RGB and opacity.
        stands_out: whether any place is above the level that stays clear.
    """

    colour: Photo
    stands_out: bool


def strength(verdict: Verdict, scale: HeatScale | None) -> Floats | None:
    """How much of the full colour each place has, float32 (h, w).

    0 and less is clear, 1 and more is full. It is the evidence for *defective*, whatever the
    verdict, on the scale of the model file. Files without evidence give their heatmap of the
    judged class, scaled to its own maximum. None where no heatmap was asked for.

    Args:
        verdict: of a photo that was judged with `heatmap=True`.
        scale: `Metadata.heat` of the model file.
    """
    if verdict.evidence is not None:
        if scale is None:
            highest = max(float(verdict.evidence.max()), 1e-6)
            scale = HeatScale(clear=OWN_LEVEL * highest, full=highest)
        relative = (verdict.evidence - scale.clear) / max(scale.full - scale.clear, 1e-6)
        return np.asarray(relative, dtype=np.float32)
    if verdict.heatmap is None:
        return None
    return np.asarray((verdict.heatmap - OWN_LEVEL) / (1 - OWN_LEVEL), dtype=np.float32)


def overlay(photo: Photo, strengths: Floats) -> Photo:
    """Lay strengths over a photo.

    Args:
        photo: uint8 (H, W, 3), RGB.
        strengths: float32 (h, w) of any size, see `strength`.

    Returns:
        uint8 (H, W, 3).
    """
    colour = layer(strengths, (photo.shape[0], photo.shape[1])).colour.astype(np.float32)
    cover = colour[..., 3:] / 255
    return np.asarray(photo * (1 - cover) + colour[..., :3] * cover).round().astype(np.uint8)


def beside(photo: Photo, strengths: Floats) -> Photo:
    """Photo and overlay side by side, uint8 (H, 2 W + 6, 3)."""
    gap = np.full((len(photo), _GAP, 3), 255, np.uint8)
    return np.concatenate([photo, gap, overlay(photo, strengths)], axis=1)


def layer(strengths: Floats, size: tuple[int, int]) -> Layer:
    """Tint and outline of strengths, at a height and width in pixels."""
    highest = float(strengths.max())
    # Bicubic curves swing beyond the values of the cells: no colour shall come of that.
    heat = _resized(strengths, size).clip(0, max(0.0, min(1.0, highest)))
    colour = np.zeros((*size, 4), dtype=np.uint8)
    colour[..., :3] = colours(heat).round()
    colour[..., 3] = (255 * _OPACITY * np.sqrt(heat)).round()
    stands_out = highest > 0
    width = max(1, round(max(size) / _LINE))
    region = _region(strengths, size)
    for pixels, ink in ((2 * width, _DARK), (width, _BRIGHT if stands_out else _PALE)):
        colour[_edge(region, pixels)] = (*ink, 255)
    return Layer(colour, stands_out)


def colours(values: Floats) -> npt.NDArray[np.float64]:
    """Colours (..., 3) in [0, 255] of values (...) in [0, 1]."""
    places = np.linspace(0, 1, len(_STOPS))
    return np.stack(
        [np.interp(values, places, _STOPS[:, channel]) for channel in range(3)], axis=-1
    )


def _region(strengths: Floats, size: tuple[int, int]) -> npt.NDArray[np.bool_]:
    """The hottest region (H, W): all that hangs together with the hottest place."""
    scale = _GRID / max(size)
    grid = _resized(strengths, (max(1, round(size[0] * scale)), max(1, round(size[1] * scale))))
    if float(grid.max() - grid.min()) < 1e-6:
        return np.zeros(size, dtype=bool)
    highest, middle = float(grid.max()), float(np.median(grid))
    ends = _HALF * highest if highest > 0 else middle + _NEAR * (highest - middle)
    high = grid >= ends
    region = np.zeros_like(high)
    region.ravel()[int(grid.argmax())] = True
    while True:
        grown = _grown(region, 1) & high
        if np.array_equal(grown, region):
            break
        region = grown
    return _resized(region.astype(np.float32), size) >= _HALF


def _edge(region: npt.NDArray[np.bool_], width: int) -> npt.NDArray[np.bool_]:
    """The line of so many pixels round a region, outside of it."""
    return _grown(region, width) & ~region if region.any() else region


def _grown(region: npt.NDArray[np.bool_], by: int) -> npt.NDArray[np.bool_]:
    image = Image.fromarray(region.astype(np.uint8) * 255)
    return np.asarray(image.filter(ImageFilter.MaxFilter(2 * by + 1))) > 0


def _resized(values: Floats, size: tuple[int, int]) -> Floats:
    image = Image.fromarray(np.ascontiguousarray(values, dtype=np.float32))
    return np.asarray(image.resize((size[1], size[0]), Image.Resampling.BICUBIC))

"""Lays a heatmap over a photo."""

import numpy as np
import numpy.typing as npt
from PIL import Image

# Black to blue to red to yellow: lightness rises all along, so that it also reads in grey print.
_STOPS = np.array([[0, 0, 0], [30, 40, 150], [170, 40, 140], [240, 90, 50], [255, 220, 60]])


def overlay(
    photo: npt.NDArray[np.uint8], heatmap: npt.NDArray[np.float32], opacity: float = 0.55
) -> npt.NDArray[np.uint8]:
    """Blend a heatmap into a photo; the hotter a place, the more it covers.

    Args:
        photo: uint8 (H, W, 3), RGB.
        heatmap: float32 (h, w) in [0, 1], of any size.
        opacity: how much the hottest place covers, in [0, 1].

    Returns:
        uint8 (H, W, 3).
    """
    height, width = photo.shape[:2]
    coarse = Image.fromarray(np.asarray(heatmap, dtype=np.float32))
    heat = np.asarray(coarse.resize((width, height), Image.Resampling.BICUBIC)).clip(0, 1)[
        ..., None
    ]
    cover = opacity * np.sqrt(heat)
    return np.asarray(photo * (1 - cover) + colours(heat[..., 0]) * cover).round().astype(np.uint8)


def colours(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """Colours (..., 3) in [0, 255] of values (...) in [0, 1]."""
    places = np.linspace(0, 1, len(_STOPS))
    return np.stack(
        [np.interp(values, places, _STOPS[:, channel]) for channel in range(3)], axis=-1
    )

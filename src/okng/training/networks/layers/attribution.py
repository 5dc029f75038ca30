"""Where a score comes from: the exact shares of places, gathered in the cells of a heatmap.

The classifier is linear and sees means and maxima of maps. A mean is a sum over places, the
largest mean of windows is one within that window, and a maximum lies where it is reached. So the
score falls into shares of places that leave nothing over.
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from okng.training.networks.layers.tile_pooling import places_of_largest

_REACH = 0.75  # deviation of the Gaussian, in places of the map
_LEAST = 0.5  # the same in cells of the heatmap: what is finer is noise


def attribution(
    maps: Sequence[Tensor], direction: Tensor, typical: Tensor, cells: int, *, tiles: int = 1
) -> Tensor:
    """What each cell adds to a score, beyond what it adds on an average photo.

    Args:
        maps: float32 (N, C, h, w) of each depth and view.
        direction: float32 (N, F), the slopes of each photo's score by mean and maximum of every
            map, C of one and C of the other for each depth.
        typical: float32 (F,), mean and maximum of every map of an average photo.
        cells: of the heatmap, along each side.
        tiles: windows per side that means are taken within; 1 is the whole map.

    Returns:
        float32 (N, cells, cells); they sum to the score, up to one constant.
    """
    found, begin = torch.zeros(1, device=direction.device), 0
    for level in maps:
        end = begin + 2 * level.shape[1]
        share = _of_places(level, direction[:, begin:end], typical[begin:end], tiles)
        rows, columns = (spread(side, cells, level.device) for side in level.shape[2:])
        found = found + rows @ share @ columns.t()
        begin = end
    return found


def _of_places(level: Tensor, direction: Tensor, typical: Tensor, tiles: int) -> Tensor:
    """Shares (N, h, w) of the places of one map."""
    mean, top = direction[:, :, None, None].chunk(2, dim=1)
    mean_before, top_before = typical[:, None, None].chunk(2)
    highest = level.amax((2, 3), keepdim=True)
    reached = (level >= highest).float()
    reached = reached / reached.sum((2, 3), keepdim=True)
    looked = places_of_largest(level, tiles)
    both = mean * (level - mean_before) * looked + top * (highest - top_before) * reached
    return both.sum(1)


def spread(side: int, cells: int, device: torch.device | str = "cpu") -> Tensor:
    """How the places along one side of a map share themselves out over cells.

    A place of a map has seen what is around it, so it is spread as a Gaussian as wide as that
    warrants. Nothing goes over the border.

    Returns:
        float32 (cells, side), columns sum to 1.
    """
    middles = (torch.arange(side, device=device) + 0.5) / side
    edges = torch.arange(cells + 1, device=device) / cells
    width = max(_REACH / side, _LEAST / cells)
    below = torch.erf((edges[:, None] - middles) / (width * math.sqrt(2)))
    within = below[1:] - below[:-1]
    return within / within.sum(0)

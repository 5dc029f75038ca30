"""Exact attribution of a score to places, summed up in the cells of a heatmap.

The classifier is linear in means and maxima of maps. A mean is a sum over places, the largest mean
of windows is a sum within that window, and a maximum is attained at one place. So the score is a
sum of contributions of places, without a remainder.
"""

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from okng.training.networks.layers.tile_pooling import places_of_largest

_REACH = 0.75  # standard deviation of the Gaussian, in places of the map
_LEAST = 0.5  # the same in cells of the heatmap: finer detail is noise


def attribution(
    maps: Sequence[Tensor], direction: Tensor, reference: Tensor, cells: int, *, tiles: int = 1
) -> Tensor:
    """What each cell adds to a score, beyond what it adds on the reference photo.

    Args:
        maps: float32 (N, C, h, w) of each depth and view.
        direction: float32 (N, F), the slopes of each photo's score by mean and maximum of every
            map, C of one and C of the other for each depth.
        reference: float32 (F,), mean and maximum of every map of an average photo.
        cells: of the heatmap, along each side.
        tiles: windows per side that means are taken within; 1 is the whole map.

    Returns:
        float32 (N, cells, cells); they sum to the score, up to one constant.
    """
    cell_sums, begin = torch.zeros(1, device=direction.device), 0  # becomes (N, cells, cells)
    for level in maps:
        end = begin + 2 * level.shape[1]
        share = _of_places(level, direction[:, begin:end], reference[begin:end], tiles)
        rows, columns = (spread(side, cells, level.device) for side in level.shape[2:])
        cell_sums = cell_sums + rows @ share @ columns.t()
        begin = end
    return cell_sums


def _of_places(level: Tensor, direction: Tensor, reference: Tensor, tiles: int) -> Tensor:
    """Contributions (N, h, w) of the places of one map (N, C, h, w)."""
    mean, top = direction[:, :, None, None].chunk(2, dim=1)  # slopes, (N, C, 1, 1) each
    mean_before, top_before = reference[:, None, None].chunk(2)
    highest = level.amax((2, 3), keepdim=True)
    reached = (level >= highest).float()
    reached = reached / reached.sum((2, 3), keepdim=True)  # equal maxima share it
    weights = places_of_largest(level, tiles)
    both = mean * (level - mean_before) * weights + top * (highest - top_before) * reached
    return both.sum(1)


def spread(side: int, cells: int, device: torch.device | str = "cpu") -> Tensor:
    """How the places along one side of a map are distributed over the cells of a heatmap.

    A place of a map has a receptive field around it, so it is spread as a Gaussian. Nothing is
    lost at the border.

    Returns:
        float32 (cells, side), columns sum to 1.
    """
    middles = (torch.arange(side, device=device) + 0.5) / side
    edges = torch.arange(cells + 1, device=device) / cells
    width = max(_REACH / side, _LEAST / cells)
    below = torch.erf((edges[:, None] - middles) / (width * math.sqrt(2)))
    within = below[1:] - below[:-1]
    return within / within.sum(0)

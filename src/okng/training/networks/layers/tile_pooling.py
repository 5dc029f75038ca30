"""Means of maps within overlapping windows, so that a small defect is not lost in a large photo.

What a network says of a tile of the photo is, but for the tile's edges, what it says of that place
of the photo. So the photo is not cut: tiles are windows over the maps, each half over the next as
in SAHI (Akyon, Altinuc, Temizel, ICIP 2022), and of their means the largest counts, which is
multiple-instance learning with the maximum over embeddings (Ilse, Tomczak, Welling, ICML 2018).
"""

import torch
from torch import Tensor


def window_weights(places: int, windows: int, device: torch.device | str = "cpu") -> Tensor:
    """Means within windows along one side, as a matrix.

    Each window is 2 / (windows + 1) of the side wide and reaches half over the next; together they
    cover it. A place that a window cuts counts by the part that lies within.

    Args:
        places: of the map along this side.
        windows: one or more.
        device: where the matrix is needed.

    Returns:
        float32 (windows, places), rows sum to 1.
    """
    step = torch.ones(1, device=device) * places / (windows + 1)
    # Windows start every half width; a window takes of a place what lies within it, 0 to 1.
    begin = torch.arange(windows, device=device)[:, None] * step  # (windows, 1), in places
    place = torch.arange(places, device=device)[None]  # (1, places)
    end = torch.minimum(begin + 2 * step, place + 1)
    inside = (end - torch.maximum(begin, place * torch.ones_like(begin))).clamp(min=0)
    return inside / inside.sum(1, keepdim=True)


def window_means(maps: Tensor, windows: int) -> Tensor:
    """Mean of maps (N, C, h, w) within each window: float32 (N, C, windows, windows)."""
    rows, columns = _sides(maps, windows)
    return rows @ maps @ columns.t()  # (windows, h) @ (N, C, h, w) @ (w, windows)


def largest_mean(maps: Tensor, windows: int) -> Tensor:
    """The largest of the windows' means, of each map: float32 (N, C); one window is the whole."""
    if windows == 1:
        return maps.mean((2, 3))
    return window_means(maps, windows).amax((2, 3))


def pool(maps: list[Tensor], windows: int = 1) -> Tensor:
    """Largest mean of windows, and maximum, of every map (N, C, h, w): float32 (N, F).

    F is 2 C of each map, its means first.
    """
    both = ((largest_mean(m, windows), m.amax((2, 3))) for m in maps)
    return torch.cat([part for parts in both for part in parts], 1)


def places_of_largest(maps: Tensor, windows: int) -> Tensor:
    """By which weights the places of a map make up `largest_mean`; equal windows share alike.

    Returns:
        float32 (N, C, h, w), or (1, 1, 1, 1) where all places of all maps weigh the same; over the
        places of a map they sum to 1.
    """
    if windows == 1:
        return maps.new_full((1, 1, 1, 1), 1 / (maps.shape[2] * maps.shape[3]))
    means = window_means(maps, windows)  # (N, C, windows, windows)
    largest = (means >= means.amax((2, 3), keepdim=True)).float()
    rows, columns = _sides(maps, windows)
    # The transpose of `window_means` spreads each window back over its places.
    return rows.t() @ (largest / largest.sum((2, 3), keepdim=True)) @ columns


def _sides(maps: Tensor, windows: int) -> tuple[Tensor, Tensor]:
    height, width = (window_weights(side, windows, maps.device) for side in maps.shape[2:])
    return height, width

"""Windows over maps: they cover them, overlap by half, and the largest mean counts."""

import pytest
import torch

from okng.training.networks.layers.tile_pooling import (
    largest_mean,
    places_of_largest,
    window_means,
    window_weights,
)


@pytest.mark.parametrize(("places", "windows"), [(6, 2), (6, 4), (7, 5), (48, 4), (4, 4)])
def test_windows_cover_the_side_and_weigh_what_they_hold(places: int, windows: int) -> None:
    """Each is a mean, none of the places is left out, and both ends mirror each other."""
    weights = window_weights(places, windows)

    assert weights.shape == (windows, places)
    assert torch.allclose(weights.sum(1), torch.ones(windows))
    assert (weights.sum(0) > 0).all()
    assert torch.allclose(weights, weights.flip(0, 1), atol=1e-6)


def test_each_window_reaches_half_over_the_next() -> None:
    """Two windows on six places hold four each, two of them both."""
    held = window_weights(6, 2) > 0

    assert held.int().tolist() == [[1, 1, 1, 1, 0, 0], [0, 0, 1, 1, 1, 1]]


def test_one_window_is_the_whole_map() -> None:
    """Without tiles nothing changes."""
    maps = torch.rand(2, 3, 5, 7)

    assert torch.equal(largest_mean(maps, 1), maps.mean((2, 3)))
    assert torch.allclose(window_means(maps, 1)[..., 0, 0], maps.mean((2, 3)))


def test_small_spot_counts_by_its_window() -> None:
    """One place of 144 is a 144th of the mean, but a 16th of the mean of its window."""
    maps = torch.zeros(1, 1, 12, 12)
    maps[0, 0, 1, 10] = 1.0

    assert largest_mean(maps, 5).item() == pytest.approx(1 / 16)


@pytest.mark.parametrize("windows", [1, 2, 3, 4])
def test_places_make_up_the_largest_mean(windows: int) -> None:
    """Their weights sum to one, also where several windows are the largest."""
    maps = torch.rand(3, 4, 9, 6)
    maps[0] = 0.5
    weights = places_of_largest(maps, windows)

    assert torch.allclose((weights * maps).sum((2, 3)), largest_mean(maps, windows), atol=1e-6)
    assert torch.allclose((weights * torch.ones_like(maps)).sum((2, 3)), torch.ones(3, 4))

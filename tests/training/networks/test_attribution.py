"""Shares of places: where they lie, and that nothing is lost on the way to the cells."""

import pytest
import torch

from okng.training.networks.layers.attribution import attribution, spread


@pytest.mark.parametrize(("side", "cells"), [(48, 12), (6, 12), (7, 7), (13, 5), (1, 4)])
def test_what_is_spread_is_kept(side: int, cells: int) -> None:
    """Each place gives all it has, also at the border and where cells do not fit."""
    sums = spread(side, cells).sum(0)

    assert torch.allclose(sums, torch.ones(side), atol=1e-6)


@pytest.mark.parametrize(("side", "cells"), [(48, 12), (6, 12), (13, 5)])
def test_left_and_right_are_spread_alike(side: int, cells: int) -> None:
    """Places are taken for the middle of what they saw, not for its corner."""
    found = spread(side, cells)

    assert torch.allclose(found, found.flip(0, 1), atol=1e-6)


@pytest.mark.parametrize("side", [48, 12, 6])
def test_the_hottest_cell_is_where_the_map_is_lit(side: int) -> None:
    """Whatever the resolution of the map; the other depth shows nothing."""
    row, column = side // 3, 2 * side // 3
    lit, dark = torch.zeros(1, 2, side, side), torch.zeros(1, 3, 24, 24)
    lit[0, 1, row, column] = 1
    found = attribution([lit, dark], torch.ones(1, 10), torch.zeros(10), 12)[0]
    hottest = divmod(int(found.argmax()), 12)

    assert hottest[0] in {row * 12 // side, ((row + 1) * 12 - 1) // side}
    assert hottest[1] in {column * 12 // side, ((column + 1) * 12 - 1) // side}


def test_a_maximum_lies_where_it_is_reached() -> None:
    """Reached twice, it is shared; the means say nothing here."""
    level = torch.zeros(1, 1, 8, 8)
    level[0, 0, 0, 0] = level[0, 0, 7, 7] = 3
    found = attribution([level], torch.tensor([[0.0, 2.0]]), torch.tensor([0.0, 1.0]), 8)[0]

    assert float(found.sum()) == pytest.approx(4.0, abs=1e-5)
    assert torch.allclose(found, found.flip(0, 1), atol=1e-6)
    assert float(found[:2, :2].sum()) > 1.5

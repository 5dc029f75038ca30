"""Flattened light in whole grey levels: the same pixels on every backend."""

import numpy as np
import pytest
import torch

from okng.onnx_runtime import open_graph
from okng.testing import draw_part
from okng.training.networks.layers.local_contrast import FlattenLight
from okng.training.networks.layers.whole_contrast import WholeFlattenLight
from okng.training.quantization.frozen_graph import frozen_graph

WIDTHS = [1 / 32, 3 / 64, 1 / 16, 3 / 32]


def _parts(size: int, count: int = 3) -> torch.Tensor:
    photos = np.stack([draw_part(seed, size=size).photo for seed in range(count)])
    return torch.from_numpy(photos).permute(0, 3, 1, 2).float() / 255


@pytest.mark.parametrize(("size", "width"), [(96, 1 / 16), (97, 1 / 16), (192, 1 / 32)])
def test_onnxruntime_computes_the_same_pixels(size: int, width: float) -> None:
    """To the last bit, though it adds in another order: sums are of whole numbers."""
    flatten = WholeFlattenLight(size, width).eval()
    parts = _parts(size)
    graph = frozen_graph(flatten, parts)
    assert graph is not None
    given = open_graph(graph.SerializeToString()).run(None, {"photos": parts.numpy()})[0]

    assert np.array_equal(given, flatten(parts).numpy())


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("what", ["mean", "square"])
def test_sums_fit_into_a_float(width: float, what: str) -> None:
    """In float64, with 29 bits more, the largest contrasts have the same sums to the last bit.

    The one product after them is rounded in float32, so a pixel in float64 may be another.
    """
    largest = {"mean": 1020.0, "square": 8064.0}[what]  # 10 and 13 bits
    hard = (torch.arange(192) // 48 % 2).float().expand(1, 1, 192, 192).clone()
    hard[..., 96:, :] = torch.rand(96, 192).round()
    surround = getattr(WholeFlattenLight(192, width), what)
    exact = getattr(WholeFlattenLight(192, width).double(), what)

    assert torch.equal(surround(hard * largest).double(), exact(hard.double() * largest))


@pytest.mark.parametrize("width", WIDTHS)
def test_it_is_what_float32_gives_but_for_rounding(width: float) -> None:
    """On average within one grey level of `FlattenLight`."""
    parts = _parts(192)

    apart = (WholeFlattenLight(192, width)(parts) - FlattenLight(192, width)(parts)).abs()

    assert apart.mean() < 1 / 255


def test_values_are_whole_grey_levels_in_range() -> None:
    """Black, white and noise give k / 255, and what has no contrast gives the middle grey."""
    photos = torch.cat(
        [torch.zeros(1, 3, 64, 64), torch.ones(1, 3, 64, 64), torch.rand(1, 3, 64, 64)]
    )
    flat = WholeFlattenLight(64, 1 / 16)(photos)

    assert torch.equal(flat[:2], torch.full_like(flat[:2], 128 / 255))
    assert torch.allclose(flat * 255, (flat * 255).round(), atol=1e-4)
    assert 1 / 255 <= flat.min() < flat.max() <= 1


def test_light_that_changes_slowly_disappears() -> None:
    """Half the light, falling off to one side, changes hardly anything."""
    part = _parts(96, 1) * 0.6 + 0.1
    dim = part * torch.linspace(0.4, 0.8, 96)
    flatten = WholeFlattenLight(96, 1 / 16)

    assert (dim - part).abs().mean() > 0.08
    assert (flatten(dim) - flatten(part)).abs().mean() < 0.025


@pytest.mark.parametrize(
    ("size", "width"), [(192, 1 / 16), (90, 1 / 16), (64, 1 / 32), (63, 1 / 16)]
)
def test_means_of_a_constant_are_the_constant(size: int, width: float) -> None:
    """Weights sum to one whatever the blocks, also at the borders."""
    surround = WholeFlattenLight(size, width).mean

    assert torch.equal(
        surround(torch.full((1, 1, size, size), 801.0)), torch.full((1, 1, size, size), 801.0)
    )

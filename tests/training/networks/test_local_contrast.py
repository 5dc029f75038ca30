"""Flattened light: the same part in another light looks the same."""

import torch

from okng.testing import draw_part
from okng.training.networks.layers.local_contrast import FlattenLight


def _part() -> torch.Tensor:
    photo = torch.from_numpy(draw_part(1, size=96).photo).permute(2, 0, 1)[None].float() / 255
    return photo * 0.6 + 0.1


def test_light_that_changes_slowly_disappears() -> None:
    """Half the light, falling off to one side, changes hardly anything."""
    part = _part()
    dim = part * torch.linspace(0.4, 0.8, 96)
    flatten = FlattenLight(96, 1 / 16)

    assert (dim - part).abs().mean() > 0.08
    assert (flatten(dim) - flatten(part)).abs().mean() < 0.02


def test_values_stay_in_range() -> None:
    """Black, white and noise give values in [0, 1]."""
    photos = torch.cat(
        [torch.zeros(1, 3, 64, 64), torch.ones(1, 3, 64, 64), torch.rand(1, 3, 64, 64)]
    )
    flat = FlattenLight(64, 1 / 16)(photos)

    assert flat.min() >= 0
    assert flat.max() <= 1
    assert torch.allclose(flat[:2], torch.full_like(flat[:2], 0.5), atol=1e-2)


def test_means_of_a_constant_are_the_constant() -> None:
    """The rows of the blur sum to one, also at the borders."""
    assert torch.allclose(FlattenLight(48, 1 / 16).blur.sum(1), torch.ones(48), atol=1e-6)

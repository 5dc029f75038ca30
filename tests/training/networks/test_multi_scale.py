"""The network read at several depths: right maps, exact shares."""

from itertools import pairwise
from typing import Any

import pytest
import timm
import torch

from okng.config import View
from okng.training.networks.multi_scale import MultiDepth, depths

PHOTOS = torch.rand(2, 3, 64, 64, generator=torch.Generator().manual_seed(0))


def _network(view: View = View.BOTH, outputs: int = 1, tiles: int = 1) -> MultiDepth:
    torch.manual_seed(0)
    network = MultiDepth(
        timm.create_model("resnet10t", pretrained=False), outputs=outputs, image_size=64, view=view,
        mean=(0.5,) * 3, std=(0.2,) * 3, tiles=tiles,
    ).eval()  # fmt: skip
    network.typical.copy_(torch.rand_like(network.typical))
    return network


@pytest.mark.parametrize("name", ["resnet18", "efficientnet_b0", "convnext_atto", "regnety_002"])
def test_depths_of_known_families(name: str) -> None:
    """A fourth of the side down to a thirty-second."""
    model: Any = timm.create_model(name, pretrained=False)
    chosen = [model.feature_info[number]["reduction"] for number in depths(model)]

    assert chosen == [4, 8, 16, 32]


def test_transformers_are_read_at_four_depths() -> None:
    """They keep one resolution, so the quarters of their depth are taken."""
    assert depths(timm.create_model("vit_tiny_patch16_224", pretrained=False)) == [2, 5, 8, 11]


def test_the_old_head_is_cut_off() -> None:
    """Nobody reads it, and it would make the model file larger."""
    names = [name for name, _ in _network().named_parameters() if "fc" in name]

    assert names == []


@pytest.mark.parametrize(("view", "maps"), [(View.RAW, 4), (View.BOTH, 2 * 4), (View.FLAT, 4 * 3)])
def test_each_view_is_read_at_its_depths(view: View, maps: int) -> None:
    """Mean and maximum of each map; flattened light alone in four widths, not the deepest maps."""
    network = _network(view)
    values = network.pooled(network.features(PHOTOS))

    assert values.shape == (2, network.classifier.in_features)
    assert len(network.widths) == maps


def test_widths_of_flattened_light_show_different_things() -> None:
    """A wider one leaves more of a slow change; otherwise four would be three too many."""
    slow = torch.linspace(0.2, 0.8, 64).expand(1, 3, 64, 64)
    views = _network(View.FLAT).views(slow)

    assert all(not torch.allclose(a, b, atol=0.01) for a, b in pairwise(views))


def test_tiles_change_means_and_nothing_else() -> None:
    """Maxima are the same, and so is what tells how unfamiliar a photo is."""
    plain, tiled = _network(), _network(tiles=2)
    with torch.no_grad():
        maps = plain.features(PHOTOS)
        before, after = plain.pooled(maps), tiled.pooled(maps)
    size = plain.widths[0]

    assert not torch.allclose(after[:, :size], before[:, :size])
    assert torch.equal(after[:, size : 2 * size], before[:, size : 2 * size])
    assert torch.equal(tiled.descriptor(maps), plain.descriptor(maps))


@pytest.mark.parametrize("tiles", [1, 2])
def test_shares_sum_to_the_score(tiles: int) -> None:
    """Up to one constant that is the same for all photos: the heatmap leaves nothing out."""
    network = _network(tiles=tiles)
    photos = torch.cat([PHOTOS, torch.rand(3, 3, 64, 64)])
    with torch.no_grad():
        scores = network(photos)[:, 0]
        maps = network.features(photos)
        sums = network.attribution(maps, network.classifier.weight.expand(5, -1)).sum((1, 2))

    rest = (scores - sums).tolist()
    assert all(a == pytest.approx(b, abs=1e-3) for a, b in pairwise(rest))


def test_light_alone_leaves_the_flat_view_unmoved() -> None:
    """A photo at half the light gives nearly the same features."""
    network = _network(View.FLAT)
    with torch.no_grad():
        bright, dim = (network.pooled(network.features(p)) for p in (PHOTOS, PHOTOS / 2))

    assert torch.allclose(bright, dim, rtol=0.05, atol=0.05)

"""Cuts a network in two: layers that stay as they are, and layers that learn.

What the lower layers say of a photo does not change in training, so it is worked out once, by the
quickest engine there is, and kept (`maps`). Only the upper layers then run in every step.
"""

from typing import Any, cast

import torch
from torch import Tensor, nn

from okng.training.networks.multi_scale import MultiDepth, pool

_ALIKE = 1e-3  # two orders of the same sums differ by less


class FrozenTrunk(nn.Module):
    """The layers that stay: photos (N, 3, S, S) in [0, 1] -> rows (N, F + V * C * h * w).

    A row holds mean and maximum of the maps of these depths (F numbers, view by view), then the
    maps at the cut of each of the V views.

    Args:
        network: its maps up to depth `cut` are those below the cut.
        cut: number of the depth at whose maps it is cut.
    """

    def __init__(self, network: MultiDepth, cut: int) -> None:
        super().__init__()
        self.network = network
        self.depths = cut + 1

    def forward(self, photos: Tensor) -> Tensor:
        """Rows of photos."""
        found = [
            self.network.intermediate(view, self.depths) for view in self.network.views(photos)
        ]
        pooled = self.network.pooled([level for levels in found for level in levels])
        return torch.cat([pooled, *(levels[-1].flatten(1) for levels in found)], 1)


class TrainableTop(nn.Module):
    """The layers that learn, and the classifier: rows of `FrozenTrunk` -> logits (N, outputs).

    Its modules are those of the network, so what it learns the network has learned.

    Args:
        network: see `FrozenTrunk`.
        cut: see `FrozenTrunk`.
        side: height and width of the maps at the cut.
    """

    def __init__(self, network: MultiDepth, cut: int, side: tuple[int, int]) -> None:
        super().__init__()
        self.rest, self.ends = _rest(network, cut)
        self.classifier = network.classifier
        self.tiles = network.tiles
        self.views = network.lights
        self.below = 2 * sum(network.widths[: cut + 1])
        self.shape = (network.widths[cut], *side)

    def split(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """Rows as numbers of the lower depths (N, V, F / V) and maps (N * V, C, h, w)."""
        size = self.views * self.below
        pooled = rows[:, :size].reshape(len(rows), self.views, self.below)
        return pooled, rows[:, size:].reshape(-1, *self.shape)

    def forward(self, rows: Tensor) -> Tensor:
        """Logits (N, outputs)."""
        logits: Tensor = self.classifier(self.seen(rows))
        return logits

    def seen(self, rows: Tensor) -> Tensor:
        """What the classifier sees of them: float32 (N, F)."""
        pooled, maps = self.split(rows)
        maps = maps.contiguous(memory_format=torch.channels_last)
        parts = [pooled]
        for number, layer in enumerate(self.rest):
            maps = layer(maps)
            if number in self.ends:
                parts.append(pool([maps], self.tiles).reshape(len(rows), self.views, -1))
        return torch.cat(parts, 2).flatten(1)


def cut_network(network: nn.Module, photos: Tensor) -> tuple[FrozenTrunk, TrainableTop] | None:
    """Cut a network where its frozen layers end.

    Args:
        network: in evaluation mode; layers that shall stay have `requires_grad` off.
        photos: a few photos (N, 3, S, S) in [0, 1], to try whether both halves make the whole.

    Returns:
        None where it cannot be cut at one of its depths: its layers are not one chain, or no depth
        has all of the learning layers above it.
    """
    if not isinstance(network, MultiDepth):
        return None
    for cut in reversed(range(len(network.levels) - 1)):
        layers, _ = _rest(network, cut)
        if _holds_all(layers, network):
            return _tried(network, cut, photos)
    return None


@torch.no_grad()
def _tried(
    network: MultiDepth, cut: int, photos: Tensor
) -> tuple[FrozenTrunk, TrainableTop] | None:
    """Both halves, if together they say what the network says."""
    maps = network.intermediate(network.views(photos)[0], cut + 1)[-1]
    lower, upper = (
        FrozenTrunk(network, cut),
        TrainableTop(network, cut, (maps.shape[2], maps.shape[3])),
    )
    try:
        said = network.pooled(network.features(photos))
        halves = upper.seen(lower(photos))
    except (RuntimeError, TypeError, ValueError):  # the layers are not called one after the other
        return None
    fits = said.shape == halves.shape and torch.allclose(said, halves, rtol=_ALIKE, atol=_ALIKE)
    return (lower, upper) if fits else None


def _rest(network: MultiDepth, cut: int) -> tuple[nn.ModuleList, list[int]]:
    """The layers after a depth, in order, and after which of them the deeper depths stand."""
    names = [network.model.feature_info[number]["module"] for number in network.wanted[cut:]]
    parent, _, first = names[0].rpartition(".")
    siblings: dict[str, Any] = dict(network.model.get_submodule(parent).named_children())
    order = list(siblings)
    wanted = [order.index(name.rpartition(".")[2]) for name in names if _child(name, parent, order)]
    if len(wanted) < len(names):
        return nn.ModuleList(), []
    begin = order.index(first) + 1
    layers = [siblings[name] for name in order[begin : wanted[-1] + 1]]
    return nn.ModuleList(layers), [place - begin for place in wanted[1:]]


def _child(name: str, parent: str, order: list[str]) -> bool:
    above, _, own = name.rpartition(".")
    return above == parent and own in order


def _holds_all(layers: nn.ModuleList, network: MultiDepth) -> bool:
    """Whether every parameter that learns stands in these layers; and whether there are any."""
    held = {id(p) for p in layers.parameters()}
    learning = [p for p in cast("nn.Module", network.model).parameters() if p.requires_grad]
    return bool(learning) and all(id(p) in held for p in learning)

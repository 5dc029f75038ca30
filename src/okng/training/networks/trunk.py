"""A network cut in two: a frozen trunk and a trainable top.

Activations of the frozen layers are constant during training. So they are computed once, with the
fastest available runtime, and cached (`probe.feature_cache`); every training step runs the top
alone.
"""

from typing import Any, Protocol

import torch
from torch import Tensor, nn

from okng.training.networks.layers.tile_pooling import pool
from okng.training.networks.protocol import EmbeddingTop


class DepthReader(Protocol):
    """A network read at several depths, in several illuminations of the photo (V of them)."""

    def views(self, photos: Tensor) -> list[Tensor]:
        """The photos (N, 3, S, S) in each of the V illuminations."""
        ...

    def intermediate(self, photos: Tensor, depths: int | None = None) -> list[Tensor]:
        """Maps (N, C, h, w) of the first depths."""
        ...

    def pooled(self, maps: list[Tensor]) -> Tensor:
        """Mean and maximum of every map: float32 (N, F)."""
        ...


class FrozenTrunk(nn.Module):
    """The frozen layers: photos (N, 3, S, S) in [0, 1] -> rows (N, F + V * C * h * w).

    A row holds mean and maximum of the maps of the depths up to the cut (F numbers, illumination
    by illumination), then the maps at the cut of each of the V illuminations.

    Args:
        network: a `DepthReader` and an `nn.Module`.
        cut: number of the depth at whose maps the network is cut.
    """

    def __init__(self, network: Any, cut: int) -> None:
        super().__init__()
        self.network = network
        self.depths = cut + 1

    def forward(self, photos: Tensor) -> Tensor:
        """Rows of photos."""
        network: DepthReader = self.network
        by_view = [network.intermediate(view, self.depths) for view in network.views(photos)]
        pooled = network.pooled([level for levels in by_view for level in levels])
        return torch.cat([pooled, *(levels[-1].flatten(1) for levels in by_view)], 1)


class TrainableTop(EmbeddingTop):
    """The layers that learn, and the classifier: rows of `FrozenTrunk` -> logits (N, outputs).

    Its modules are those of the network, so training it trains the network.

    Args:
        layers: after the cut, in order.
        ends: after which of them the deeper depths are read.
        classifier: of the network.
        tiles: windows per side that means are taken within.
        views: illuminations, V.
        below: numbers that the depths up to the cut give for one illumination, F / V.
        shape: of the maps at the cut, (C, h, w).
    """

    def __init__(
        self,
        layers: nn.ModuleList,
        ends: list[int],
        classifier: nn.Linear,
        *,
        tiles: int,
        views: int,
        below: int,
        shape: tuple[int, int, int],
    ) -> None:
        super().__init__()
        self.rest, self.ends = layers, ends
        self.classifier = classifier
        self.tiles = tiles
        self.views = views
        self.below = below
        self.shape = shape

    def split(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """Rows as numbers of the lower depths (N, V, F / V) and maps (N * V, C, h, w)."""
        size = self.views * self.below
        pooled = rows[:, :size].reshape(len(rows), self.views, self.below)
        return pooled, rows[:, size:].reshape(-1, *self.shape)

    def forward(self, rows: Tensor) -> Tensor:
        """Logits (N, outputs) of rows (N, F + V * C * h * w)."""
        logits: Tensor = self.classifier(self.embed(rows))
        return logits

    def embed(self, rows: Tensor) -> Tensor:
        """What the classifier sees of them: float32 (N, F of all depths)."""
        pooled, maps = self.split(rows)
        maps = maps.contiguous(memory_format=torch.channels_last)
        parts = [pooled]
        for number, layer in enumerate(self.rest):
            maps = layer(maps)
            if number in self.ends:
                parts.append(pool([maps], self.tiles).reshape(len(rows), self.views, -1))
        return torch.cat(parts, 2).flatten(1)


def layers_after(model: Any, numbers: list[int]) -> tuple[nn.ModuleList, list[int]]:
    """The layers of a timm network after a depth, in order.

    Args:
        model: a timm network with `feature_info`.
        numbers: of the depth at the cut and of all deeper ones that are read.

    Returns:
        The layers, and after which of them the deeper depths are read. No layers where the depths
        are not children of one module, called one after the other.
    """
    names = [model.feature_info[number]["module"] for number in numbers]
    parent, _, first = names[0].rpartition(".")
    siblings: dict[str, Any] = dict(model.get_submodule(parent).named_children())
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


def holds_all_that_learns(layers: nn.ModuleList, model: nn.Module) -> bool:
    """Whether every parameter that learns is in these layers; false where none learns."""
    held = {id(p) for p in layers.parameters()}
    learning = [p for p in model.parameters() if p.requires_grad]
    return bool(learning) and all(id(p) in held for p in learning)

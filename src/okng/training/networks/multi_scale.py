"""A pretrained network with a linear classifier on feature maps of several depths.

The last layers of a network trained on everyday photographs discard what is small and local. So the
classifier takes means and maxima of maps from four depths, and the old head is cut off. Maps of the
raw photo and of the photo after local contrast normalisation ("flattened light") are concatenated:
the first carry brightness, the second hold under another illumination. Without the raw photo, the
normalisation runs in several widths, because no single one suits every defect (decision 0014).
"""

from typing import Any, cast

import torch
from torch import Tensor, nn

from okng.config import View
from okng.training.networks.layers.attribution import attribution
from okng.training.networks.layers.local_contrast import FLOOR, FlattenLight
from okng.training.networks.layers.tile_pooling import pool
from okng.training.networks.layers.whole_contrast import WholeFlattenLight
from okng.training.networks.protocol import InspectionNetwork, LinearAttribution, TrunkAndTop
from okng.training.networks.timm_layers import freeze_first_layers
from okng.training.networks.trunk import (
    FrozenTrunk,
    TrainableTop,
    holds_all_that_learns,
    layers_after,
)
from okng.training.quantization.int8_trunk import Int8Trunk

_CELL = 16  # pixels of a heatmap's cell; in finer ones noise puts the maximum beside the defect
_SAME = 1e-3  # relative and absolute: two orders of the same sums differ by less
_REDUCTIONS = (4, 8, 16, 32)  # side of the photo over side of the map
# Widths of the Gaussian of the local contrast, as fractions of the side of the photo.
_WIDTHS = {View.RAW: (), View.BOTH: (1 / 16,), View.FLAT: (1 / 32, 3 / 64, 1 / 16, 3 / 32)}


class MultiDepth(InspectionNetwork):
    """A timm network with a linear classifier on maps of several depths.

    Args:
        model: a timm network that gives intermediate maps; unused layers are cut off.
        outputs: logits; 1 for two classes, else one per class.
        image_size: height and width of the photos.
        view: the raw photo, its local contrast, or both. Local contrast alone is taken in several
            widths, and without the deepest maps.
        mean: per channel, in [0, 1], as the network was pretrained.
        std: per channel, likewise.
        tiles: windows per side that means are taken within; 1 is the whole photo.
        floor: of the local contrast in float32, see `FlattenLight`.
        whole_levels: whether the local contrast has whole grey levels, see `WholeFlattenLight`.

    Attributes:
        typical: float32 (F,), the reference: the embedding of an average training photo. The
            heatmap shows where a photo differs from it. The name is a key of saved files.
    """

    takes_pretrained_weights = True
    normalises_input = True
    mean: Tensor
    std: Tensor
    typical: Tensor

    def __init__(
        self,
        model: nn.Module,
        *,
        outputs: int,
        image_size: int,
        view: View,
        mean: tuple[float, ...],
        std: tuple[float, ...],
        tiles: int = 1,
        floor: float = FLOOR,
        whole_levels: bool = True,
    ) -> None:
        super().__init__()
        self.model = cast("Any", model)
        self.tiles = tiles
        self.wanted = wanted = _wanted(model, view)
        self.coarsen: int = max(1, _CELL // self.model.feature_info[wanted[0]]["reduction"])
        widths = [self.model.feature_info[number]["num_chs"] for number in wanted]
        # Layers above the deepest map are removed: they would cost time and change nothing.
        self.levels = self.model.prune_intermediate_layers(wanted, prune_norm=True, prune_head=True)
        self.raw = view is not View.FLAT
        self.flattened = nn.ModuleList(
            WholeFlattenLight(image_size, width)
            if whole_levels
            else FlattenLight(image_size, width, floor)
            for width in _WIDTHS[view]
        )
        # Views of the photo (V), each read at every depth: maps of the first view come first.
        self.lights = self.raw + len(self.flattened)
        self.widths = widths * self.lights
        self.classifier = nn.Linear(2 * sum(self.widths), outputs)
        self.int8: Int8Trunk | None = None
        self.whole_levels = whole_levels
        self.register_buffer("typical", torch.zeros(2 * sum(self.widths)))
        for name, values in (("mean", mean), ("std", std)):
            self.register_buffer(name, torch.tensor(values)[:, None, None])

    def features(self, photos: Tensor) -> list[Tensor]:
        """Maps (N, C, h, w) of each depth and view, of photos (N, 3, S, S) in [0, 1]."""
        inputs = self.layer_inputs(photos)
        maps = self.intermediate(inputs) if self.int8 is None else self.int8(inputs)
        by_view = [level.reshape(self.lights, -1, *level.shape[1:]) for level in maps]
        return [level[view] for view in range(self.lights) for level in by_view]

    def replaceable_layers(self) -> nn.Module:
        """The timm network up to its deepest map, with the normalisation before it."""
        return _Layers(self)

    def layer_inputs(self, photos: Tensor) -> Tensor:
        """All views of the photos as one batch, (V * N, 3, S, S): the first view of all first."""
        return torch.cat(self.views(photos))

    def use_int8(self, trunk: Int8Trunk | None) -> None:
        """Compute the maps by an INT8 graph; by None in float32."""
        self.int8 = trunk

    def pooled(self, maps: list[Tensor]) -> Tensor:
        """Mean and maximum of every map over its places: float32 (N, F).

        With tiles, the largest of the means within windows in place of the mean.
        """
        return pool(maps, self.tiles)

    def head(self, maps: list[Tensor]) -> Tensor:
        """Logits (N, outputs) of what `features` gave."""
        logits: Tensor = self.classifier(self.pooled(maps))
        return logits

    def freeze(self, fraction: float) -> list[nn.Module]:
        """Stop the first groups of layers from learning, see `InspectionNetwork.freeze`."""
        return freeze_first_layers(self.model, self.classifier, fraction)

    def split(self, photos: Tensor) -> TrunkAndTop | None:
        """Cut where its frozen layers end, see `InspectionNetwork.split`.

        None where its layers are not one chain, or no depth has all learning layers above it.
        """
        # The deepest cut that works leaves the fewest layers to run in every step.
        for cut in reversed(range(len(self.levels) - 1)):
            layers, ends = layers_after(self.model, self.wanted[cut:])
            if holds_all_that_learns(layers, self.model):
                return self._split_at(cut, layers, ends, photos)
        return None

    @torch.no_grad()
    def _split_at(
        self, cut: int, layers: nn.ModuleList, ends: list[int], photos: Tensor
    ) -> TrunkAndTop | None:
        """Trunk and top, if together they compute what the network computes."""
        maps = self.intermediate(self.views(photos)[0], cut + 1)[-1]  # (N, C, h, w)
        trunk = FrozenTrunk(self, cut)
        top = TrainableTop(
            layers,
            ends,
            self.classifier,
            tiles=self.tiles,
            views=self.lights,
            below=2 * sum(self.widths[: cut + 1]),
            shape=(self.widths[cut], maps.shape[2], maps.shape[3]),
        )
        try:
            whole, halves = self.embed(photos), top.embed(trunk(photos))
        except (RuntimeError, TypeError, ValueError):  # layers are not called one after the other
            return None
        same = whole.shape == halves.shape and torch.allclose(whole, halves, rtol=_SAME, atol=_SAME)
        return TrunkAndTop(trunk, top) if same else None

    def classifiers(self) -> list[nn.Module]:
        """The linear layer on `embed`."""
        return [self.classifier]

    @property
    def linear_classifier(self) -> nn.Linear:
        """The linear layer on `embed`."""
        return self.classifier

    def embed(self, photos: Tensor) -> Tensor:
        """Mean and maximum of every map, of photos (N, 3, S, S) in [0, 1]: float32 (N, F)."""
        return self.pooled(self.features(photos))

    @property
    def reference(self) -> Tensor:
        """The embedding of an average training photo: float32 (F,)."""
        return self.typical

    def linear_attribution(self) -> LinearAttribution:
        """Exact: the classifier is linear in means and maxima of maps."""
        return self

    def slopes(self) -> Tensor:
        """Gradient of each logit by `embed`: float32 (outputs, F)."""
        return self.classifier.weight

    def descriptor(self, maps: list[Tensor]) -> Tensor:
        """Features for novelty detection: float32 (N, D), all depths of one view but the last.

        The raw view, where there is one: another illumination must raise the novelty score. The
        deepest maps encode the content of the photo more than its illumination and focus, so they
        are left out; local contrast alone has none. Pooled over the whole photo, whatever the
        tiles.
        """
        return pool(maps[: self._described])

    @property
    def descriptor_width(self) -> int:
        """Mean and maximum of each map of the descriptor; with tiles, `embed` has other means."""
        return 2 * sum(self.widths[: self._described]) if self.tiles == 1 else 0

    @property
    def _described(self) -> int:
        return max(1, len(self.levels) - self.raw)

    def attribution(self, maps: list[Tensor], direction: Tensor) -> Tensor:
        """What each place adds to a score, beyond what it adds on an average photo.

        This is exact: the shares of a photo sum to its score, up to a constant.

        Args:
            maps: of the photos, as `features` gives them.
            direction: float32 (N, F), the slopes of each photo's score.

        Returns:
            float32 (N, h, w), a cell for 16 pixels or what the finest depth has.
        """
        cells = -(-maps[0].shape[2] // self.coarsen)
        return attribution(maps, direction, self.typical, cells, tiles=self.tiles)

    def views(self, photos: Tensor) -> list[Tensor]:
        """The photos (N, 3, S, S) raw and in each width of the local contrast."""
        if self.whole_levels:  # a luminance in float32 misses them by its last bit
            photos = (photos * 255).round() / 255
        flat = [flatten(photos) for flatten in self.flattened]
        return [photos, *flat] if self.raw else flat

    def intermediate(self, photos: Tensor, depths: int | None = None) -> list[Tensor]:
        """Maps (N, C, h, w) of the first depths, or of all, of photos in one view."""
        maps: list[Tensor] = self.model.forward_intermediates(
            (photos - self.mean) / self.std,
            indices=self.levels[:depths],
            intermediates_only=True,
            stop_early=True,
            norm=False,
            output_fmt="NCHW",
        )
        return maps


class _Layers(nn.Module):
    """The layers of a network up to its maps, as a function of its views."""

    def __init__(self, network: MultiDepth) -> None:
        super().__init__()
        self.network = network

    def forward(self, views: Tensor) -> tuple[Tensor, ...]:
        """Maps (N, C, h, w) of each depth, of photos (N, 3, S, S) in one view."""
        return tuple(self.network.intermediate(views))


def _wanted(model: nn.Module, view: View) -> list[int]:
    numbers = depths(model)
    return numbers if view is not View.FLAT or len(numbers) == 1 else numbers[:-1]


def depths(model: nn.Module) -> list[int]:
    """Which intermediate maps of a timm network to read.

    Those of a fourth to a thirty-second of the photo's side; of a network that keeps one
    resolution throughout, such as a vision transformer, those after each of its quarters.
    """
    reductions = [info["reduction"] for info in cast("Any", model).feature_info]
    if len(set(reductions)) > 1:
        return [number for number, value in enumerate(reductions) if value in _REDUCTIONS]
    return [round(len(reductions) * share) - 1 for share in (0.25, 0.5, 0.75, 1.0)]

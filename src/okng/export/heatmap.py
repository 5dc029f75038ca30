"""Heatmaps: what each place of a photo adds to the score of a class."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.fx import GraphModule
from torch.fx.experimental.proxy_tensor import make_fx

from okng.errors import TrainingError
from okng.export.decompositions import decompositions
from okng.training.networks.protocol import InspectionNetwork, LinearAttribution

_TRACED_PHOTOS = 7
"""Photos of the example that the gradient is traced with: a size that no other dimension of a head
is likely to have, so the tracer does not take one for the other."""


class Heatmap(nn.Module, ABC):
    """What each place adds to a weighted sum of scores."""

    @abstractmethod
    def forward(self, maps: Any, weights: Tensor) -> Tensor:
        """Heat float32 (N, h, w) of the sum of scores that `weights` (N, K) weighs."""

    def fit_reference(self, batches: Iterable[Any]) -> None:
        """Learn the heat of good parts, to subtract it; heatmaps without a reference ignore it.

        Args:
            batches: maps of good parts, as `features` gives them; one batch or more.
        """


class ExactHeatmap(Heatmap):
    """Each place's exact share of the score, where the classifier is linear in the maps.

    Args:
        network: it has a linear attribution.

    Attributes:
        reference: float32 (outputs, h, w), mean shares over good parts by output.
    """

    reference: Tensor

    def __init__(self, network: InspectionNetwork) -> None:
        super().__init__()
        self.network = network
        self.register_buffer("reference", torch.zeros(len(self._linear().slopes()), 1, 1))

    def forward(self, maps: list[Tensor], weights: Tensor) -> Tensor:
        """Shares float32 (N, h, w) of the sum of scores that `weights` (N, K) weighs.

        The shares of good parts are subtracted: the sum is still the score, up to a constant.
        """
        slopes = self._linear().slopes()
        if slopes.shape[0] == 1:
            by_output = weights[:, 1:] - weights[:, :1]  # (N, 1): one logit has two sides
        else:
            by_output = weights - weights.mean(1, keepdim=True)  # softmax ignores their mean
        shares = self._linear().attribution(maps, by_output @ slopes)
        return shares - (by_output[:, :, None, None] * self.reference).sum(1)

    @torch.no_grad()
    def fit_reference(self, batches: Iterable[list[Tensor]]) -> None:
        """Learn what places add on good parts: a hub or an edge that every part has."""
        shares = torch.cat([self._by_output(maps) for maps in batches])
        self.reference = shares.mean(0)

    def _by_output(self, maps: list[Tensor]) -> Tensor:
        """Shares float32 (N, outputs, h, w) of each output."""
        linear, count = self._linear(), len(self.network.head(maps))
        return torch.stack(
            [linear.attribution(maps, w.expand(count, -1)) for w in linear.slopes()], 1
        )

    def _linear(self) -> LinearAttribution:
        linear = self.network.linear_attribution()
        if linear is None:
            raise TrainingError(
                "This network has no linear attribution", where="export", hint="Please report it."
            )
        return linear


class GradientHeatmap(Heatmap):
    """Gradient times map (HiResCAM: Draelos and Carin, 2020), averaged over the passes.

    That is Grad-CAM where the head averages over the places.

    Args:
        network: in evaluation mode.
        photo: an example of network input, (1, channels, S, S).
        classes: K.
    """

    def __init__(self, network: InspectionNetwork, *, photo: Tensor, classes: int) -> None:
        super().__init__()
        self.network = network
        self.gradient = _trace_gradient(network.single_pass(), photo, classes)

    def forward(self, maps: Tensor, weights: Tensor) -> Tensor:
        """Heat float32 (N, h, w) of the sum of scores that `weights` (N, K) weighs."""
        network, single = self.network, self.network.single_pass()
        of_maps = self.gradient(maps, network.repeat_for_passes(weights))
        gradient = single.as_maps(cast("Tensor", of_maps))  # (passes * N, C, h, w)
        return network.merge_passes((gradient * single.as_maps(maps)).sum(1))


def heatmap_of(network: InspectionNetwork, *, photo: Tensor, classes: int) -> Heatmap:
    """The heatmap of a network: exact where it can be.

    Args:
        network: in evaluation mode.
        photo: an example of network input, (1, channels, S, S).
        classes: K.
    """
    if network.linear_attribution() is not None:
        return ExactHeatmap(network)
    return GradientHeatmap(network, photo=photo, classes=classes)


def _trace_gradient(network: InspectionNetwork, photo: Tensor, classes: int) -> GraphModule:
    """The gradient of a weighted sum of scores by the maps, as a graph of plain operators."""

    def score(maps: Tensor, weights: Tensor) -> Tensor:
        logits = network.head(maps)
        sides = torch.cat([-logits, logits], 1) if logits.shape[1] == 1 else logits
        return (sides * weights).sum()

    def gradient(maps: Tensor, weights: Tensor) -> Tensor:
        of_maps: Tensor = torch.func.grad(score)(maps, weights)
        return of_maps

    with torch.no_grad():  # in the default memory order: others need operators that ONNX lacks
        maps = network.features(photo.expand(_TRACED_PHOTOS, -1, -1, -1)).contiguous()
    tracer = make_fx(
        gradient,
        decomposition_table=decompositions(),
        tracing_mode="symbolic",
        _allow_non_fake_inputs=True,
    )
    return tracer(maps, torch.ones(_TRACED_PHOTOS, classes))

"""Where the network looked: what speaks for the verdict, place by place."""

from typing import cast

import torch
from torch import Tensor, nn
from torch.fx import GraphModule
from torch.fx.experimental.proxy_tensor import make_fx

from okng.export.decompositions import decompositions
from okng.train.architecture import as_network
from okng.train.backbone import Backbone
from okng.train.cnn import PlainCNN
from okng.train.depths import MultiDepth

_TRACED_PHOTOS = 7  # a count that no other size in a head is likely to share


class SharesHeat(nn.Module):
    """Each place's exact share of the score, where the classifier is linear in the maps."""

    def __init__(self, network: MultiDepth) -> None:
        super().__init__()
        self.network = network

    def forward(self, maps: list[Tensor], judged: Tensor) -> Tensor:
        """Shares float32 (N, h, w) of the sum of scores that `judged` (N, K) weighs."""
        slopes = self.network.classifier.weight
        if slopes.shape[0] == 1:
            direction = (judged[:, 1:] - judged[:, :1]) @ slopes
        else:
            direction = judged @ (slopes - slopes.mean(0, keepdim=True))
        return self.network.shares(maps, direction)


class GradientHeat(nn.Module):
    """Gradient times map (HiResCAM: Draelos and Carin, 2020).

    That is Grad-CAM where the head averages over the places.
    """

    def __init__(self, network: Backbone | PlainCNN, *, photo: Tensor, classes: int) -> None:
        super().__init__()
        self.network = network
        self.gradient = _trace_gradient(network, photo, classes)

    def forward(self, maps: Tensor, judged: Tensor) -> Tensor:
        """Heat float32 (N, h, w) of the sum of scores that `judged` (N, K) weighs."""
        gradient = self.network.places(cast("Tensor", self.gradient(maps, judged)))
        return (gradient * self.network.places(maps)).sum(1)


def heat_of(network: nn.Module, *, photo: Tensor, classes: int) -> nn.Module:
    """The heatmap that a network can give.

    Args:
        network: in evaluation mode.
        photo: an example of what it takes, (1, channels, S, S).
        classes: K.
    """
    if isinstance(network, MultiDepth):
        return SharesHeat(network)
    return GradientHeat(cast("Backbone | PlainCNN", network), photo=photo, classes=classes)


def _trace_gradient(network: nn.Module, photo: Tensor, classes: int) -> GraphModule:
    """The gradient of the judged class's score by the maps, as a graph of plain operators."""
    cut = as_network(network)

    def score(maps: Tensor, judged: Tensor) -> Tensor:
        logits = cut.head(maps)
        sides = torch.cat([-logits, logits], 1) if logits.shape[1] == 1 else logits
        return (sides * judged).sum()

    def gradient(maps: Tensor, judged: Tensor) -> Tensor:
        found: Tensor = torch.func.grad(score)(maps, judged)
        return found

    with torch.no_grad():
        maps = cut.features(photo.expand(_TRACED_PHOTOS, -1, -1, -1))
    tracer = make_fx(
        gradient,
        decomposition_table=decompositions(),
        tracing_mode="symbolic",
        _allow_non_fake_inputs=True,
    )
    return tracer(maps, torch.ones(_TRACED_PHOTOS, classes))

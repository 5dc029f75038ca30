"""Where the network looked: what speaks for the verdict, place by place."""

from collections.abc import Iterable
from typing import cast

import torch
from torch import Tensor, nn
from torch.fx import GraphModule
from torch.fx.experimental.proxy_tensor import make_fx

from okng.export.decompositions import decompositions
from okng.training.networks.architecture import as_network
from okng.training.networks.multi_scale import MultiDepth
from okng.training.networks.plain_cnn import PlainCNN
from okng.training.networks.test_time_augmentation import AveragedPasses
from okng.training.networks.timm_backbone import Backbone
from okng.training.networks.two_branch import TwoBranch

_TRACED_PHOTOS = 7  # a count that no other size in a head is likely to share


class SharesHeat(nn.Module):
    """Each place's exact share of the score, where the classifier is linear in the maps.

    Attributes:
        usual: float32 (outputs, h, w), shares of an average good part by output, see `learn`.
    """

    usual: Tensor

    def __init__(self, network: MultiDepth | TwoBranch | AveragedPasses) -> None:
        super().__init__()
        self.network = network
        self.register_buffer("usual", torch.zeros(len(network.slopes()), 1, 1))

    def forward(self, maps: list[Tensor], judged: Tensor) -> Tensor:
        """Shares float32 (N, h, w) of the sum of scores that `judged` (N, K) weighs.

        Less what the same places add on good parts: their sum is still the score, up to a constant.
        """
        slopes = self.network.slopes()
        if slopes.shape[0] == 1:
            weights = judged[:, 1:] - judged[:, :1]
        else:
            weights = judged - judged.mean(1, keepdim=True)
        found = self.network.shares(maps, weights @ slopes)
        return found - (weights[:, :, None, None] * self.usual).sum(1)

    @torch.no_grad()
    def learn(self, batches: Iterable[list[Tensor]]) -> None:
        """Learn what places add on good parts: a hub or an edge that always stands there.

        Args:
            batches: maps of good parts, as `features` gives them; one batch or more.
        """
        found = torch.cat([self._by_output(maps) for maps in batches])
        self.usual = found.mean(0)

    def _by_output(self, maps: list[Tensor]) -> Tensor:
        """Shares float32 (N, outputs, h, w) of each output."""
        count, slopes = len(self.network.head(maps)), self.network.slopes()
        return torch.stack([self.network.shares(maps, w.expand(count, -1)) for w in slopes], 1)


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


class TurnedHeat(nn.Module):
    """The mean of the heatmaps of several looks, each turned back.

    Args:
        looks: the network that sees a photo in several ways.
        heat: of one look of it.
    """

    def __init__(self, looks: AveragedPasses, heat: GradientHeat) -> None:
        super().__init__()
        self.looks = looks
        self.heat = heat

    def forward(self, maps: Tensor, judged: Tensor) -> Tensor:
        """Heat float32 (N, h, w) of the sum of scores that `judged` (N, K) weighs."""
        return self.looks.upright(self.heat(maps, judged.repeat(len(self.looks.looks), 1)))


def heat_of(network: nn.Module, *, photo: Tensor, classes: int) -> nn.Module:
    """The heatmap that a network can give.

    Args:
        network: in evaluation mode.
        photo: an example of what it takes, (1, channels, S, S).
        classes: K.
    """
    inner = network.network if isinstance(network, AveragedPasses) else network
    if isinstance(inner, MultiDepth | TwoBranch):
        return SharesHeat(cast("MultiDepth | TwoBranch | AveragedPasses", network))
    heat = GradientHeat(cast("Backbone | PlainCNN", inner), photo=photo, classes=classes)
    return TurnedHeat(network, heat) if isinstance(network, AveragedPasses) else heat


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

    with torch.no_grad():  # in the usual order of memory: others take operators that ONNX lacks
        maps = cut.features(photo.expand(_TRACED_PHOTOS, -1, -1, -1)).contiguous()
    tracer = make_fx(
        gradient,
        decomposition_table=decompositions(),
        tracing_mode="symbolic",
        _allow_non_fake_inputs=True,
    )
    return tracer(maps, torch.ones(_TRACED_PHOTOS, classes))

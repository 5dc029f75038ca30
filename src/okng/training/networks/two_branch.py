"""A two-branch network: a frozen backbone and a fine-tuned copy whose logits are averaged.

A classifier on all depths of a frozen network is robust where photos are few. A copy that is
fine-tuned as a whole learns what everyday photographs do not show. Where the two err on different
photos, the mean of their logits is better than either. On solar cells that held on one fold and not
on three splits (benchmarks/training/LOG.md), so validation decides. Both branches are linear in
means and maxima of maps, so the heatmap stays exact.
"""

from typing import Any

import torch
from torch import Tensor, nn

from okng.training.networks.layers.attribution import attribution
from okng.training.networks.layers.tile_pooling import pool
from okng.training.networks.multi_scale import MultiDepth
from okng.training.networks.protocol import InspectionNetwork, LinearAttribution
from okng.training.networks.timm_backbone import Backbone
from okng.training.networks.timm_layers import layer_rates


class FineTunedBranch(InspectionNetwork):
    """A timm network that is fine-tuned as a whole, with a linear classifier on its last maps.

    Args:
        model: a timm network; its head is cut off.
        outputs: logits; 1 for two classes, else one per class.
        mean: per channel, in [0, 1], as the network was pretrained.
        std: per channel, likewise.
        dropout: fraction of the means that are dropped in training.

    Attributes:
        typical: float32 (2 C,), the reference: mean and maximum of the maps of an average training
            photo. The name is a key of saved files.
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
        mean: tuple[float, ...],
        std: tuple[float, ...],
        dropout: float,
    ) -> None:
        super().__init__()
        model.reset_classifier(0)  # type: ignore[operator]
        self.backbone = Backbone(model)
        self.dropout = nn.Dropout(dropout)
        channels = int(model.num_features)  # type: ignore[arg-type]
        self.classifier = nn.Linear(channels, outputs)
        self.register_buffer("typical", torch.zeros(2 * channels))
        for name, values in (("mean", mean), ("std", std)):
            self.register_buffer(name, torch.tensor(values)[:, None, None])

    def features(self, photos: Tensor) -> Tensor:
        """Last maps (N, C, h, w) of photos (N, 3, S, S) in [0, 1]."""
        backbone = self.backbone
        return backbone.as_maps(backbone.features((photos - self.mean) / self.std))

    def head(self, maps: Tensor) -> Tensor:
        """Logits (N, outputs) of its last maps."""
        logits: Tensor = self.classifier(self.dropout(maps.mean((2, 3))))
        return logits

    def descriptor(self, maps: Tensor) -> Tensor:
        """Mean and maximum of each map: float32 (N, 2 C)."""
        return pool([maps])

    def embed(self, photos: Tensor) -> Tensor:
        """Mean and maximum of each map: float32 (N, 2 C); the classifier sees the means alone."""
        return pool([self.features(photos)])

    def classifiers(self) -> list[nn.Module]:
        """The linear layer on the means."""
        return [self.classifier]

    @property
    def reference(self) -> Tensor:
        """Mean and maximum of the maps of an average training photo: float32 (2 C,)."""
        return self.typical

    def slopes(self) -> Tensor:
        """Gradient of each logit by mean and maximum of each map: float32 (outputs, 2 C).

        The classifier sees means alone, so the gradient by the maxima is 0.
        """
        return torch.cat([self.classifier.weight, torch.zeros_like(self.classifier.weight)], 1)


class TwoBranch(InspectionNetwork):
    """The mean of the logits of a frozen branch and of a fine-tuned one.

    Args:
        frozen: read at all depths; none of its layers learns here.
        tuned: fine-tuned as a whole.
    """

    takes_pretrained_weights = True
    normalises_input = True

    def __init__(self, frozen: MultiDepth, tuned: FineTunedBranch) -> None:
        super().__init__()
        self.frozen = frozen.requires_grad_(False)
        self.tuned = tuned

    def features(self, photos: Tensor) -> list[Tensor]:
        """Maps (N, C, h, w) of the frozen branch, depth by depth, then of the fine-tuned one."""
        return [*self.frozen.features(photos), self.tuned.features(photos)]

    def head(self, maps: list[Tensor]) -> Tensor:
        """Logits (N, outputs) of what `features` gave."""
        return (self.frozen.head(maps[:-1]) + self.tuned.head(maps[-1])) / 2

    def descriptor(self, maps: list[Tensor]) -> Tensor:
        """Features for novelty detection, of the frozen branch: float32 (N, D)."""
        return self.frozen.descriptor(maps[:-1])

    def forward(self, photos: Tensor) -> Tensor:
        """Logits (N, outputs) of photos (N, 3, S, S) in [0, 1].

        In training those of the fine-tuned branch alone: it must classify without the other.
        """
        if self.training:
            logits: Tensor = self.tuned(photos)
            return logits
        return self.head(self.features(photos))

    def classifiers(self) -> list[nn.Module]:
        """The linear layers of both branches."""
        return [self.frozen.classifier, self.tuned.classifier]

    def frozen_branch(self) -> InspectionNetwork:
        """The branch whose classifier is fitted on frozen features."""
        return self.frozen

    def fine_tuned_branch(self) -> InspectionNetwork:
        """The branch whose layers learn by gradient."""
        return self.tuned

    def after_training(self, *, start_is_best: bool) -> InspectionNetwork:
        """Both branches, or the frozen one alone where no epoch of the other was better."""
        return self.frozen if start_is_best else self

    def freeze(self, fraction: float) -> list[nn.Module]:  # noqa: ARG002 - one branch is frozen
        """The frozen branch, which stays in evaluation mode; the other learns as a whole."""
        return [self.frozen]

    def parameter_groups(self, lr: float) -> list[dict[str, Any]]:
        """Groups of the fine-tuned branch with learning rates that decay towards its input."""
        return layer_rates(self.tuned.backbone.model, self.tuned.classifier, lr)

    def linear_attribution(self) -> LinearAttribution:
        """Exact: both branches are linear in means and maxima of maps."""
        return self

    def slopes(self) -> Tensor:
        """Gradient of each logit by mean and maximum of every map: float32 (outputs, F)."""
        return torch.cat([self.frozen.slopes(), self.tuned.slopes()], 1) / 2

    def attribution(self, maps: list[Tensor], direction: Tensor) -> Tensor:
        """What each place adds to a score, beyond what it adds on the reference photo.

        Args:
            maps: of the photos, as `features` gives them.
            direction: float32 (N, F), the slopes of each photo's score.

        Returns:
            float32 (N, h, w), as exact as that of `MultiDepth`.
        """
        size = self.frozen.classifier.in_features  # numbers of the frozen branch come first
        frozen = self.frozen.attribution(maps[:-1], direction[:, :size])
        tuned = attribution(maps[-1:], direction[:, size:], self.tuned.typical, frozen.shape[1])
        return frozen + tuned

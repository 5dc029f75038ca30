"""Two readings of a photo in one network: one of layers that stay, one of layers that have learned.

A classifier on the depths of an untouched network is firm where photos are few; a network that has
learned as a whole knows what no photograph of things shows. Where they err on different photos, the
mean of what they say is better than either; on solar cells that was seen on one fold and not on
three splits (benchmarks/training/LOG.md), so validation decides. Both are linear in means and
maxima of maps, so the heatmap stays exact.
"""

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from okng.training.data.loader import PhotoArray, photos_at_once
from okng.training.networks.layer_decay import layer_rates
from okng.training.networks.layers.attribution import shares
from okng.training.networks.layers.input_transform import Prepare
from okng.training.networks.multi_scale import MultiDepth, pool
from okng.training.networks.timm_backbone import Backbone

_TELLING = 500


class FineTunedBranch(nn.Module):
    """A timm network whose layers all learn, with a linear classifier on means of its last maps.

    Args:
        model: a timm network; its head is cut off.
        outputs: logits; 1 for two classes, else one per class.
        mean: per channel, in [0, 1], as the network was pretrained.
        std: per channel, likewise.
        dropout: share of the means that are dropped in training.

    Attributes:
        typical: float32 (2 C,), mean and maximum of the maps of an average training photo.
    """

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
        return backbone.places(backbone.features((photos - self.mean) / self.std))

    def head(self, maps: Tensor) -> Tensor:
        """Logits (N, outputs) of its last maps."""
        logits: Tensor = self.classifier(self.dropout(maps.mean((2, 3))))
        return logits

    def slopes(self) -> Tensor:
        """Of its logits by mean and maximum of each map: (outputs, 2 C); maxima do not count."""
        return torch.cat([self.classifier.weight, torch.zeros_like(self.classifier.weight)], 1)

    def forward(self, photos: Tensor) -> Tensor:
        """Logits (N, outputs) of photos (N, 3, S, S) in [0, 1]."""
        return self.head(self.features(photos))


class TwoBranch(nn.Module):
    """Says the mean of what a frozen network and a tuned one say.

    Args:
        frozen: read at all depths; none of its layers learns here.
        tuned: learns as a whole.
    """

    def __init__(self, frozen: MultiDepth, tuned: FineTunedBranch) -> None:
        super().__init__()
        self.frozen = frozen.requires_grad_(False)
        self.tuned = tuned

    def features(self, photos: Tensor) -> list[Tensor]:
        """Maps (N, C, h, w) of the frozen network's depths and views, then of the tuned one."""
        return [*self.frozen.features(photos), self.tuned.features(photos)]

    def head(self, maps: list[Tensor]) -> Tensor:
        """Logits (N, outputs) of what `features` gave."""
        return (self.frozen.head(maps[:-1]) + self.tuned.head(maps[-1])) / 2

    def described(self, maps: list[Tensor]) -> Tensor:
        """What tells how unlike other photos a photo is: what the frozen network says of it."""
        return self.frozen.described(maps[:-1])

    def rates(self, lr: float) -> list[dict[str, Any]]:
        """Groups of what learns with their learning rates, `lr` at the top."""
        return layer_rates(self.tuned.backbone.model, self.tuned.classifier, lr)

    def slopes(self) -> Tensor:
        """Of the logits by mean and maximum of every map: float32 (outputs, F)."""
        return torch.cat([self.frozen.slopes(), self.tuned.slopes()], 1) / 2

    def shares(self, maps: list[Tensor], direction: Tensor) -> Tensor:
        """What each place adds to a score, beyond what it adds on an average photo.

        Args:
            maps: of the photos, as `features` gives them.
            direction: float32 (N, F), the slopes of each photo's score.

        Returns:
            float32 (N, h, w), exact as those of `MultiDepth`.
        """
        size = self.frozen.classifier.in_features
        found = self.frozen.shares(maps[:-1], direction[:, :size])
        return found + shares(maps[-1:], direction[:, size:], self.tuned.typical, found.shape[1])

    def forward(self, photos: Tensor) -> Tensor:
        """Logits (N, outputs) of photos (N, 3, S, S) in [0, 1].

        In training those of the tuned network alone, which has to know by itself.
        """
        if self.training:
            logits: Tensor = self.tuned(photos)
            return logits
        return self.head(self.features(photos))


@torch.no_grad()
def typical_of(tuned: FineTunedBranch, prepare: Prepare, data: PhotoArray) -> Tensor:
    """Mean and maximum of the maps of an average photo: float32 (2 C,).

    Args:
        tuned: in evaluation mode.
        prepare: what stands before it.
        data: training photos with what each counts; 500 of them tell.
    """
    rows = np.linspace(0, len(data) - 1, min(_TELLING, len(data))).astype(np.int64)
    at_once = photos_at_once(data.photos.shape[1])
    sums = torch.zeros_like(tuned.typical)
    for batch in np.array_split(rows, -(-len(rows) // at_once)):
        photos, _, weights, _ = data[batch]
        sums += (pool([tuned.features(prepare(photos))]) * weights[:, None]).sum(0)
    return sums / data.weights[rows].sum()

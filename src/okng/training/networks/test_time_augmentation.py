"""Test-time augmentation inside a network: several looks at a photo, and the mean of what they say.

A part that may lie in any direction is the same part however it is turned, and what a network says
of it should not depend on that. The mean over looks depends on it less, and its errors are smaller
(Krizhevsky et al., NeurIPS 2012, on crops and mirrorings). It costs as many times the time.
"""

from typing import Any, cast

import torch
from torch import Tensor, nn

from okng.config import Look


class AveragedPasses(nn.Module):
    """A network that sees each photo in several ways, and says the mean of what it says of these.

    Args:
        network: a `Network`; what it says of one look.
        looks: ways to see a photo, the upright one first.
    """

    def __init__(self, network: nn.Module, looks: tuple[Look, ...]) -> None:
        super().__init__()
        self.network = cast("Any", network)
        self.looks = looks

    def features(self, photos: Tensor) -> Any:
        """What the network's head sees of all photos in the first look, then in the second, ..."""
        return self.network.features(torch.cat([turned(photos, look) for look in self.looks]))

    def head(self, maps: Any) -> Tensor:
        """Mean logits (N, outputs) over the looks."""
        return self._by_look(self.network.head(maps)).mean(0)

    def described(self, maps: Any) -> Tensor:
        """What tells how unlike other photos a photo is, from the upright look: float32 (N, F)."""
        return self._by_look(self.network.described(maps))[0]

    def forward(self, photos: Tensor) -> Tensor:
        """Mean logits (N, outputs) of photos (N, C, S, S) as the network takes them."""
        return self.head(self.features(photos))

    def slopes(self) -> Tensor:
        """Of the logits by what the classifier sees in each look: float32 (outputs, F)."""
        slopes: Tensor = self.network.slopes()
        return slopes

    def shares(self, maps: list[Tensor], direction: Tensor) -> Tensor:
        """What each place of the upright photo adds to the mean score, see `MultiDepth.shares`.

        Args:
            maps: of the photos, as `features` gives them.
            direction: float32 (N, F), the slopes of each photo's score.

        Returns:
            float32 (N, h, w); exact, as a mean of what is exact.
        """
        return self.upright(self.network.shares(maps, direction.repeat(len(self.looks), 1)))

    def upright(self, heat: Tensor) -> Tensor:
        """The mean (N, h, w) of heatmaps (looks * N, h, w), each turned back."""
        each = zip(self._by_look(heat), self.looks, strict=True)
        return torch.stack([turned_back(one, look) for one, look in each]).mean(0)

    def _by_look(self, values: Tensor) -> Tensor:
        """Rows of all looks, (looks * N, ...), as (looks, N, ...)."""
        return values.reshape(len(self.looks), -1, *values.shape[1:])


def count_looks(network: nn.Module) -> int:
    """How often a network looks at each photo."""
    return len(network.looks) if isinstance(network, AveragedPasses) else 1


def turned(photos: Tensor, look: Look) -> Tensor:
    """Photos (..., S, S) seen in a way."""
    seen = photos.flip(-1) if look.mirrored else photos
    return seen.rot90(look.quarters, (-2, -1)) if look.quarters else seen


def turned_back(seen: Tensor, look: Look) -> Tensor:
    """What `turned` made of photos or heatmaps (..., S, S), as it was before."""
    photos = seen.rot90(-look.quarters, (-2, -1)) if look.quarters else seen
    return photos.flip(-1) if look.mirrored else photos

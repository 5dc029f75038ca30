"""Test-time augmentation inside a network: the mean of the logits over several orientations.

A part that may lie in any direction stays the same part when it is turned, so its score should not
depend on the direction. The mean over orientations depends on it less and is more accurate
(Krizhevsky et al., NeurIPS 2012, on crops and mirrored photos). Inference time grows by the number
of orientations.
"""

from typing import Any, NamedTuple

import torch
from torch import Tensor

from okng.config import Orientation
from okng.training.networks.protocol import InspectionNetwork, LinearAttribution


class AveragedPasses(InspectionNetwork):
    """A network that processes each photo in several orientations and returns the mean logits.

    Args:
        network: processes one orientation.
        orientations: of the photo, the upright one first.
    """

    def __init__(self, network: InspectionNetwork, orientations: tuple[Orientation, ...]) -> None:
        super().__init__()
        self.network = network
        self.orientations = orientations
        self.normalises_input = network.normalises_input
        self.takes_pretrained_weights = network.takes_pretrained_weights

    @property
    def passes(self) -> int:
        """Number of orientations."""
        return len(self.orientations)

    def features(self, photos: Tensor) -> Any:
        """Feature maps of all photos in the first orientation, then in the second, ..."""
        return self.network.features(torch.cat([turned(photos, o) for o in self.orientations]))

    def head(self, maps: Any) -> Tensor:
        """Mean logits (N, outputs) over the orientations."""
        return self._by_pass(self.network.head(maps)).mean(0)

    def descriptor(self, maps: Any) -> Tensor:
        """Features for novelty detection, of the upright photo: float32 (N, D)."""
        return self._by_pass(self.network.descriptor(maps))[0]

    def linear_attribution(self) -> LinearAttribution | None:
        """Exact where that of one pass is, because the mean is linear."""
        single = self.network.linear_attribution()
        return None if single is None else _MeanAttribution(self, single)

    def single_pass(self) -> InspectionNetwork:
        """The network that processes one orientation."""
        return self.network

    def repeat_for_passes(self, values: Tensor) -> Tensor:
        """Rows (N, F) of the photos as (passes * N, F)."""
        return values.repeat(self.passes, 1)

    def merge_passes(self, heatmaps: Tensor) -> Tensor:
        """The mean (N, h, w) of heatmaps (passes * N, h, w), each turned back."""
        each = zip(self._by_pass(heatmaps), self.orientations, strict=True)
        return torch.stack([turned_back(one, orientation) for one, orientation in each]).mean(0)

    def _by_pass(self, values: Tensor) -> Tensor:
        """Rows of all passes, (passes * N, ...), as (passes, N, ...)."""
        return values.reshape(self.passes, -1, *values.shape[1:])


class _MeanAttribution(NamedTuple):
    """The attribution of mean logits: the mean of that of all passes, turned upright."""

    network: AveragedPasses
    single: LinearAttribution

    def slopes(self) -> Tensor:
        """Gradient of each logit by what the classifier sees in each pass: float32 (outputs, F)."""
        return self.single.slopes()

    def attribution(self, maps: list[Tensor], direction: Tensor) -> Tensor:
        """What each place of the upright photo adds to the mean score: float32 (N, h, w)."""
        each = self.single.attribution(maps, self.network.repeat_for_passes(direction))
        return self.network.merge_passes(each)


def turned(photos: Tensor, orientation: Orientation) -> Tensor:
    """Photos (..., S, S) mirrored and turned into an orientation."""
    mirrored = photos.flip(-1) if orientation.mirrored else photos
    return mirrored.rot90(orientation.quarters, (-2, -1)) if orientation.quarters else mirrored


def turned_back(oriented: Tensor, orientation: Orientation) -> Tensor:
    """The inverse of `turned`, for photos or heatmaps (..., S, S)."""
    quarters = orientation.quarters
    photos = oriented.rot90(-quarters, (-2, -1)) if quarters else oriented
    return photos.flip(-1) if orientation.mirrored else photos

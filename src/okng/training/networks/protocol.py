"""What training, export, time budget and tuning need of a network.

A new kind of network is one file: a class that implements the three abstract methods, and an entry
in `registry.OWN`. Every other method describes an ability. Its default says that the network does
not have it, so no caller asks for the class of a network.

A base class, not a `typing.Protocol`: callers need an `nn.Module` with these methods, and Python
has no type for the intersection of the two. It adds no parameters and no buffers, because names of
attributes are the keys of saved files.
"""

from abc import ABC, abstractmethod
from typing import Any, NamedTuple, Protocol

import torch
from torch import Tensor, nn

from okng.training.quantization.int8_trunk import Int8Trunk


class LinearAttribution(Protocol):
    """Exact attribution of logits to places, where the classifier is linear in pooled maps."""

    def slopes(self) -> Tensor:
        """Gradient of each logit by what the classifier sees: float32 (outputs, F)."""
        ...

    def attribution(self, maps: list[Tensor], direction: Tensor) -> Tensor:
        """What each place adds to a score, beyond what it adds on the reference photo.

        Args:
            maps: of the photos, as `features` gives them.
            direction: float32 (N, F), the slopes of each photo's score.

        Returns:
            float32 (N, h, w); each photo's values sum to its score, up to one constant.
        """
        ...


class TrunkAndTop(NamedTuple):
    """A network cut in two: `top(trunk(photos))` equals `network(photos)`.

    Attributes:
        trunk: frozen layers, photos (N, 3, S, S) -> rows (N, R).
        top: layers that learn and the classifier, rows (N, R) -> logits (N, outputs).
    """

    trunk: nn.Module
    top: "EmbeddingTop"


class EmbeddingTop(nn.Module, ABC):
    """The trainable top of a network, fed with cached rows of the frozen trunk."""

    @abstractmethod
    def embed(self, rows: Tensor) -> Tensor:
        """What the classifier sees of rows (N, R): float32 (N, F)."""


class InspectionNetwork(nn.Module, ABC):
    """A classifier that is cut between its feature maps and its head.

    Attributes:
        takes_pretrained_weights: whether weights of another training are a start for it, so that
            its classifier is fitted first and its first layers may stay frozen.
        normalises_input: whether it takes photos in [0, 1] and normalises them by itself.
        passes: how often it processes each photo (test-time augmentation).
    """

    takes_pretrained_weights: bool = False
    normalises_input: bool = False

    @property
    def passes(self) -> int:
        """How often it processes each photo."""
        return 1

    @abstractmethod
    def features(self, photos: Tensor) -> Any:
        """Feature maps of network inputs (N, channels, S, S), as `head` takes them."""

    @abstractmethod
    def head(self, maps: Any) -> Tensor:
        """Logits (N, outputs) of what `features` gave."""

    @abstractmethod
    def descriptor(self, maps: Any) -> Tensor:
        """Features for novelty detection, of what `features` gave: float32 (N, D)."""

    @property
    def descriptor_width(self) -> int:
        """How many values D the descriptor has, where these are the first D of `embed`; else 0.

        Features that the linear probe computed then serve novelty detection as well.
        """
        return 0

    def forward(self, photos: Tensor) -> Tensor:
        """Logits (N, outputs) of network inputs (N, channels, S, S)."""
        return self.head(self.features(photos))

    # Branches: a network may consist of several, of which some stay frozen.

    def frozen_branch(self) -> "InspectionNetwork":
        """The branch whose classifier is fitted on frozen features."""
        return self

    def fine_tuned_branch(self) -> "InspectionNetwork":
        """The branch whose layers learn by gradient."""
        return self

    def after_training(self, *, start_is_best: bool) -> "InspectionNetwork":  # noqa: ARG002
        """The part of it that goes on to the line.

        Args:
            start_is_best: no epoch was better than the classifier on frozen features.
        """
        return self

    # Layers that learn.

    def freeze(self, fraction: float) -> list[nn.Module]:  # noqa: ARG002
        """Stop its first layers from learning.

        Args:
            fraction: of its groups of layers, in [0, 1].

        Returns:
            Modules that must stay in evaluation mode during training.
        """
        return []

    def parameter_groups(self, lr: float) -> list[dict[str, Any]] | None:  # noqa: ARG002
        """Groups of parameters with their learning rates, `lr` at the top.

        Returns:
            None leaves the groups to the training.
        """
        return None

    def split(self, photos: Tensor) -> TrunkAndTop | None:  # noqa: ARG002
        """Cut it where its frozen layers end, so that their activations can be cached.

        Args:
            photos: a few network inputs, to try whether trunk and top make up the network.

        Returns:
            None where it cannot be cut.
        """
        return None

    # The classifier that is fitted in closed form, and the reference that heatmaps start from.

    def classifiers(self) -> list[nn.Module]:
        """The modules whose last layer follows the classes: weights of it are never taken over."""
        return []

    @property
    def linear_classifier(self) -> nn.Linear | None:
        """The layer that a logistic regression on `embed` may replace; None for other heads."""
        return None

    def embed(self, photos: Tensor) -> Tensor:
        """One feature vector per photo, what `linear_classifier` sees: float32 (N, F)."""
        return self.descriptor(self.features(photos))

    @property
    def reference(self) -> Tensor | None:
        """The embedding (F,) of an average training photo, a buffer; None where none is needed."""
        return None

    @torch.no_grad()
    def set_reference(self, mean: Tensor) -> None:
        """Set the embedding of an average training photo, float32 (F,)."""
        if self.reference is not None:
            self.reference.copy_(mean)

    # Whole numbers: frozen layers that an INT8 graph may replace.

    def replaceable_layers(self) -> nn.Module | None:
        """Its frozen layers as a module, `layer_inputs` -> maps; None where it has none."""
        return None

    def layer_inputs(self, photos: Tensor) -> Tensor:
        """What the replaceable layers take, of network inputs (N, 3, S, S)."""
        return photos

    def use_int8(self, trunk: Int8Trunk | None) -> None:
        """Replace the layers by an INT8 graph; None brings them back."""

    # Heatmaps.

    def linear_attribution(self) -> LinearAttribution | None:
        """Its exact attribution; None where the gradient of the head has to serve instead."""
        return None

    def as_maps(self, features: Any) -> Tensor:
        """What `features` gave as maps (N, C, h, w), for gradient heatmaps."""
        maps: Tensor = features
        return maps

    # Test-time augmentation: several passes over each photo, see `AveragedPasses`.

    def single_pass(self) -> "InspectionNetwork":
        """The network that processes one pass."""
        return self

    def repeat_for_passes(self, values: Tensor) -> Tensor:
        """Rows (N, ...), one for each photo, as (passes * N, ...)."""
        return values

    def merge_passes(self, heatmaps: Tensor) -> Tensor:
        """Heatmaps (passes * N, h, w) as (N, h, w), in the orientation of the photo."""
        return heatmaps

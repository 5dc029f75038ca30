"""Any network of timm, cut between its last feature maps and its head, as Grad-CAM needs it."""

from torch import Tensor, nn

from okng.training.networks.layers.tile_pooling import pool
from okng.training.networks.protocol import InspectionNetwork
from okng.training.networks.timm_layers import freeze_first_layers


class Backbone(InspectionNetwork):
    """A timm network whose own head classifies its last maps.

    Args:
        model: a timm network with `forward_features` and `forward_head`.

    A vision transformer that classifies its class token alone has no gradient at the patch tokens,
    so it would have no heatmap. Such a network averages its patch tokens instead.
    """

    takes_pretrained_weights = True

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model
        if getattr(model, "global_pool", None) == "token":
            model.global_pool = "avg"  # type: ignore[assignment]

    @property
    def prefix_tokens(self) -> int:
        """Tokens before the patch tokens: they belong to no place of the photo."""
        return int(getattr(self.model, "num_prefix_tokens", 0))

    @property
    def channels_last(self) -> bool:
        """Whether the feature maps are (N, h, w, C)."""
        return getattr(self.model, "output_fmt", "NCHW") == "NHWC"

    def features(self, photos: Tensor) -> Tensor:
        """What the head sees: (N, C, h, w), (N, h, w, C), or tokens (N, L, C)."""
        maps: Tensor = self.model.forward_features(photos)  # type: ignore[operator]
        return maps

    def head(self, maps: Tensor) -> Tensor:
        """Logits (N, outputs) of what `features` gave."""
        logits: Tensor = self.model.forward_head(maps)  # type: ignore[operator]
        return logits

    def as_maps(self, features: Tensor) -> Tensor:
        """What `features` gave, as maps (N, C, h, w)."""
        if features.ndim == 3:  # tokens (N, L, C), in rows of a square
            patches = features[:, self.prefix_tokens :].transpose(1, 2)
            side = int(patches.shape[2] ** 0.5)  # photos are square, so patches are, too
            return patches.reshape(*patches.shape[:2], side, side)
        return features.permute(0, 3, 1, 2) if self.channels_last else features

    def descriptor(self, maps: Tensor) -> Tensor:
        """Features for novelty detection: mean and maximum of each map, float32 (N, 2 C)."""
        return pool([self.as_maps(maps)])

    def freeze(self, fraction: float) -> list[nn.Module]:
        """Stop the first groups of layers from learning, see `InspectionNetwork.freeze`."""
        return freeze_first_layers(self.model, self.classifier, fraction)

    @property
    def classifier(self) -> nn.Module:
        """The last layer, which is new."""
        layer: nn.Module = self.model.get_classifier()  # type: ignore[operator]
        return layer

    def classifiers(self) -> list[nn.Module]:
        """The last layer."""
        return [self.classifier]

    @property
    def linear_classifier(self) -> nn.Linear | None:
        """The last layer where it is linear; some networks of timm end in a convolution."""
        return self.classifier if isinstance(self.classifier, nn.Linear) else None

    def embed(self, photos: Tensor) -> Tensor:
        """What the classifier sees of normalised photos (N, 3, S, S): (N, F)."""
        values: Tensor = self.model.forward_head(self.features(photos), pre_logits=True)  # type: ignore[operator]
        return values

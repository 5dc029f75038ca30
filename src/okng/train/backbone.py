"""Any network of timm, cut between the feature maps and the head, where Grad-CAM stands."""

from torch import Tensor, nn


class Backbone(nn.Module):
    """A timm network as `Network`.

    Args:
        model: a timm network with `forward_features` and `forward_head`.

    A vision transformer that judges by its class token alone leaves no gradient on the places of
    the photo, and so no heatmap. Such a network averages its patch tokens instead.
    """

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

    @property
    def classifier(self) -> nn.Module:
        """The last layer, which is new."""
        layer: nn.Module = self.model.get_classifier()  # type: ignore[operator]
        return layer

    def before_classifier(self, photos: Tensor) -> Tensor:
        """What the classifier sees of normalised photos (N, 3, S, S): (N, F)."""
        values: Tensor = self.model.forward_head(self.features(photos), pre_logits=True)  # type: ignore[operator]
        return values

    def forward(self, photos: Tensor) -> Tensor:
        """Logits (N, outputs) of normalised photos (N, 3, S, S)."""
        return self.head(self.features(photos))

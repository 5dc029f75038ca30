"""Any network of timm, cut between the feature maps and the head, where Grad-CAM stands."""

import torch
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

    def places(self, maps: Tensor) -> Tensor:
        """What `features` gave, as maps (N, C, h, w)."""
        if maps.ndim == 3:
            patches = maps[:, self.prefix_tokens :].transpose(1, 2)
            side = int(patches.shape[2] ** 0.5)
            return patches.reshape(*patches.shape[:2], side, side)
        return maps.permute(0, 3, 1, 2) if self.channels_last else maps

    def described(self, maps: Tensor) -> Tensor:
        """What tells how unlike a photo is: mean and maximum of each map, float32 (N, 2 C)."""
        places = self.places(maps)
        return torch.cat([places.mean((2, 3)), places.amax((2, 3))], 1)

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

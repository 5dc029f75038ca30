"""The plain CNN of the reference project: Conv-ReLU-MaxPool blocks, Dense, Dropout, output.

All parameters exist as soon as the network is built, so an optimiser made from it trains all of
them. The last layer gives logits; sigmoid or softmax is applied by the loss and by the model file.
"""

from itertools import pairwise

from torch import Tensor, nn

from okng.training.networks.architecture import Architecture
from okng.training.networks.layers.tile_pooling import pool
from okng.training.networks.protocol import InspectionNetwork


class PlainCNN(InspectionNetwork):
    """Convolutional network without pretrained weights.

    Args:
        channels: colour channels of the input, 1 or 3.
        outputs: logits; 1 for OK/NG (one sigmoid), else one per class (softmax).
        image_size: height and width of the input in pixels, divisible by 2 ** depth.
        filters: filters of the first block; each further block doubles them, up to 8 times.
        depth: number of Conv-ReLU-MaxPool blocks.
        dense_units: units of the dense layer.
        dropout: share of dense units dropped in training, in [0, 1).
    """

    def __init__(
        self,
        *,
        channels: int,
        outputs: int,
        image_size: int,
        filters: int,
        depth: int,
        dense_units: int,
        dropout: float,
    ) -> None:
        super().__init__()
        widths = [channels, *(filters * min(2**block, 8) for block in range(depth))]
        self.blocks = nn.Sequential(*(_block(before, after) for before, after in pairwise(widths)))
        side = image_size // 2**depth
        self.classifier = nn.Sequential(
            nn.Flatten(),
            nn.Linear(widths[-1] * side * side, dense_units),
            nn.ReLU(),
            nn.Dropout(dropout),
            nn.Linear(dense_units, outputs),
        )

    def features(self, photos: Tensor) -> Tensor:
        """Feature maps (N, C, h, w) of normalised photos (N, channels, S, S)."""
        maps: Tensor = self.blocks(photos)
        return maps

    def head(self, maps: Tensor) -> Tensor:
        """Logits (N, outputs) of feature maps (N, C, h, w)."""
        logits: Tensor = self.classifier(maps)
        return logits

    def classifiers(self) -> list[nn.Module]:
        """The dense layers, of which the last gives the logits."""
        return [self.classifier]

    def descriptor(self, maps: Tensor) -> Tensor:
        """Features for novelty detection: mean and maximum of each map, float32 (N, 2 C)."""
        return pool([maps])


def build_plain_cnn(architecture: Architecture) -> PlainCNN:
    """The plain CNN of an architecture, with random weights."""
    settings = architecture.settings
    return PlainCNN(
        channels=architecture.channels,
        outputs=architecture.outputs,
        image_size=architecture.image_size,
        filters=settings.filters,
        depth=settings.depth,
        dense_units=settings.dense_units,
        dropout=settings.dropout,
    )


def _block(before: int, after: int) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(before, after, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2))

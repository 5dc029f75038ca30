"""Network input of decoded photos: as they are, augmented in a step, or as one of a few draws."""

import numpy as np
import torch
from torch import Tensor

from okng.config import AugmentSettings
from okng.training.data.augmentation import augment
from okng.training.networks.layers.input_transform import Prepare

_BEYOND_EPOCHS = 1_000_000
"""An epoch number that no training reaches, so cached draws repeat none of an epoch."""


class NetworkInput:
    """Turns photos in [0, 1] into network input, reproducibly from the seed.

    Args:
        prepare: grey conversion and normalisation.
        augmentation: how far augmented photos may differ from the photo.
        seed: decides every augmentation, together with epoch and batch.
    """

    def __init__(self, prepare: Prepare, augmentation: AugmentSettings, seed: int) -> None:
        self.prepare = prepare
        self.augmentation = augmentation
        self.seed = seed

    def plain(self, photos: Tensor) -> Tensor:
        """Input (N, channels, S, S) of photos (N, 3, S, S) as they are."""
        return _fast_layout(self.prepare(photos))

    def augmented(self, photos: Tensor, generator: torch.Generator) -> Tensor:
        """Input of photos that the generator augments."""
        colours = augment(self.prepare.colours(photos), self.augmentation, generator)
        return _fast_layout(self.prepare.normalise(colours))

    def draw(self, photos: Tensor, number: int, batch: int) -> Tensor:
        """Input of photos in one random draw, the same whenever it is asked for.

        Args:
            photos: of one batch.
            number: of the draw, 1 or more.
            batch: number of the batch.
        """
        return self.augmented(photos, self.generator(_BEYOND_EPOCHS + number, batch))

    def generator(self, epoch: int, batch: int) -> torch.Generator:
        """Random numbers of one batch in one epoch."""
        state = np.random.SeedSequence((self.seed, epoch, batch)).generate_state(1)
        return torch.Generator().manual_seed(int(state[0]))


def _fast_layout(photos: Tensor) -> Tensor:
    """On CPUs this layout makes depthwise convolutions 1.4 to 1.9 times as fast."""
    return photos.contiguous(memory_format=torch.channels_last)

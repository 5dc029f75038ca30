"""The Lightning module: loss, metrics, optimiser and schedule of one training."""

import math
from typing import Any

import numpy as np
import torch
from lightning.pytorch import LightningModule
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - the name everybody knows
from torch.optim.lr_scheduler import LambdaLR

from okng.config import AugmentSettings
from okng.errors import TrainingError
from okng.train.augment import augment
from okng.train.inputs import Prepare

Batch = tuple[Tensor, Tensor]
_WARM_UP = 0.1  # share of all steps


class Learner(LightningModule):
    """Trains a network on batches of photos in [0, 1].

    Args:
        network: gives one logit (two classes) or one per class.
        prepare: turns photos into network input.
        class_weights: float32 (K,), weight of each class in the loss.
        settings: augmentation.
        lr: learning rate at its peak.
        steps: optimiser steps of the whole training, at most.
        seed: decides augmentation and dropout, together with the epoch.
        frozen: modules to keep in evaluation mode.
    """

    class_weights: Tensor
    network: nn.Module

    def __init__(
        self,
        network: nn.Module,
        prepare: Prepare,
        *,
        class_weights: Tensor,
        settings: AugmentSettings,
        lr: float,
        steps: int,
        seed: int,
        frozen: list[nn.Module],
    ) -> None:
        super().__init__()
        self.network = network
        self.prepare = prepare
        self.register_buffer("class_weights", class_weights)
        self.augmentation = settings
        self.lr = lr
        self.steps = steps
        self.seed = seed
        self._frozen = frozen

    def train(self, mode: bool = True) -> "Learner":
        """Switch the mode; frozen layers stay in evaluation mode."""
        super().train(mode)
        for module in self._frozen:
            module.eval()
        return self

    def training_step(self, batch: Batch, index: int) -> Tensor:
        """Loss of one augmented batch."""
        photos, labels = batch
        generator = self._generator(self.current_epoch, index)
        torch.manual_seed(generator.initial_seed())  # dropout: a resumed run draws as a whole one
        photos = augment(self.prepare.colours(photos), self.augmentation, generator)
        logits = self.network(_fast_layout(self.prepare.normalise(photos)))
        loss = self.loss(logits, labels)
        if not math.isfinite(loss.item()):
            raise TrainingError(
                f"The loss is no longer a number in epoch {self.current_epoch + 1}",
                where="training",
                hint="Take a lower learning rate: --lr 0.0001. The best weights so far are kept.",
            )
        self._log("train", loss, logits, labels)
        return loss

    def validation_step(self, batch: Batch, index: int) -> None:  # noqa: ARG002 - Lightning's
        """Loss and accuracy of one batch as it is."""
        photos, labels = batch
        logits = self.network(self.prepared(photos))
        self._log("val", self.loss(logits, labels), logits, labels)

    def configure_optimizers(self) -> Any:
        """Adam with a short warm-up and a cosine down to a hundredth."""
        learning = [p for p in self.parameters() if p.requires_grad]
        optimizer = torch.optim.Adam(learning, lr=self.lr)
        schedule = LambdaLR(optimizer, self._rate)
        return {
            "optimizer": optimizer,
            "lr_scheduler": {"scheduler": schedule, "interval": "step"},
        }

    def prepared(self, photos: Tensor) -> Tensor:
        """Network input of photos in [0, 1] as they are."""
        return _fast_layout(self.prepare(photos))

    def loss(self, logits: Tensor, labels: Tensor) -> Tensor:
        """Binary or categorical cross-entropy, with class weights."""
        weights = self.class_weights
        if logits.shape[1] == 1:
            return F.binary_cross_entropy_with_logits(
                logits[:, 0], labels.float(), weight=weights[labels]
            )
        return F.cross_entropy(logits, labels, weight=weights)

    @staticmethod
    def accuracy(logits: Tensor, labels: Tensor) -> Tensor:
        """Share of photos whose likeliest class is the right one."""
        guess = (logits[:, 0] > 0).long() if logits.shape[1] == 1 else logits.argmax(1)
        return (guess == labels).float().mean()

    def _generator(self, *where: int) -> torch.Generator:
        state = np.random.SeedSequence((self.seed, *where)).generate_state(1)
        return torch.Generator().manual_seed(int(state[0]))

    def _rate(self, step: int) -> float:
        warm = max(1, round(_WARM_UP * self.steps))
        if step < warm:
            return (step + 1) / warm
        done = min(1.0, (step - warm) / max(1, self.steps - warm))
        return 0.01 + 0.99 * (1 + math.cos(math.pi * done)) / 2

    def _log(self, stage: str, loss: Tensor, logits: Tensor, labels: Tensor) -> None:
        values = {f"{stage}_loss": loss, f"{stage}_accuracy": self.accuracy(logits, labels)}
        self.log_dict(values, on_step=False, on_epoch=True, batch_size=len(labels))


def _fast_layout(photos: Tensor) -> Tensor:
    """On CPUs this layout makes depthwise convolutions 1.4 to 1.9 times as fast."""
    return photos.contiguous(memory_format=torch.channels_last)

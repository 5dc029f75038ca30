"""The Lightning module: training step, validation, optimiser and schedule of one training."""

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import torch
import torch.distributed as dist
from lightning.pytorch import LightningModule
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm
from torch.optim.lr_scheduler import LambdaLR

from okng.error_codes import Code
from okng.errors import TrainingError
from okng.training.artifacts import weights_of
from okng.training.data.loader import Batch
from okng.training.fine_tune.loss import accuracy, weighted_loss
from okng.training.fine_tune.weight_averaging import Average
from okng.training.networks.layers.network_input import NetworkInput

_HEAD_FRACTION = 0.1
"""Learning rate of a probed classifier over that of the layers below: it is good already, and the
layers should adapt to it, not it to them."""
_WARM_UP = 0.1  # fraction of all steps in which the learning rate rises from 0 to its peak
_LAST_RATE = 0.01  # learning rate of the last step, as a fraction of the peak


class Schedule(NamedTuple):
    """The learning rate of a training.

    Attributes:
        lr: at its peak.
        steps: optimiser steps of the whole training, at most.
    """

    lr: float
    steps: int

    def rate(self, step: int) -> float:
        """The learning rate of a step, as a fraction of the peak: warm-up, then a cosine."""
        warm = max(1, round(_WARM_UP * self.steps))
        if step < warm:
            return (step + 1) / warm
        done = min(1.0, (step - warm) / max(1, self.steps - warm))
        return _LAST_RATE + (1 - _LAST_RATE) * (1 + math.cos(math.pi * done)) / 2


class Learner(LightningModule):
    """Trains a network on batches of photos in [0, 1], or of cached activations of its trunk.

    Args:
        network: gives one logit (two classes) or one per class.
        inputs: turns photos into network input; `network` takes cached activations as they are.
        schedule: of the learning rate.
        frozen: modules to keep in evaluation mode.
        groups: groups of parameters with their peak rates; see `_groups` when left out.
        whole: the network that `network` is the trainable top of; None where it takes photos.
    """

    network: nn.Module

    def __init__(
        self,
        network: nn.Module,
        inputs: NetworkInput,
        schedule: Schedule,
        *,
        frozen: list[nn.Module],
        groups: list[dict[str, Any]] | None = None,
        whole: nn.Module | None = None,
    ) -> None:
        super().__init__()
        # The names `network`, `whole` and `prepare` are part of the keys of checkpoints.
        self.network = network
        self.whole = network if whole is None else whole
        self.prepare = inputs.prepare
        self.inputs = inputs
        self.schedule = schedule
        self._frozen = frozen
        self._given_groups = groups
        self._takes_rows = whole is not None
        self.average: Average | None = None

    def train(self, mode: bool = True) -> "Learner":
        """Switch the mode; frozen layers stay in evaluation mode."""
        super().train(mode)
        for module in self._frozen:
            module.eval()
        return self

    def training_step(self, batch: Batch, index: int) -> Tensor:
        """Loss of one augmented batch."""
        photos, labels, weights, _ = batch
        generator = self.inputs.generator(self.current_epoch, index)
        # Dropout draws from the global generator: seeded here, a resumed run equals a whole one.
        torch.manual_seed(generator.initial_seed())
        logits = self.network(self._augmented(photos, generator)).float()
        loss = weighted_loss(logits, labels, weights)
        if not math.isfinite(loss.item()):
            raise self.diverged("loss")
        self._log("train", loss, logits, labels)
        return loss

    def validation_step(self, batch: Batch, index: int) -> None:  # noqa: ARG002 - Lightning's
        """Loss and accuracy of one batch as it is."""
        photos, labels, weights, _ = batch
        logits = self.network(self.input_of(photos)).float()
        self._log("val", weighted_loss(logits, labels, weights), logits, labels)

    def diverged(self, which: str) -> TrainingError:
        """The error that ends a training whose loss is not finite; `which` names the loss."""
        return TrainingError(
            f"The {which} is no longer a number in epoch {self.current_epoch + 1}",
            where="training",
            hint="Train into another `out` with a lower learning rate: `training.lr` "
            f"{self.schedule.lr / 10:g}. The best weights so far are kept.",
            code=Code.TRAINING_DIVERGED,
        )

    def on_top(self, top: nn.Module) -> "Learner":
        """A learner for the trainable top, fed with cached activations of the frozen trunk."""
        return Learner(top, self.inputs, self.schedule, frozen=self._frozen, whole=self.network)

    def start_average(self) -> None:
        """Validate, from here on, with a moving average of the weights."""
        learning = [p for p in self.network.parameters() if p.requires_grad]
        self.average = Average([*learning, *self._statistics()])

    def _statistics(self) -> Iterator[Tensor]:
        """Means and variances of batch normalisation, where it learns."""
        still = {id(m) for frozen in self._frozen for m in frozen.modules()}
        for module in self.network.modules():
            if isinstance(module, _BatchNorm) and id(module) not in still:
                yield from (b for b in module.buffers() if b.is_floating_point())

    def optimizer_step(self, *args: Any, **kwargs: Any) -> None:
        """Update the average after every step."""
        super().optimizer_step(*args, **kwargs)
        if self.average is not None:
            self.average.update()

    def on_validation_start(self) -> None:
        """Validate with the average."""
        self._swap()

    def on_validation_end(self) -> None:
        """Continue to train the weights."""
        self._swap()

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Save the average."""
        if self.average is not None:
            checkpoint["average"] = self.average.state()

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Restore the average."""
        if self.average is not None:
            self.average.restore(checkpoint["average"])

    def validated_weights(self) -> dict[str, Tensor]:
        """The weights that validation used: a copy of the whole network's."""
        self._swap()
        weights = weights_of(self.whole)
        self._swap()
        return weights

    def _swap(self) -> None:
        if self.average is not None:
            self.average.swap()

    def configure_optimizers(self) -> Any:
        """Adam with decoupled weight decay (Loshchilov and Hutter, ICLR 2019); see `Schedule`."""
        groups = self._given_groups or self._groups()
        optimizer = torch.optim.AdamW(groups, weight_decay=0.0)  # groups may have their own decay
        schedule = LambdaLR(optimizer, self.schedule.rate)
        return {
            "optimizer": optimizer,
            "lr_scheduler": {"scheduler": schedule, "interval": "step"},  # not once per epoch
        }

    def _groups(self) -> list[dict[str, Any]]:
        """Upper layers of a pretrained network at the full rate, its classifier at a tenth."""
        lr = self.schedule.lr
        classifier = getattr(self.network, "classifier", None)
        head = list(classifier.parameters()) if isinstance(classifier, nn.Module) else []
        known = {id(p) for p in head}
        layers = [p for p in self.network.parameters() if id(p) not in known and p.requires_grad]
        if self.average is None or not head:
            return [{"params": [*layers, *head], "lr": lr}]
        return [{"params": layers, "lr": lr}, {"params": head, "lr": _HEAD_FRACTION * lr}]

    def input_of(self, photos: Tensor) -> Tensor:
        """Network input of photos in [0, 1] as they are; cached activations are input already."""
        return photos if self._takes_rows else self.inputs.plain(photos)

    def _augmented(self, photos: Tensor, generator: torch.Generator) -> Tensor:
        if self._takes_rows:  # augmented before they were cached
            return photos
        return self.inputs.augmented(photos, generator)

    def _log(self, stage: str, loss: Tensor, logits: Tensor, labels: Tensor) -> None:
        values = {f"{stage}_loss": loss, f"{stage}_accuracy": accuracy(logits, labels)}
        together = dist.is_available() and dist.is_initialized()
        self.log_dict(
            values, on_step=False, on_epoch=True, batch_size=len(labels), sync_dist=together
        )

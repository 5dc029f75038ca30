"""The Lightning module: loss, metrics, optimiser and schedule of one training."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
import torch.distributed as dist
from lightning.pytorch import LightningModule
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - the name everybody knows
from torch.nn.modules.batchnorm import _BatchNorm
from torch.optim.lr_scheduler import LambdaLR

from okng.config import AugmentSettings
from okng.error_codes import Code
from okng.errors import TrainingError
from okng.training.artifacts import weights_of
from okng.training.data.augmentation import augment
from okng.training.data.loader import Batch
from okng.training.fine_tune.weight_averaging import Average
from okng.training.networks.layers.input_transform import Prepare

_HEAD_SHARE = 0.1  # the classifier is good already; the layers below are to follow it
_WARM_UP = 0.1  # share of all steps
_OUTSIDE = 1_000_000  # an epoch that no training reaches: views drawn outside of it


class Learner(LightningModule):
    """Trains a network on batches of photos in [0, 1].

    Args:
        network: gives one logit (two classes) or one per class.
        prepare: turns photos into network input.
        settings: augmentation.
        lr: learning rate at its peak.
        steps: optimiser steps of the whole training, at most.
        seed: decides augmentation and dropout, together with the epoch.
        frozen: modules to keep in evaluation mode.
        whole: the network that `network` is the upper part of; `network` itself when left out.
        rates: groups of parameters with their rates at the peak; see `_groups` when left out.
    """

    network: nn.Module

    def __init__(
        self,
        network: nn.Module,
        prepare: Prepare,
        *,
        settings: AugmentSettings,
        lr: float,
        steps: int,
        seed: int,
        frozen: list[nn.Module],
        whole: nn.Module | None = None,
        rates: list[dict[str, Any]] | None = None,
    ) -> None:
        super().__init__()
        self.network = network
        self.whole = network if whole is None else whole
        self.prepare = prepare
        self.augmentation = settings
        self.lr = lr
        self.steps = steps
        self.seed = seed
        self._frozen = frozen
        self._rates = rates
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
        generator = self._generator(self.current_epoch, index)
        torch.manual_seed(generator.initial_seed())  # dropout: a resumed run draws as a whole one
        logits = self.network(self._augmented(photos, generator)).float()
        loss = self.loss(logits, labels, weights)
        if not math.isfinite(loss.item()):
            raise self.diverged("loss")
        self._log("train", loss, logits, labels)
        return loss

    def validation_step(self, batch: Batch, index: int) -> None:  # noqa: ARG002 - Lightning's
        """Loss and accuracy of one batch as it is."""
        photos, labels, weights, _ = batch
        logits = self.network(self.prepared(photos)).float()
        self._log("val", self.loss(logits, labels, weights), logits, labels)

    def diverged(self, what: str) -> TrainingError:
        """The error that ends a training whose loss is no number; `what` names the loss."""
        return TrainingError(
            f"The {what} is no longer a number in epoch {self.current_epoch + 1}",
            where="training",
            hint=f"Train into another `out` with a lower learning rate: `training.lr` "
            f"{self.lr / 10:g}. The "
            "best weights so far are kept.",
            code=Code.TRAINING_DIVERGED,
        )

    def over_rows(self, upper: nn.Module) -> "Learner":
        """The same training of the network's upper layers, on what its lower ones say."""
        return self._with(upper, self.network)

    def of(self, network: nn.Module) -> "Learner":
        """The same for a part of the network that takes photos as the whole does."""
        return self._with(network, None)

    def _with(self, network: nn.Module, whole: nn.Module | None) -> "Learner":
        return Learner(
            network,
            self.prepare,
            settings=self.augmentation,
            lr=self.lr,
            steps=self.steps,
            seed=self.seed,
            frozen=self._frozen,
            whole=whole,
        )

    def start_average(self) -> None:
        """From here on, judge by a moving average of the weights."""
        learning = [p for p in self.network.parameters() if p.requires_grad]
        self.average = Average([*learning, *self._statistics()])

    def _statistics(self) -> Iterator[Tensor]:
        """Means and variances of batch normalisation, where it learns."""
        still = {id(m) for frozen in self._frozen for m in frozen.modules()}
        for module in self.network.modules():
            if isinstance(module, _BatchNorm) and id(module) not in still:
                yield from (b for b in module.buffers() if b.is_floating_point())

    def optimizer_step(self, *args: Any, **kwargs: Any) -> None:
        """Let the average follow every step."""
        super().optimizer_step(*args, **kwargs)
        if self.average is not None:
            self.average.update()

    def on_validation_start(self) -> None:
        """Judge by the average."""
        self._swap()

    def on_validation_end(self) -> None:
        """Learn on from the weights."""
        self._swap()

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Keep the average."""
        if self.average is not None:
            checkpoint["average"] = self.average.state()

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Go on with the average."""
        if self.average is not None:
            self.average.restore(checkpoint["average"])

    def judged_weights(self) -> dict[str, Tensor]:
        """The weights by which validation judged: a copy of the whole network's."""
        self._swap()
        weights = weights_of(self.whole)
        self._swap()
        return weights

    def _swap(self) -> None:
        if self.average is not None:
            self.average.swap()

    def configure_optimizers(self) -> Any:
        """Adam with a short warm-up and a cosine down to a hundredth; see `_groups`.

        Where weights decay, they do so apart from the gradient (Loshchilov and Hutter, ICLR 2019).
        """
        optimizer = torch.optim.AdamW(self._rates or self._groups(), weight_decay=0.0)
        schedule = LambdaLR(optimizer, self._rate)
        return {
            "optimizer": optimizer,
            "lr_scheduler": {"scheduler": schedule, "interval": "step"},
        }

    def _groups(self) -> list[dict[str, Any]]:
        """Upper layers of a pretrained network at the full rate, its classifier at a tenth."""
        classifier = getattr(self.network, "classifier", None)
        head = list(classifier.parameters()) if isinstance(classifier, nn.Module) else []
        known = {id(p) for p in head}
        layers = [p for p in self.network.parameters() if id(p) not in known and p.requires_grad]
        if self.average is None or not head:
            return [{"params": [*layers, *head], "lr": self.lr}]
        return [
            {"params": layers, "lr": self.lr},
            {"params": head, "lr": _HEAD_SHARE * self.lr},
        ]

    def prepared(self, photos: Tensor) -> Tensor:
        """Network input of photos in [0, 1] as they are."""
        if self._takes_rows:
            return photos
        return _fast_layout(self.prepare(photos))

    def varied(self, photos: Tensor, view: int, number: int) -> Tensor:
        """Network input of photos in [0, 1] as training varies them: the view's own draw."""
        return self._augmented(photos, self._generator(_OUTSIDE + view, number))

    @staticmethod
    def loss(logits: Tensor, labels: Tensor, weights: Tensor) -> Tensor:
        """Binary or categorical cross-entropy, averaged by the weights of the photos."""
        if logits.shape[1] == 1:
            each = F.binary_cross_entropy_with_logits(
                logits[:, 0], labels.float(), reduction="none"
            )
        else:
            each = F.cross_entropy(logits, labels, reduction="none")
        return (each * weights).sum() / weights.sum()

    @staticmethod
    def accuracy(logits: Tensor, labels: Tensor) -> Tensor:
        """Share of photos whose likeliest class is the right one."""
        guess = (logits[:, 0] > 0).long() if logits.shape[1] == 1 else logits.argmax(1)
        return (guess == labels).float().mean()

    def _augmented(self, photos: Tensor, generator: torch.Generator) -> Tensor:
        if self._takes_rows:  # which were varied before they were kept
            return photos
        colours = augment(self.prepare.colours(photos), self.augmentation, generator)
        return _fast_layout(self.prepare.normalise(colours))

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
        together = dist.is_available() and dist.is_initialized()
        self.log_dict(
            values, on_step=False, on_epoch=True, batch_size=len(labels), sync_dist=together
        )


def _fast_layout(photos: Tensor) -> Tensor:
    """On CPUs this layout makes depthwise convolutions 1.4 to 1.9 times as fast."""
    return photos.contiguous(memory_format=torch.channels_last)

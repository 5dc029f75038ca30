"""The course of a training: the classifier first, then the layers that shall learn, if any."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import torch
from torch import nn

from okng.config import PLAIN, UPRIGHT, Look, Settings
from okng.progress import Progress
from okng.runs.layout import ModelsFolder
from okng.training import artifacts
from okng.training.data.loader import loader
from okng.training.data.samples import Task
from okng.training.fine_tune.callbacks import Keeper
from okng.training.fine_tune.lightning_module import Learner
from okng.training.fine_tune.trainer import run_epochs
from okng.training.networks.layers.input_transform import Prepare
from okng.training.networks.multi_scale import MultiDepth
from okng.training.networks.timm_backbone import Backbone
from okng.training.networks.timm_layers import freeze_first_layers
from okng.training.networks.two_branch import TwoBranch, typical_of
from okng.training.probe.cross_fit import folds_due, wanted_folds
from okng.training.probe.feature_cache import KeptRows, keep_rows
from okng.training.probe.linear_probe import Start, labels_and_parts, linear_start


class RunControls(NamedTuple):
    """What those hold who wait for a training.

    Attributes:
        progress: receives one stage with a step per batch.
        deadline: on `time.monotonic`, when epochs shall end; None for no hurry.
        told: is told every row of the history.
    """

    progress: Progress
    deadline: float | None = None
    told: Callable[[Mapping[str, float]], None] | None = None


class TrainingSequence:
    """One training of one network. It leaves the best weights in the run folder.

    Args:
        network: with the weights that it starts from.
        prepare: what stands before it.
        task: photos and classes.
        settings: resolved, see `config.resolve`.
        run: the run folder; where it has a checkpoint, training goes on from it.
        controls: of those who wait for it.
    """

    def __init__(
        self,
        network: nn.Module,
        prepare: Prepare,
        task: Task,
        settings: Settings,
        run: Path,
        controls: RunControls,
    ) -> None:
        training, train, validation = settings.training, *task.numbered()
        self.network, self.settings, self.run, self.controls = network, settings, run, controls
        self.models = ModelsFolder(run)
        self.train, self.validation = (
            split.counted(training.class_weights) for split in (train, validation)
        )
        self.pretrained = settings.model.weights != "random" and isinstance(
            network, Backbone | MultiDepth | TwoBranch
        )
        self.batches = train.drawn(training, pretrained=self.pretrained)
        lr = training.lr or PLAIN.lr
        self.learner = Learner(
            network.to(memory_format=torch.channels_last),
            prepare,
            settings=settings.augment,
            lr=lr,
            steps=len(self.batches) * (training.epochs or 0),
            seed=training.seed,
            frozen=freeze_first_layers(network, settings.model.freeze) if self.pretrained else [],
            rates=network.rates(lr) if isinstance(network, TwoBranch) else None,
        )

    def go(self) -> bool:
        """Train; whether the best weights are the ones that no epoch has changed."""
        resumed = self.models.checkpoint.exists()
        if not self.settings.training.epochs:
            if not resumed:
                self._classifier_only()
            return True
        kept = self._rows() if self.pretrained else None
        start = self._start(kept) if self.pretrained and not resumed else None
        start_stays = self._epochs(kept, start)
        if not start_stays:
            self._learn_typical(kept)
        if start_stays or isinstance(self.network, TwoBranch):
            self._fit_again()
        return start_stays

    def _classifier_only(self) -> None:
        start = None
        if self.pretrained:
            start = self._as_quick()
        self._keeper(start).keep_start(self.network)

    def _as_quick(self) -> Start | None:
        """Fit the classifier on layers that stay: by all looks, in folds if due."""
        return self._start(None, wanted_folds(self.settings), self.settings.looks)

    def _start(
        self,
        kept: KeptRows | None,
        folds: bool | None = False,
        looks: tuple[Look, ...] = (UPRIGHT,),
    ) -> Start | None:
        """Fit the classifier, and keep what was said of photos out of fold."""
        network = self.network
        first = self.learner.of(network.frozen) if isinstance(network, TwoBranch) else self.learner
        start = linear_start(
            first, self.train, self.validation, self.controls.progress, kept, folds, looks
        )
        if start is not None and start.unseen is not None:
            artifacts.save({"logits": start.unseen}, self.models.out_of_fold)
        return start

    def _rows(self) -> KeptRows | None:
        limit = self.settings.data.memory_limit_gb
        return keep_rows(self.learner, self.train, self.validation, limit, self.controls.progress)

    def _keeper(self, start: Start | None) -> Keeper:
        return Keeper(
            self.run,
            self.settings.training.patience or 1,
            start and start.row,
            told=self.controls.told,
            deadline=self.controls.deadline,
        )

    def _epochs(self, kept: KeptRows | None, start: Start | None) -> bool:
        """Let layers learn; whether no epoch was better than the start."""
        training, learner, batches = self.settings.training, self.learner, self.batches
        held_out = loader(self.validation, 2 * training.batch_size, None)
        if kept is not None:
            learner, batches, held_out = kept.of_upper(learner, batches, held_out)
        if self.pretrained:
            learner.start_average()
        keeper = self._keeper(start)
        run_epochs(learner, batches, held_out, keeper, training, self.run, self.controls.progress)
        return keeper.start_is_best

    def _fit_again(self) -> None:
        """The classifier on layers that stayed, as `quick` fits it.

        Epochs are judged by one look, and the start that they had to beat knew neither more looks
        nor folds. Rows that were kept for them show the photos in one look: they are seen again.
        """
        wanted = wanted_folds(self.settings)
        folds = folds_due(*labels_and_parts(self.train, self.validation), wanted)
        if not folds and len(self.settings.looks) == 1:
            return
        self.controls.progress.say("the classifier on layers that stayed is fitted again")
        self.network.load_state_dict(artifacts.load(self.models.best))
        if self._as_quick() is not None:
            artifacts.save(artifacts.weights_of(self.network), self.models.best)

    def _learn_typical(self, kept: KeptRows | None) -> None:
        """The average photo as layers see it that have learned: heatmaps start from it."""
        network = self.network
        if isinstance(network, MultiDepth) and kept is not None:
            network.load_state_dict(artifacts.load(self.models.best))
            network.typical.copy_(kept.typical())
        elif isinstance(network, TwoBranch):
            network.load_state_dict(artifacts.load(self.models.best))
            typical = typical_of(network.tuned.eval(), self.learner.prepare, self.train)
            network.tuned.typical.copy_(typical)
        else:
            return
        artifacts.save(artifacts.weights_of(network), self.models.best)

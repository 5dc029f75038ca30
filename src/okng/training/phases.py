"""The phases of a training. `sequence` chooses them once; each leaves its result to the next.

CacheTrunk -> Probe -> FineTune -> Refit      a pretrained network whose layers learn
ChooseTrunkPrecision -> Probe -> SaveStart    one of which only the classifier learns
FineTune -> Refit                             one that starts from random weights
"""

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple, Protocol

from torch.utils.data import DataLoader

from okng.config import UPRIGHT, Folds, Orientation, ResolvedSettings
from okng.events import Progress
from okng.runs.layout import ModelsFolder
from okng.training import artifacts
from okng.training.data.loader import Batch, PhotoArray, loader
from okng.training.fine_tune.callbacks import EpochRecorder
from okng.training.fine_tune.lightning_module import Learner
from okng.training.fine_tune.trainer import run_epochs
from okng.training.networks.feature_extractor import Embedded, Extractor
from okng.training.networks.protocol import InspectionNetwork
from okng.training.probe.cross_fit import folds_due
from okng.training.probe.feature_cache import ActivationCache, cache_activations
from okng.training.probe.feature_source import CachedFeatures, FeatureSource, PhotoFeatures
from okng.training.probe.kept_features import keep_views
from okng.training.probe.linear_probe import KeepViews, ProbeResult, fit_probe, labels_and_parts
from okng.training.probe.reference import mean_embedding
from okng.wording import mark


class RunControls(NamedTuple):
    """Run-time controls of a training: progress and deadline.

    Attributes:
        progress: receives one stage with a step per batch.
        deadline: on `time.monotonic`, when epochs shall end; None for no limit.
    """

    progress: Progress
    deadline: float | None = None


@dataclass(frozen=True)
class TrainingJob:
    """What every phase works on.

    Attributes:
        network: with the weights that it starts from.
        learner: trains the network by gradient.
        settings: resolved, see `config.resolve`.
        run: the run folder.
        train: training photos with weights.
        validation: validation photos with weights.
        batches: loader of the training photos.
        pretrained: whether the network starts from weights of another training.
        controls: of the run.
        digests: SHA-256 of training, then validation photos; empty where they are not known.
    """

    network: InspectionNetwork
    learner: Learner
    settings: ResolvedSettings
    run: Path
    train: PhotoArray
    validation: PhotoArray
    batches: DataLoader[Batch]
    pretrained: bool
    controls: RunControls
    digests: tuple[str, ...] = ()

    @property
    def models(self) -> ModelsFolder:
        """The folder of the .pth files."""
        return ModelsFolder(self.run)

    def callback(self, start: ProbeResult | None) -> EpochRecorder:
        """Writes the files of every epoch; `start` is the row of epoch 0."""
        return EpochRecorder(
            self.run,
            self.settings.training.patience,
            start and start.row,
            progress=self.controls.progress,
            epochs=self.settings.training.epochs,
            deadline=self.controls.deadline,
        )

    def load_best(self) -> None:
        """Load the best weights of the run folder into the network."""
        self.network.load_state_dict(artifacts.load(self.models.best))

    def save_best(self) -> None:
        """Save the network's weights as the best of the run folder."""
        artifacts.save(artifacts.weights_of(self.network), self.models.best)


@dataclass
class TrainingState:
    """What one phase leaves to the next.

    Attributes:
        extractor: gives the features of the frozen branch, where a trial of INT8 layers made it.
        cache: activations of the frozen trunk; None where the network cannot be cut.
        start: result of the probe that epochs have to beat.
        start_is_best: whether no epoch was better than the network before the epochs.
    """

    extractor: Extractor | None = None
    cache: ActivationCache | None = None
    start: ProbeResult | None = None
    start_is_best: bool = True

    @property
    def embedded(self) -> Embedded | None:
        """Training photos as the probe embedded them.

        A training that is resumed after its probe has none: where epochs follow, its result must
        not rest on them.
        """
        return self.start and self.start.embedded


class Phase(Protocol):
    """One step of a training."""

    def run(self, job: TrainingJob, state: TrainingState) -> None:
        """Do it, and leave the results in the state and in the run folder."""
        ...


class CacheTrunk:
    """Compute the activations of the frozen trunk once, for probe and epochs."""

    def run(self, job: TrainingJob, state: TrainingState) -> None:
        """Fill the cache, unless the network cannot be cut."""
        state.cache = cache_activations(
            job.network,
            job.learner.inputs,
            job.train,
            job.validation,
            memory_limit_gb=job.settings.data.memory_limit_gb,
            progress=job.controls.progress,
        )


class Probe(NamedTuple):
    """Fit the classifier on frozen features, and save its out-of-fold logits if it has some.

    Attributes:
        folds: when to cross-fit it.
        orientations: in which each photo counts; cached activations are upright alone.
        stores: whether the features stay in the run folder: `okng retrain` fits on them again.
    """

    folds: Folds = Folds.NEVER
    orientations: tuple[Orientation, ...] = (UPRIGHT,)
    stores: bool = False

    def due(self, job: TrainingJob) -> int:
        """Number of folds; 0 for none."""
        return folds_due(*labels_and_parts(job.train, job.validation), self.folds)

    def run(self, job: TrainingJob, state: TrainingState) -> None:
        """Fit the classifier of the frozen branch."""
        network = job.network.frozen_branch()
        source: FeatureSource
        if state.cache is not None:
            source = CachedFeatures(state.cache)
        else:
            inputs, orientations = job.learner.inputs, self.orientations
            source = PhotoFeatures(
                network, inputs, job.train, job.validation, orientations, state.extractor
            )
        state.start = fit_probe(
            network,
            source,
            folds=self.due(job),
            seed=job.settings.training.seed,
            progress=job.controls.progress,
            keep=self._keep(job, network),
        )
        if state.start is not None and state.start.out_of_fold is not None:
            artifacts.save_out_of_fold(state.start.out_of_fold, job.run)

    def _keep(self, job: TrainingJob, network: InspectionNetwork) -> KeepViews | None:
        """What keeps the features; None where they would not serve.

        With tiles, unfamiliarity is measured on other features than those of the classifier.
        """
        if not (self.stores and job.digests and network.descriptor_width):
            return None
        return partial(keep_views, job.run, job.digests)


class SaveStart:
    """Save the network as it is: the end of a training without epochs."""

    def run(self, job: TrainingJob, state: TrainingState) -> None:
        """Write the files of a training."""
        job.callback(state.start).save_start(job.network)


class FineTune:
    """Train the layers that are not frozen, by gradient, epoch by epoch."""

    def run(self, job: TrainingJob, state: TrainingState) -> None:
        """Run the epochs; the best weights are in the run folder then."""
        training, learner, batches = job.settings.training, job.learner, job.batches
        held_out = loader(
            job.validation, 2 * training.batch_size, None
        )  # without gradients, a batch of twice the size fits
        if state.cache is not None:
            learner, batches, held_out = state.cache.substitute(learner, batches, held_out)
        if job.pretrained:
            learner.start_average()
        callback = job.callback(state.start)
        progress = job.controls.progress
        run_epochs(learner, batches, held_out, callback, training, job.run, progress)
        state.start_is_best = callback.start_is_best
        if not state.start_is_best:
            self._update_reference(job, state.cache)

    @staticmethod
    def _update_reference(job: TrainingJob, cache: ActivationCache | None) -> None:
        """Set the reference of layers that have learned: heatmaps start from it."""
        branch = job.network.fine_tuned_branch()
        if branch.reference is None:
            return
        job.load_best()
        if cache is None:
            mean = mean_embedding(branch.eval(), job.learner.prepare, job.train)
        else:
            mean = cache.mean_embedding()
        branch.set_reference(mean)
        job.save_best()


class Refit(NamedTuple):
    """Fit the classifier of frozen layers once more, as a training without epochs fits it.

    Epochs are validated with upright photos and without folds, and so was the probe that they had
    to beat. Where their result is the probe, or has a frozen branch, its classifier is fitted with
    all orientations and folds.

    Attributes:
        probe: the final one.
    """

    probe: Probe

    def run(self, job: TrainingJob, state: TrainingState) -> None:
        """Refit, where frozen layers are part of the result and the final probe differs."""
        has_frozen_branch = job.network.frozen_branch() is not job.network
        if not (state.start_is_best or has_frozen_branch):
            return
        if not self.probe.due(job) and len(self.probe.orientations) == 1:
            return
        job.controls.progress.say(mark("the classifier on layers that stayed is fitted again"))
        job.load_best()
        state.cache = None  # its rows show upright photos alone
        self.probe.run(job, state)
        if state.start is not None:
            job.save_best()

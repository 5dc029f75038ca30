"""A training as a sequence of phases, chosen once from the settings."""

from pathlib import Path

import torch

from okng.config import ResolvedSettings
from okng.runs.layout import ModelsFolder
from okng.training.data.samples import Task
from okng.training.fine_tune.lightning_module import Learner, Schedule
from okng.training.networks.layers.input_transform import Prepare
from okng.training.networks.layers.network_input import NetworkInput
from okng.training.networks.protocol import InspectionNetwork
from okng.training.phases import (
    CacheTrunk,
    FineTune,
    Phase,
    Probe,
    Refit,
    RunControls,
    SaveStart,
    TrainingJob,
    TrainingState,
)
from okng.training.probe.cross_fit import folds_setting
from okng.training.trunk_precision.phase import ChooseTrunkPrecision


class TrainingSequence:
    """One training of one network. It leaves the best weights in the run folder.

    Args:
        network: with the weights that it starts from.
        prepare: turns photos into network input.
        task: photos and classes.
        settings: resolved, see `config.resolve`.
        run: the run folder; where it has a checkpoint, training resumes from it.
        controls: progress, deadline and callback.
    """

    def __init__(
        self,
        network: InspectionNetwork,
        prepare: Prepare,
        task: Task,
        settings: ResolvedSettings,
        run: Path,
        controls: RunControls,
    ) -> None:
        self.job = _job(network, prepare, task, settings, run, controls)
        resumed = ModelsFolder(run).checkpoint.exists()
        self.phases = choose_phases(settings, pretrained=self.job.pretrained, resumed=resumed)

    def run(self) -> TrainingState:
        """Train, and return what the last phase left."""
        state = TrainingState()
        for phase in self.phases:
            phase.run(self.job, state)
        return state


def choose_phases(settings: ResolvedSettings, *, pretrained: bool, resumed: bool) -> list[Phase]:
    """The phases of a training, in order.

    Args:
        settings: resolved.
        pretrained: whether the network starts from weights of another training.
        resumed: whether the run folder has a checkpoint: its probe is done.
    """
    final = Probe(folds_setting(settings), settings.orientations)
    if not settings.training.epochs:
        if resumed:
            return []
        final = final._replace(stores=True)
        return [ChooseTrunkPrecision(), final, SaveStart()] if pretrained else [SaveStart()]
    before: list[Phase] = [CacheTrunk()] if pretrained else []
    if pretrained and not resumed:
        before.append(Probe())
    return [*before, FineTune(), Refit(final)]


def _job(
    network: InspectionNetwork,
    prepare: Prepare,
    task: Task,
    settings: ResolvedSettings,
    run: Path,
    controls: RunControls,
) -> TrainingJob:
    training, (train, validation) = settings.training, task.numbered()
    pretrained = settings.model.weights != "random" and network.takes_pretrained_weights
    batches = train.drawn(training, pretrained=pretrained)
    lr = training.lr
    learner = Learner(
        network.to(memory_format=torch.channels_last),
        NetworkInput(prepare, settings.augment, training.seed),
        Schedule(lr, len(batches) * training.epochs),
        frozen=network.freeze(settings.model.freeze) if pretrained else [],
        groups=network.parameter_groups(lr),
    )
    return TrainingJob(
        network,
        learner,
        settings,
        run,
        train.counted(training.class_weights),
        validation.counted(training.class_weights),
        batches,
        pretrained,
        controls,
        task.digests,
    )

"""The phase of a training that computes frozen layers in INT8, where that is asked for or pays."""

from typing import TYPE_CHECKING, NamedTuple

from okng.config import Precision, ResolvedSettings
from okng.error_codes import Code
from okng.errors import ConfigError
from okng.events import Progress
from okng.training.data.loader import PhotoArray
from okng.training.networks.feature_extractor import CPU, Extractor, best_device
from okng.training.networks.layers.network_input import NetworkInput
from okng.training.networks.protocol import InspectionNetwork
from okng.training.quantization.int8_trunk import Int8Trunk
from okng.training.trunk_precision.calibration import calibrated_trunk
from okng.training.trunk_precision.choice import PrecisionChoice
from okng.training.trunk_precision.choice import chosen as of_trial
from okng.training.trunk_precision.trial import FEWEST, Tried, folds_of_trial, tried
from okng.wording import sentence

if TYPE_CHECKING:
    from okng.training.phases import TrainingJob, TrainingState


class Chosen(NamedTuple):
    """The format of the frozen layers.

    Attributes:
        choice: the format, and why.
        extractor: gives the features of the network in this format, where a trial has made it and
            no other device is faster.
    """

    choice: PrecisionChoice
    extractor: Extractor | None = None


class ChooseTrunkPrecision:
    """Before the first feature is computed: everything later is fitted on what the layers give."""

    def run(self, job: "TrainingJob", state: "TrainingState") -> None:
        """Put the INT8 layers in place where they are chosen, and leave the choice in the run."""
        network = job.network.frozen_branch().eval()
        chosen = choose(network, job.learner.inputs, job.train, job.settings, job.controls.progress)
        if chosen is None:
            return
        choice, state.extractor = chosen
        choice.write(job.run)
        values = choice.trial.model_dump() if choice.trial else {}
        job.controls.progress.choose(
            "precision", sentence(f"trunk_{choice.precision.value}_{choice.reason}", **values)
        )


def choose(
    network: InspectionNetwork,
    inputs: NetworkInput,
    photos: PhotoArray,
    settings: ResolvedSettings,
    progress: Progress,
) -> Chosen | None:
    """Choose the format of a network's replaceable layers, and put it in place.

    Args:
        network: pretrained, in evaluation mode.
        inputs: turns photos into network input.
        photos: the training photos.
        settings: resolved; `training.precision` asks for one, or leaves it open (auto).
        progress: receives the stage of the trial.

    Returns:
        None where the network has no replaceable layers, or another format was asked for.

    Raises:
        ConfigError: INT8 was asked for, and the network has no layers that INT8 can replace.
    """
    asked = settings.training.precision
    if asked not in {Precision.AUTO, Precision.INT8}:
        return None
    if asked is Precision.AUTO and (left := _without_trial(network, photos)):
        return Chosen(left)
    graphs = calibrated_trunk(network, inputs, photos, settings.orientations)
    if graphs is None:
        _check_not_asked(settings)
        return None
    if asked is Precision.INT8:
        chosen = Chosen(PrecisionChoice(precision=Precision.INT8, reason="asked"))
    else:
        seed = settings.training.seed
        chosen = _chosen(tried(network, graphs, inputs, photos, progress, seed=seed))
    if chosen.choice.precision is Precision.INT8:
        network.use_int8(Int8Trunk(graphs.int8))
    return chosen


def _chosen(tried: Tried) -> Chosen:
    choice = of_trial(tried.trial)
    if choice.precision is Precision.INT8:
        return Chosen(choice, tried.int8)
    return Chosen(choice, tried.float32 if best_device() == CPU else None)


def _without_trial(network: InspectionNetwork, photos: PhotoArray) -> PrecisionChoice | None:
    """Float32, where a trial would show nothing; None where one is due."""
    if network.replaceable_layers() is None:
        return None
    if len(photos) < FEWEST:
        return PrecisionChoice(precision=Precision.FLOAT32, reason="few_photos")
    if not folds_of_trial(photos):
        return PrecisionChoice(precision=Precision.FLOAT32, reason="few_parts")
    return None


def _check_not_asked(settings: ResolvedSettings) -> None:
    if settings.training.precision is Precision.AUTO:
        return
    raise ConfigError(
        f"The network {settings.model.name} has no layers that INT8 can replace",
        where="`training.precision` int8",
        allowed="a pretrained network that is read at all depths, such as efficientnet_lite0",
        hint="Leave `training.precision` out, or take `model.depth_read` all.",
        code=Code.NETWORK_UNUSABLE,
    )

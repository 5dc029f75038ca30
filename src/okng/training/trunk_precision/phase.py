"""The phase of a training that computes frozen layers in INT8, where that is asked for or pays."""

from typing import TYPE_CHECKING

from okng.config import Precision, ResolvedSettings
from okng.error_codes import Code
from okng.errors import ConfigError
from okng.events import Progress
from okng.training.data.loader import PhotoArray
from okng.training.networks.layers.network_input import NetworkInput
from okng.training.networks.protocol import InspectionNetwork
from okng.training.quantization.int8_trunk import Int8Trunk
from okng.training.trunk_precision.calibration import calibrated_trunk
from okng.training.trunk_precision.choice import PrecisionChoice, chosen
from okng.training.trunk_precision.trial import FEWEST, folds_of_trial, tried
from okng.wording import sentence

if TYPE_CHECKING:
    from okng.training.phases import TrainingJob, TrainingState


class ChooseTrunkPrecision:
    """Before the first feature is computed: everything later is fitted on what the layers give."""

    def run(self, job: "TrainingJob", state: "TrainingState") -> None:  # noqa: ARG002 - a phase
        """Put the INT8 layers in place where they are chosen, and leave the choice in the run."""
        network = job.network.frozen_branch().eval()
        choice = choose(network, job.learner.inputs, job.train, job.settings, job.controls.progress)
        if choice is None:
            return
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
) -> PrecisionChoice | None:
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
    if asked is Precision.AUTO and (open_ := _without_trial(network, photos)):
        return open_
    trunk = calibrated_trunk(network, inputs, photos, settings.orientations)
    if trunk is None:
        _check_not_asked(settings)
        return None
    if asked is Precision.INT8:
        choice = PrecisionChoice(precision=Precision.INT8, reason="asked")
    else:
        seed = settings.training.seed
        choice = chosen(tried(network, trunk, inputs, photos, progress, seed=seed))
    _put(network, trunk, choice)
    return choice


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


def _put(network: InspectionNetwork, trunk: Int8Trunk, choice: PrecisionChoice) -> None:
    network.use_int8(trunk if choice.precision is Precision.INT8 else None)

"""Checks settings before any photo is read, and reports all faults at once."""

import os
from pathlib import Path

import timm
import torch
from torch import nn

from okng.config import Folds, Recipe, ResolvedSettings, RunSettings, TrainingSettings
from okng.error_codes import Code
from okng.errors import ConfigError, OkngError, TrainingError
from okng.training.dry_run import try_network
from okng.training.networks.architecture import Architecture
from okng.training.networks.pretrained import build_pretrained
from okng.training.networks.registry import check_name, is_own, reads_depths
from okng.training.networks.timm_models import TIMM_ERRORS, timm_name

_DEFAULT_BATCH: int = TrainingSettings.model_fields["batch_size"].default


def check_settings(settings: ResolvedSettings, photos: int) -> None:
    """Refuse what cannot work, whatever the photos show.

    Args:
        settings: resolved, see `config.resolve`.
        photos: how many there are, at most, to learn from.

    Raises:
        ConfigError: names every fault.
        TrainingError: no weights can be reached, and nothing else is at fault.
    """
    faults = [
        *_batch(settings, photos),
        *_nothing_learns(settings),
        *_folds(settings),
        *_devices(settings),
        *_network(settings),
        *_tiles(settings),
    ]
    if len(faults) == 1:
        raise faults[0]
    if faults:
        hints = dict.fromkeys(error.hint for error in faults if error.hint)
        raise ConfigError.gather(
            [_sentence(error) for error in faults], where="the settings", hint=" ".join(hints)
        )


def check_batch(settings: ResolvedSettings, photos: int) -> None:
    """Refuse a batch that was asked for and is larger than all training photos.

    Raises:
        ConfigError: it is.
    """
    for error in _batch(settings, photos):
        raise error


def check_tiles(settings: ResolvedSettings) -> None:
    """Refuse tiles that the network cannot be read in at its image size.

    Args:
        settings: resolved.

    Raises:
        ConfigError: it has no maps of several depths, or their places are too few.
    """
    for error in _tiles(settings):
        raise error


def check_devices(settings: RunSettings) -> None:
    """Refuse more devices than there are.

    Raises:
        ConfigError: says how many there are.
    """
    for error in _devices(settings):
        raise error


def check_checkpoint(path: Path, state: object, network: nn.Module) -> None:
    """Refuse to resume from a checkpoint of another network.

    Args:
        path: of the checkpoint, for the message.
        state: the state dict that it holds.
        network: that shall resume.

    Raises:
        TrainingError: tensors are missing, foreign, or of another shape.
    """
    tensors = state if isinstance(state, dict) else {}
    own = {name: tuple(value.shape) for name, value in network.state_dict().items()}
    theirs = {name: tuple(getattr(value, "shape", ())) for name, value in tensors.items()}
    foreign = [name for name in own.keys() | theirs.keys() if own.get(name) != theirs.get(name)]
    if foreign:
        raise TrainingError(
            f"The checkpoint belongs to another network: {len(foreign)} of {len(own)} tensors "
            f"differ, among them {min(foreign)}",
            where=path,
            hint="Go on with the run that it comes from, or train again into another folder.",
            code=Code.RUN_OTHER_SETTINGS,
        )


def _batch(settings: ResolvedSettings, photos: int) -> list[OkngError]:
    size = settings.training.batch_size
    if settings.training.epochs == 0 or size <= max(photos, _DEFAULT_BATCH):
        return []
    return [
        ConfigError(
            f"A batch of {size} is larger than the {photos} photos to learn from",
            where=f"`training.batch_size` {size}",
            allowed=f"2 to {photos}",
            hint=f"Take `training.batch_size` {_DEFAULT_BATCH}, or add photos.",
        )
    ]


def _nothing_learns(settings: ResolvedSettings) -> list[OkngError]:
    """A classifier on random features, without epochs, has nothing to learn from."""
    training = settings.training
    if settings.model.weights != "random" or training.epochs != 0:
        return []
    return [
        ConfigError(
            "Random weights learn nothing without epochs",
            where=f"`model.weights` random `training.recipe` {training.recipe}",
            allowed="one epoch or more",
            hint="Take `training.recipe` standard, `model.freeze` 0 and `training.epochs` 30, or "
            "`model.name` cnn.",
        )
    ]


def _folds(settings: ResolvedSettings) -> list[OkngError]:
    """Folds of classifiers on layers that do not learn, asked of a network that has none."""
    model = settings.model
    plain = is_own(model)
    if settings.training.folds is not Folds.ALWAYS or not (plain or model.weights == "random"):
        return []
    return [
        ConfigError(
            "Folds are for the classifier of a pretrained network, which this one is not",
            where=f"`training.folds` always "
            f"{f'`model.name` {model.name}' if plain else '`model.weights` random'}",
            allowed="auto or never here",
            hint="Leave `training.folds` out, or take `training.recipe` quick.",
        )
    ]


def _devices(settings: RunSettings) -> list[OkngError]:
    """More devices than there are."""
    asked, (there, kind) = settings.training.devices, _devices_here()
    if asked <= there:
        return []
    return [
        ConfigError(
            f"This machine has {there} {kind}{'s' * (there != 1)}",
            where=f"`training.devices` {asked}",
            allowed=f"1 to {there}" if there > 1 else "1",
            hint=f"Take `training.devices` {there}.",
        )
    ]


def _devices_here() -> tuple[int, str]:
    """Number and kind of the devices that Lightning would train on."""
    if torch.cuda.is_available():
        return torch.cuda.device_count(), "GPU"
    if torch.backends.mps.is_available():
        return 1, "GPU"
    return os.cpu_count() or 1, "core"


def _network(settings: ResolvedSettings) -> list[OkngError]:
    """Faults of the network; one hides the next only where it has to."""
    size = settings.data.image_size
    if is_own(settings.model):
        return []
    try:
        check_name(settings.model.name)
    except ConfigError as error:
        return [error]
    stride = _stride(settings.model.name)
    if size < stride:
        smallest = ConfigError(
            f"{settings.model.name} sees one place per {stride} pixels, more than the photo has",
            where=f"`data.image_size` {size}",
            allowed=f"{stride} or more",
            hint=f"Take `data.image_size` {max(stride, 96)} or larger, or another network.",
            code=Code.NETWORK_UNUSABLE,
        )
        return [smallest, *_weights_file(settings)]
    asked = Architecture(settings=settings.model, classes=2, channels=3, image_size=size)
    thorough = settings.training.recipe is Recipe.THOROUGH
    try:
        try_network(asked.model_copy(update={"two_branches": thorough}))
        build_pretrained(asked)
    except (ConfigError, TrainingError) as error:
        return [error]
    return []


def _tiles(settings: ResolvedSettings) -> list[OkngError]:
    """Tiles where nothing is read in windows, or more of them than the coarsest maps have places.

    `_network` reports an unknown network.
    """
    tiles, model, size = settings.model.tiles, settings.model, settings.data.image_size
    if tiles == 1:
        return []
    if not reads_depths(model):
        return [
            ConfigError(
                "Tiles are windows over the maps of all depths of a pretrained network, which this "
                "one does not read",
                where=f"`model.tiles` {tiles}",
                allowed="1 here; more with a pretrained network and `model.depth_read` all",
                hint="Leave `model.tiles` out, or take `model.name` efficientnet_lite0.",
                code=Code.NETWORK_UNUSABLE,
            )
        ]
    try:
        check_name(model.name)
    except ConfigError:
        return []
    places = size // _stride(model.name)
    if 0 < places < tiles:
        return [
            ConfigError(
                f"The coarsest maps of {model.name} have {places} places per side at {size} px, "
                f"too few for {tiles} tiles",
                where=f"`model.tiles` {tiles}",
                allowed=f"1 to {places}",
                hint=f"Take `model.tiles` {places}, or `data.image_size` "
                f"{tiles * _stride(model.name)}.",
                code=Code.NETWORK_UNUSABLE,
            )
        ]
    return []


def _weights_file(settings: ResolvedSettings) -> list[OkngError]:
    file = settings.model.weights
    if file in {"auto", "random"} or Path(file).is_file():
        return []
    return [
        ConfigError(
            "The weights file does not exist",
            where=f"`model.weights` {file}",
            hint="Check it.",
            code=Code.WEIGHTS_MISSING,
        )
    ]


def _stride(name: str) -> int:
    """Side of the photo over side of the deepest maps; 1 where timm has no record."""
    try:
        with torch.device("meta"):
            model = timm.create_model(timm_name(name).split(".")[0], pretrained=False)
    except TIMM_ERRORS:  # the dry run reports what
        return 1
    known = getattr(model, "feature_info", None)
    return max((int(info["reduction"]) for info in known), default=1) if known else 1


def _sentence(error: OkngError) -> str:
    return error.what + (f" ({error.where})" if error.where is not None else "")

"""Networks of timm: their names, how they are created, and how okng wraps them."""

import contextlib
import copy
from collections.abc import Iterator, Mapping
from typing import Any

import timm
from torch import nn

from okng.error_codes import Code
from okng.errors import ConfigError
from okng.training.networks.architecture import Architecture
from okng.training.networks.multi_scale import MultiDepth
from okng.training.networks.protocol import InspectionNetwork
from okng.training.networks.timm_backbone import Backbone
from okng.training.networks.two_branch import FineTunedBranch, TwoBranch

ALIASES = {
    "efficientnet_lite0": "tf_efficientnet_lite0",
    "mobilenetv3": "mobilenetv3_large_100",
    "convnext": "convnext_tiny",
    "vit": "vit_small_patch16_224",
}
"""Names of families that are no names of timm -> the network that is meant: small, with weights
whose licence allows commercial use."""
TIMM_ERRORS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    ImportError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What timm raises where a network cannot be built, filled or run."""


def timm_name(name: str) -> str:
    """The name under which timm has a network."""
    return ALIASES.get(name, name)


def wrap(model: nn.Module, architecture: Architecture) -> InspectionNetwork:
    """A timm network as `MultiDepth` or `TwoBranch`; as `Backbone` for its last layer alone.

    A network with random weights is a `Backbone` too: its intermediate maps carry no information.

    Raises:
        ConfigError: it has no maps of several depths.
    """
    settings = architecture.settings
    if not settings.reads_depths:
        return Backbone(model)
    mean, std = colour_statistics(model)
    outputs, dropout = architecture.outputs, settings.dropout
    with timm_errors(architecture):
        second = copy.deepcopy(model) if architecture.two_branches else None  # before it is cut
        frozen = MultiDepth(
            model,
            outputs=outputs,
            image_size=architecture.image_size,
            view=settings.view,
            mean=mean,
            std=std,
            tiles=settings.tiles,
            floor=architecture.floor,
            whole_levels=architecture.whole_levels,
        )
        if second is None:
            return frozen
        tuned = FineTunedBranch(second, outputs=outputs, mean=mean, std=std, dropout=dropout)
    return TwoBranch(frozen, tuned)


def colour_statistics(model: nn.Module) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and deviation per channel, in [0, 1], that a timm network was pretrained with."""
    config = pretrained_config(model)
    mean, std = (_per_channel(config.get(key)) for key in ("mean", "std"))
    return mean, std


def pretrained_config(model: nn.Module) -> Mapping[str, object]:
    """Timm's record of a network's weights; empty where there is none."""
    config = getattr(model, "pretrained_cfg", None)
    return config if isinstance(config, Mapping) else {}


def _per_channel(values: object) -> tuple[float, ...]:
    """A value for each of three channels; 0.5 where the record has none."""
    return tuple(map(float, values)) if isinstance(values, list | tuple) else (0.5,) * 3


def create(architecture: Architecture, **options: Any) -> nn.Module:
    """A network as timm makes it; whatever timm raises goes through.

    Args:
        architecture: name, size of photos, dropout.
        options: of `timm.create_model`.
    """
    options = {"drop_rate": architecture.settings.dropout, "pretrained": False} | options
    try:
        return _create(architecture, options | {"img_size": architecture.image_size})
    except TypeError:  # convolutional networks take any size and no such argument
        return _create(architecture, options)


def _create(architecture: Architecture, options: dict[str, Any]) -> nn.Module:
    model: nn.Module = timm.create_model(timm_name(architecture.settings.name), **options)
    return model


@contextlib.contextmanager
def timm_errors(architecture: Architecture) -> Iterator[None]:
    """Translate what timm raises about a network.

    Raises:
        ConfigError: in place of it.
    """
    settings = architecture.settings
    try:
        yield
    except TIMM_ERRORS as exc:
        reason = str(exc).strip().splitlines() or ["it gives no reason"]
        raise ConfigError(
            f"The network {settings.name} cannot be used: {reason[0]} ({type(exc).__name__})",
            where=f"`model.name` {settings.name} `data.image_size` {architecture.image_size} "
            f"`model.depth_read` {settings.depth_read.value}",
            allowed="a network of timm that takes photos of this size",
            hint="Try `data.image_size` 224, `model.depth_read` last, or another network.",
            code=Code.NETWORK_UNUSABLE,
        ) from exc

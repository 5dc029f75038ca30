"""All kinds of networks, and how each is built: okng's own by name, every other name from timm."""

import difflib
from collections.abc import Callable

import timm
from torch import nn

from okng.config import UPRIGHT, ModelSettings, Orientation
from okng.error_codes import Code
from okng.errors import ConfigError
from okng.training.networks.architecture import Architecture
from okng.training.networks.plain_cnn import build_plain_cnn
from okng.training.networks.protocol import InspectionNetwork
from okng.training.networks.test_time_augmentation import AveragedPasses
from okng.training.networks.timm_models import ALIASES, create, timm_errors, wrap
from okng.training.quantization.int8_trunk import Int8Trunk

OWN: dict[str, Callable[[Architecture], InspectionNetwork]] = {"cnn": build_plain_cnn}
"""Networks of okng's own, by name: they start from random weights and learn as a whole. An entry
here is all that a new one needs; see `protocol.InspectionNetwork`."""


def is_own(settings: ModelSettings) -> bool:
    """Whether it is one of okng's own networks, which start from random weights."""
    return settings.name in OWN


def reads_depths(settings: ModelSettings) -> bool:
    """Whether it is a pretrained network that is read at all depths."""
    return settings.reads_depths and not is_own(settings)


def check_name(name: str) -> None:
    """Refuse a network that neither okng nor timm has.

    Raises:
        ConfigError: with the nearest known names.
    """
    architecture = name.split(".", maxsplit=1)[0]  # timm's names end in .tag of the weights
    if name in {*OWN, *ALIASES} or timm.is_model(architecture):
        return
    known = [*OWN, *ALIASES, *timm.list_models()]
    near = difflib.get_close_matches(architecture, known, n=4, cutoff=0.4)
    raise ConfigError(
        f"There is no network called {name!r}",
        where="`model.name`",
        allowed=f"{', '.join(near or [*OWN, *ALIASES])}, or any other name of timm",
        hint="Leave `model.name` out for the default, efficientnet_lite0.",
        code=Code.NETWORK_UNKNOWN,
    )


def build(architecture: Architecture) -> InspectionNetwork:
    """A network with random weights.

    Raises:
        ConfigError: the name is unknown, or the network does not take this image size.
    """
    return averaged(_of_one_pass(architecture), architecture.orientations)


def averaged(
    network: InspectionNetwork, orientations: tuple[Orientation, ...]
) -> InspectionNetwork:
    """The mean of a network over orientations; the same network for the upright one alone."""
    return network if orientations == (UPRIGHT,) else AveragedPasses(network, orientations)


def _of_one_pass(architecture: Architecture) -> InspectionNetwork:
    own = OWN.get(architecture.settings.name)
    network = own(architecture) if own else wrap(timm_model(architecture), architecture)
    if architecture.int8:
        network.use_int8(Int8Trunk())  # filled with the saved weights
    return network


def timm_model(architecture: Architecture) -> nn.Module:
    """The whole timm network of an architecture, with random weights.

    Raises:
        ConfigError: the name is unknown, or the network does not take this image size.
    """
    check_name(architecture.settings.name)
    with timm_errors(architecture):
        return create(architecture, num_classes=architecture.outputs)

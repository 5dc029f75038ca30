"""What a network is made of, as plain values, and how it is built from them.

The values are stored in `full_model.pth`, so that one call rebuilds the network without any code
of the user's. Which weights go into it is decided in `weights`.
"""

import contextlib
import copy
import difflib
from collections.abc import Iterator, Mapping
from typing import Any, Protocol, cast

import timm
from pydantic import Field
from torch import Tensor, nn

from okng.config import UPRIGHT, Look, ModelSettings, Section
from okng.error_codes import Code
from okng.errors import ConfigError
from okng.training.networks.layers.local_contrast import FLOOR
from okng.training.networks.multi_scale import MultiDepth
from okng.training.networks.plain_cnn import PlainCNN
from okng.training.networks.test_time_augmentation import AveragedPasses
from okng.training.networks.timm_backbone import Backbone
from okng.training.networks.two_branch import FineTunedBranch, TwoBranch

ALIASES = {
    "efficientnet_lite0": "tf_efficientnet_lite0",
    "mobilenetv3": "mobilenetv3_large_100",
    "convnext": "convnext_tiny",
    "vit": "vit_small_patch16_224",
}
"""Names of families that timm has no network of, and the one that is meant: small, and free."""
PLAIN_NAME = "cnn"
FOREIGN = (
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


class Network(Protocol):
    """A classifier that can be cut between its feature maps and its head."""

    def features(self, photos: Tensor) -> Any:
        """What the head sees, of photos (N, channels, S, S) as `Prepare` gives them."""
        ...

    def head(self, maps: Any) -> Tensor:
        """Logits (N, outputs)."""
        ...

    def described(self, maps: Any) -> Tensor:
        """What tells how unlike other photos a photo is: float32 (N, F)."""
        ...


class Architecture(Section):
    """Everything that decides the shape of a network's parameters."""

    settings: ModelSettings
    classes: int = Field(ge=2)
    channels: int = Field(ge=1, le=3)
    image_size: int = Field(ge=32)
    floor: float = FLOOR  # of the flattened light, see `FlattenLight`
    joined: bool = False  # with a second network of the same kind, whose layers have all learned
    looks: tuple[Look, ...] = (UPRIGHT,)  # that its scores are the mean of

    @property
    def outputs(self) -> int:
        """Logits: one (sigmoid) for two classes, else one per class (softmax)."""
        return 1 if self.classes == 2 else self.classes

    @property
    def timm_name(self) -> str:
        """The name under which timm knows the network."""
        return ALIASES.get(self.settings.name, self.settings.name)


def check_name(name: str) -> None:
    """Refuse a network that nobody knows.

    Raises:
        ConfigError: with the nearest known names.
    """
    architecture = name.split(".", maxsplit=1)[0]
    if name in {PLAIN_NAME, *ALIASES} or timm.is_model(architecture):
        return
    known = [PLAIN_NAME, *ALIASES, *timm.list_models()]
    near = difflib.get_close_matches(architecture, known, n=4, cutoff=0.4)
    raise ConfigError(
        f"There is no network called {name!r}",
        where="`model.name`",
        allowed=f"{', '.join(near or [PLAIN_NAME, *ALIASES])}, or any other name of timm",
        hint="Leave `model.name` out for the default, efficientnet_lite0.",
        code=Code.NETWORK_UNKNOWN,
    )


def build(architecture: Architecture) -> nn.Module:
    """A network with random weights; it is a `Network` and an `nn.Module`.

    Raises:
        ConfigError: the name is unknown, or the network does not take this image size.
    """
    return looking(_of_one_look(architecture), architecture.looks)


def looking(network: nn.Module, looks: tuple[Look, ...]) -> nn.Module:
    """The network that says the mean of several looks; the same network for the upright one."""
    return network if looks == (UPRIGHT,) else AveragedPasses(network, looks)


def _of_one_look(architecture: Architecture) -> nn.Module:
    settings = architecture.settings
    if settings.name == PLAIN_NAME:
        return PlainCNN(
            channels=architecture.channels,
            outputs=architecture.outputs,
            image_size=architecture.image_size,
            filters=settings.filters,
            depth=settings.depth,
            dense_units=settings.dense_units,
            dropout=settings.dropout,
        )
    return wrap(timm_model(architecture), architecture)


def wrap(model: nn.Module, architecture: Architecture) -> nn.Module:
    """A timm network as `MultiDepth` or `TwoBranch`; as `Backbone` for its last layer alone.

    The depths of a network that was never trained show nothing.

    Raises:
        ConfigError: it has no maps of several depths.
    """
    settings = architecture.settings
    if not settings.reads_depths:
        return Backbone(model)
    mean, std = colour_statistics(model)
    outputs, dropout = architecture.outputs, settings.dropout
    with refused(architecture):
        second = copy.deepcopy(model) if architecture.joined else None  # before the first is cut
        frozen = MultiDepth(
            model,
            outputs=outputs,
            image_size=architecture.image_size,
            view=settings.view,
            mean=mean,
            std=std,
            tiles=settings.tiles,
            floor=architecture.floor,
        )
        if second is None:
            return frozen
        tuned = FineTunedBranch(second, outputs=outputs, mean=mean, std=std, dropout=dropout)
    return TwoBranch(frozen, tuned)


def colour_statistics(model: nn.Module) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and deviation per channel, in [0, 1], that a timm network was pretrained with."""
    config = pretrained_config(model)
    mean, std = (_three(config.get(key)) for key in ("mean", "std"))
    return mean, std


def pretrained_config(model: nn.Module) -> Mapping[str, object]:
    """What timm knows of a network's weights; empty where it knows nothing."""
    config = getattr(model, "pretrained_cfg", None)
    return config if isinstance(config, Mapping) else {}


def _three(values: object) -> tuple[float, ...]:
    """A setting per channel; 0.5 where the network does not tell."""
    return tuple(map(float, values)) if isinstance(values, list | tuple) else (0.5,) * 3


def as_network(module: nn.Module) -> Network:
    """The same module, typed as what can be cut between maps and head."""
    return cast("Network", module)


def timm_model(architecture: Architecture) -> nn.Module:
    """The whole timm network of an architecture, with random weights.

    Raises:
        ConfigError: the name is unknown, or the network does not take this image size.
    """
    check_name(architecture.settings.name)
    with refused(architecture):
        return create(architecture, num_classes=architecture.outputs)


def create(architecture: Architecture, **options: Any) -> nn.Module:
    """A network as timm makes it; whatever timm raises goes through.

    Args:
        architecture: name, size of photos, dropout.
        options: of `timm.create_model`.
    """
    options = {"drop_rate": architecture.settings.dropout, "pretrained": False} | options
    try:
        return _made(architecture, options | {"img_size": architecture.image_size})
    except TypeError:  # convolutional networks take any size and no such argument
        return _made(architecture, options)


def _made(architecture: Architecture, options: dict[str, Any]) -> nn.Module:
    model: nn.Module = timm.create_model(architecture.timm_name, **options)
    return model


@contextlib.contextmanager
def refused(architecture: Architecture) -> Iterator[None]:
    """Say in one sentence what timm raises about a network, whatever it is.

    Raises:
        ConfigError: in place of it.
    """
    settings = architecture.settings
    try:
        yield
    except FOREIGN as exc:
        said = str(exc).strip().splitlines() or ["it gives no reason"]
        raise ConfigError(
            f"The network {settings.name} cannot be used: {said[0]} ({type(exc).__name__})",
            where=f"`model.name` {settings.name} `data.image_size` {architecture.image_size} "
            f"`model.depth_read` {settings.depth_read.value}",
            allowed="a network of timm that takes photos of this size",
            hint="Try `data.image_size` 224, `model.depth_read` last, or another network.",
            code=Code.NETWORK_UNUSABLE,
        ) from exc

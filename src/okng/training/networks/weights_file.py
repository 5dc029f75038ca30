"""Weights of an earlier run of okng, as the start of another run.

The .pth files of a run hold the tensors of okng's own network, which wraps the one of timm: timm
cannot load them. Everything is copied but the last layer, which belongs to the classes of that run.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from torch import Tensor, nn

from okng.error_codes import Code
from okng.errors import ConfigError
from okng.training.networks.protocol import InspectionNetwork

_PASSES = "network."  # prefix of a network that averages several passes over a photo
_FROZEN = "frozen."  # prefix of the first branch of a network of two


class OwnWeights(NamedTuple):
    """The tensors of one .pth file of a run.

    Attributes:
        tensors: by name, without the prefix of the wrapper that averages passes.
        network: name of the network, or empty: only `full_model.pth` holds it.
        licence: of the weights that the run started from, or empty.
    """

    tensors: Mapping[str, Tensor]
    network: str
    licence: str


def own_weights(content: Mapping[str, Any]) -> OwnWeights | None:
    """The weights in the content of a .pth file; None where no run of okng wrote it.

    Args:
        content: a state_dict, or the content of `full_model.pth`.
    """
    state = content.get("state_dict", content)
    names = list(state) if isinstance(state, Mapping) else []
    if not names or not (_of_wrapper(names) or _of_plain_cnn(names)):
        return None
    tensors = {str(name).removeprefix(_PASSES): state[name] for name in names}
    architecture = content.get("architecture")
    settings = architecture.get("settings", {}) if isinstance(architecture, Mapping) else {}
    return OwnWeights(tensors, str(settings.get("name", "")), str(content.get("licence", "")))


def fill(network: InspectionNetwork, own: OwnWeights, asked: str, path: Path) -> None:
    """Copy the weights of a run into a network, all but its last layer.

    Args:
        network: a network of okng with random weights.
        own: what the file holds.
        asked: name of the network that is wanted.
        path: the file, for errors.

    Raises:
        ConfigError: they belong to a network of another name, size or kind.
    """
    if own.network and own.network != asked:
        raise ConfigError(
            f"The weights belong to the network {own.network}, not {asked}",
            where=path,
            hint=f"Take `model.name` {own.network}, or other weights.",
            code=Code.WEIGHTS_OTHER_NETWORK,
        )
    wanted = network.state_dict()
    given = _branch(own.tensors, wanted)
    head = _output_tensors(network)
    faults = [
        f"{name} {_shape(given.get(name))}, {_shape(tensor)} in the network"
        for name, tensor in wanted.items()
        if name not in head and _shape(given.get(name)) != _shape(tensor)
    ]
    if faults:
        raise ConfigError(
            f"The weights do not fit the network: {len(faults)} of {len(wanted)} tensors differ, "
            f"first {faults[0]}",
            where=path,
            allowed="weights of a run with the same `model.name`, `training.recipe` and "
            "`data.image_size`",
            hint="Give the settings of that run: they are in its okng.toml.",
            code=Code.WEIGHTS_OTHER_NETWORK,
        )
    network.load_state_dict(
        {name: given[name] for name in wanted if name not in head}, strict=False
    )


def _of_wrapper(names: list[str]) -> bool:
    """`typical` is okng's own; in a plain timm network not every name begins with `model.`."""
    inner = [name.removeprefix(_PASSES) for name in names]
    own = any(name.rpartition(".")[2] == "typical" for name in inner)
    return own or all(name.startswith("model.") for name in inner)


def _of_plain_cnn(names: list[str]) -> bool:
    inner = {name.removeprefix(_PASSES) for name in names}
    return {"blocks.0.0.weight", "classifier.1.weight", "classifier.4.weight"} <= inner


def _branch(given: Mapping[str, Tensor], wanted: Mapping[str, Tensor]) -> Mapping[str, Tensor]:
    """The frozen branch alone, where the file holds two branches and the network has one."""
    joined = any(name.startswith(_FROZEN) for name in given)
    if joined and not any(name.startswith(_FROZEN) for name in wanted):
        return {
            name.removeprefix(_FROZEN): t for name, t in given.items() if name.startswith(_FROZEN)
        }
    return given


def _output_tensors(network: InspectionNetwork) -> set[str]:
    """Names of the tensors whose shape follows the classes, in each branch."""
    own = {id(p) for classifier in network.classifiers() for p in _last_layer(classifier)}
    return {name for name, parameter in network.named_parameters() if id(parameter) in own}


def _last_layer(classifier: nn.Module) -> list[nn.Parameter]:
    layers = [m for m in classifier.modules() if not list(m.children())]  # itself, or its parts
    return list(layers[-1].parameters())


def _shape(tensor: Tensor | None) -> str:
    return "missing" if tensor is None else "x".join(map(str, tensor.shape)) or "scalar"

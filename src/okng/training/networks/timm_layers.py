"""Groups of layers of a timm network: which stay frozen, and how fast each of them learns.

timm knows the order of the layers of every network (`group_matcher`). Both functions rest on it.
"""

from typing import Any

from timm.models import group_parameters
from timm.optim import param_groups_layer_decay  # type: ignore[attr-defined]
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

_LAYER_DECAY = 0.8
"""Learning rate of a group of layers over that of the group above it, as in the base model of
ELECTRA (Clark et al., ICLR 2020)."""
_WEIGHT_DECAY = 0.05  # of AdamW, times the learning rate of the group; as ConvNeXt is trained


def freeze_first_layers(
    model: nn.Module, classifier: nn.Module, fraction: float
) -> list[nn.Module]:
    """Stop the first layers of a timm network from learning.

    They detect edges, which are the same everywhere. They need no backward pass, and theirs is the
    most expensive, because they work at the highest resolution.

    Args:
        model: a timm network.
        classifier: its last layer, which never freezes.
        fraction: of the groups of layers (stem, stages, head), in [0, 1].

    Returns:
        Modules to keep in evaluation mode: those with frozen parameters, and every batch
        normalisation, because a few hundred photos would spoil its statistics.
    """
    groups = group_parameters(model, model.group_matcher(coarse=True), reverse=True)  # type: ignore[operator]
    layers = sorted(set(groups.values()))
    frozen = set(layers[: round(fraction * len(layers))])
    head = {id(p) for p in classifier.parameters()}
    for name, parameter in model.named_parameters():
        if groups.get(name) in frozen and id(parameter) not in head:
            parameter.requires_grad_(False)
    return [m for m in model.modules() if _all_frozen(m) or isinstance(m, _BatchNorm)]


def _all_frozen(module: nn.Module) -> bool:
    own = list(module.parameters())
    return bool(own) and not any(p.requires_grad for p in own)


def layer_rates(model: nn.Module, classifier: nn.Module, lr: float) -> list[dict[str, Any]]:
    """Groups of parameters for an optimiser: the lower a layer, the lower its learning rate.

    Args:
        model: a timm network without head.
        classifier: on top of it; learns at the full rate, because it is new.
        lr: learning rate at its peak.
    """
    groups = param_groups_layer_decay(model, weight_decay=_WEIGHT_DECAY, layer_decay=_LAYER_DECAY)
    layers = [
        {"params": g["params"], "lr": lr * g["lr_scale"], "weight_decay": g["weight_decay"]}
        for g in groups
    ]
    return [*layers, {"params": list(classifier.parameters()), "lr": lr}]

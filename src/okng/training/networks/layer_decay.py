"""How fast each layer of a network learns that learns as a whole: the lower, the slower.

Lower layers see edges, which are the same everywhere; the classifier is new. Layer-wise decay as in
Clark et al. (ELECTRA, ICLR 2020) and timm, whose grouping of layers it is.
"""

from typing import Any

from timm.optim import param_groups_layer_decay  # type: ignore[attr-defined]
from torch import nn

_LAYER_DECAY = 0.8
_WEIGHT_DECAY = 0.05


def layer_rates(model: nn.Module, classifier: nn.Module, lr: float) -> list[dict[str, Any]]:
    """Groups of parameters for an optimiser.

    Args:
        model: a timm network without head.
        classifier: what stands on it; learns at the full rate.
        lr: learning rate at its peak.
    """
    groups = param_groups_layer_decay(model, weight_decay=_WEIGHT_DECAY, layer_decay=_LAYER_DECAY)
    layers = [
        {"params": g["params"], "lr": lr * g["lr_scale"], "weight_decay": g["weight_decay"]}
        for g in groups
    ]
    return [*layers, {"params": list(classifier.parameters()), "lr": lr}]

"""Which layers of a pretrained network keep their weights: the first, which see edges.

They need no backward pass, and theirs is the costliest, since they work at the highest resolution.
"""

from timm.models import group_parameters
from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm

from okng.training.networks.multi_scale import MultiDepth
from okng.training.networks.timm_backbone import Backbone
from okng.training.networks.two_branch import TwoBranch


def freeze_first_layers(network: nn.Module, share: float) -> list[nn.Module]:
    """Stop the first layers from learning.

    Args:
        network: a `Backbone` or `MultiDepth`; of a `TwoBranch` the frozen branch stays and the
            other learns as a whole; other networks have nothing worth keeping.
        share: of the network's layer groups (stem, stages, head), in [0, 1]; the head never
            freezes.

    Returns:
        The modules to be kept in evaluation mode: those that hold frozen parameters, and every
        batch normalisation, whose statistics a few hundred photos would only spoil.
    """
    if isinstance(network, TwoBranch):
        return [network.frozen]
    if not isinstance(network, Backbone | MultiDepth):
        return []
    model = network.model
    groups = group_parameters(model, model.group_matcher(coarse=True), reverse=True)  # type: ignore[operator]
    layers = sorted(set(groups.values()))
    frozen = set(layers[: round(share * len(layers))])
    head = {id(p) for p in network.classifier.parameters()}
    for name, parameter in model.named_parameters():
        if groups.get(name) in frozen and id(parameter) not in head:
            parameter.requires_grad_(False)
    return [m for m in model.modules() if _all_frozen(m) or isinstance(m, _BatchNorm)]


def _all_frozen(module: nn.Module) -> bool:
    own = list(module.parameters())
    return bool(own) and not any(p.requires_grad for p in own)

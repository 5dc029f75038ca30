"""Puts the nodes of an INT8 graph where an exported graph has a placeholder for it."""

import onnx
from torch import nn

from okng.training.quantization.int8_trunk import DOMAIN, INPUT, OPERATOR, Int8Trunk

_PREFIX = "int8_"


def inlined(model: onnx.ModelProto, network: nn.Module) -> onnx.ModelProto:
    """The exported graph of a network, with the nodes of its INT8 layers in it.

    Args:
        model: as `torch.onnx.export` made it; changed in place.
        network: where it has an `Int8Trunk`, the graph has placeholders for it.
    """
    trunks = [module for module in network.modules() if isinstance(module, Int8Trunk)]
    for trunk in trunks:
        _inline(model, onnx.load_from_string(trunk.graph))
    return model


def with_trunk(model: onnx.ModelProto, trunk: bytes) -> onnx.ModelProto:
    """A copy of an exported graph, with a trunk in its placeholders.

    Args:
        model: of a network that has an `Int8Trunk`.
        trunk: an ONNX file with the inputs and outputs of that trunk, in any number format.
    """
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    _inline(copy, onnx.load_from_string(trunk))
    return copy


def _inline(model: onnx.ModelProto, trunk: onnx.ModelProto) -> None:
    onnx.compose.add_prefix(trunk, _PREFIX, inplace=True)
    nodes = list(model.graph.node)
    del model.graph.node[:]
    for number, node in enumerate(nodes):
        is_place = node.domain == DOMAIN and node.op_type == OPERATOR
        model.graph.node.extend(_nodes_for(node, trunk.graph, number) if is_place else [node])
    model.graph.initializer.extend(trunk.graph.initializer)
    _declare_domains(model, trunk)


def _nodes_for(place: onnx.NodeProto, trunk: onnx.GraphProto, number: int) -> list[onnx.NodeProto]:
    """The trunk's nodes with the names that the graph around them has at this place."""
    outside = {_PREFIX + INPUT: place.input[0]}
    outside |= {o.name: name for o, name in zip(trunk.output, place.output, strict=True)}
    shared = {tensor.name for tensor in trunk.initializer}

    def renamed(name: str) -> str:
        return name if not name or name in shared else outside.get(name, f"{name}_{number}")

    nodes = []
    for node in trunk.node:
        copy = onnx.NodeProto()
        copy.CopyFrom(node)
        copy.name = f"{node.name}_{number}"
        copy.input[:] = [renamed(name) for name in node.input]
        copy.output[:] = [renamed(name) for name in node.output]
        nodes.append(copy)
    return nodes


def _declare_domains(model: onnx.ModelProto, trunk: onnx.ModelProto) -> None:
    """The placeholder's domain goes; those that the trunk needs come."""
    versions = {o.domain: o.version for o in (*trunk.opset_import, *model.opset_import)}
    used = {node.domain for node in model.graph.node} | {""}
    del model.opset_import[:]
    for domain in sorted(used):
        model.opset_import.add(domain=domain, version=versions[domain])

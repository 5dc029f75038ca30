"""Which nodes of a model file are layers that can compute in INT8."""

import onnx

from okng.modelfile.graph import ancestors

_GROUPS = 6  # of consecutive layers: so many trials find out which of them lose most
_KEEP = {"Clip", "Relu", "Identity", "MaxPool"}
"""Operators between two layers that give whole numbers where they are given some."""


def name_nodes(graph: onnx.GraphProto) -> None:
    """Give a name to each node that has none."""
    for number, node in enumerate(graph.node):
        node.name = node.name or f"node_{number}"


def layer_groups(graph: onnx.GraphProto) -> list[list[str]]:
    """Convolutions before the score, and additions of their results, in groups from front to back.

    The resize, the local contrast, the classifier and the heatmap are matrix products: they are
    exact in float32, and stay in it.

    Args:
        graph: whose nodes have names.
    """
    before = ancestors(graph, ["defect_score"])
    whole: set[str] = set()  # tensors that layers in INT8 give
    layers: list[list[str]] = []
    constants = {tensor.name for tensor in graph.initializer}
    for node in graph.node:
        given = [name for name in node.input if name and name not in constants]
        if node.op_type == "Conv" and node.output[0] in before:
            layers.append([node.name])
        elif node.op_type == "Add" and layers and len(given) > 1 and whole.issuperset(given):
            layers[-1].append(node.name)
        elif node.op_type not in _KEEP or not whole.issuperset(given):
            continue
        whole.update(node.output)
    size = -(-len(layers) // _GROUPS) if layers else 1
    parts = [layers[begin : begin + size] for begin in range(0, len(layers), size)]
    return [[name for layer in part for name in layer] for part in parts]

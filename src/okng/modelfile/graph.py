"""What a result of a graph is computed from."""

from collections.abc import Iterable

import onnx


def ancestors(graph: onnx.GraphProto, outputs: Iterable[str]) -> set[str]:
    """Names of everything that some outputs are computed from, themselves among them."""
    names = set(outputs)
    for node in reversed(graph.node):
        if names.intersection(node.output):
            names.update(node.input)
    return names

"""What a result of a graph is computed from."""

from collections.abc import Collection, Iterable

import onnx


def ancestors(
    graph: onnx.GraphProto, outputs: Iterable[str], given: Collection[str] = ()
) -> set[str]:
    """Names of everything that some outputs are computed from, themselves among them.

    Args:
        graph: in the order in which it is computed.
        outputs: names.
        given: names whose own ancestors do not count.
    """
    names = set(outputs)
    for node in reversed(graph.node):
        if names.intersection(node.output).difference(given):
            names.update(node.input)
    return names

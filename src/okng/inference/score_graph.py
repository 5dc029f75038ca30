"""The part of a model file that scores are computed from, without its heatmaps."""

import onnx

from okng.modelfile.graph import ancestors

DRAWN = frozenset({"heatmap", "evidence"})
"""Outputs that cost time and serve pictures alone; their values decide nothing."""


def output_names(model: onnx.ModelProto) -> tuple[str, ...]:
    """Names of all outputs."""
    return tuple(output.name for output in model.graph.output)


def score_graph(model: onnx.ModelProto) -> bytes:
    """The graph without the outputs that only a picture needs, and without what they alone need.

    onnxruntime computes every node of a graph, whichever outputs are asked for: its option
    `only_execute_path_to_fetches` changes nothing in 1.32. The heatmap is a seventh of the time of
    a network in INT8 (benchmarks/inspector/LOG.md). Each score is the same to the last bit.

    Args:
        model: it is changed.
    """
    graph = model.graph
    scores = [output for output in graph.output if output.name not in DRAWN]
    needed = ancestors(graph, [output.name for output in scores])
    nodes = [node for node in graph.node if needed.intersection(node.output)]
    tensors = [tensor for tensor in graph.initializer if tensor.name in needed]
    del graph.output[:], graph.node[:], graph.initializer[:]
    graph.output.extend(scores)
    graph.node.extend(nodes)
    graph.initializer.extend(tensors)
    data: bytes = model.SerializeToString()
    return data

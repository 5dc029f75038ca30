"""The part of a model file that is computed: no heatmap and no resize where none is needed."""

from typing import NamedTuple

import onnx
import onnx.numpy_helper

from okng.modelfile.graph import ancestors

DRAWN = frozenset({"heatmap", "evidence"})
"""Outputs that cost time and serve pictures alone; their values decide nothing."""


_GREY_LEVELS = 255.0


class Part(NamedTuple):
    """A part of a graph.

    Attributes:
        drawn: with the outputs that only a picture needs.
        resize: with the resize, for photos that do not have the size of the network's input.
    """

    drawn: bool
    resize: bool


def part_of(data: bytes, part: Part) -> bytes:
    """The bytes of a part of a model file."""
    if part.drawn and part.resize:
        return data
    model = onnx.load_model_from_string(data)
    if not part.resize:
        skip_resize(model.graph)
    return model.SerializeToString() if part.drawn else score_graph(model)


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


def input_side(graph: onnx.GraphProto) -> int | None:
    """Height and width of photos that the resize of a graph leaves as they are, in pixels.

    Returns:
        None where the graph has no such resize, as in older files.
    """
    resized = _resized(graph)
    return None if resized is None else resized.side


def skip_resize(graph: onnx.GraphProto) -> None:
    """Take the resize out of a graph, for photos of its `input_side`.

    Their pixels are whole grey levels, and stay what they are through both matrix products
    (decision 0017), so each score is the same to the last bit. The products take 2 of 18 ms of the
    default network (benchmarks/inspector/LOG.md). Nothing happens where there is no such resize.

    Args:
        graph: it is changed.
    """
    resized = _resized(graph)
    if resized is None:
        return
    cast = onnx.helper.make_node(
        "Cast", ["photo"], ["okng_levels"], to=onnx.TensorProto.FLOAT
    )  # (N, S, S, 3)
    turned = onnx.helper.make_node(
        "Transpose", ["okng_levels"], ["okng_channels_first"], perm=[0, 3, 1, 2]
    )
    resized.scaled.input[0] = "okng_channels_first"
    nodes = [cast, turned, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)


class _Resized(NamedTuple):
    """Where a graph has the photos that it has resized.

    Attributes:
        scaled: the node that divides their whole grey levels by 255.
        side: their height and width, in pixels.
    """

    scaled: onnx.NodeProto
    side: int


def _resized(graph: onnx.GraphProto) -> _Resized | None:
    """The first division of rounded levels (N, 3, S, S) by 255; see `okng.export.resize`."""
    makers = {name: node for node in graph.node for name in node.output}
    shapes = {value.name: value.type.tensor_type.shape.dim for value in graph.value_info}
    constants = {tensor.name: tensor for tensor in graph.initializer}
    for node in graph.node:
        if node.op_type != "Div" or makers.get(node.input[0], node).op_type != "Floor":
            continue
        divisor = constants.get(node.input[1])
        if divisor is None or onnx.numpy_helper.to_array(divisor).tolist() != _GREY_LEVELS:
            continue
        sides = [size.dim_value for size in shapes.get(node.output[0], ())][1:]
        is_square = len(sides) == 3 and sides[0] == 3 and sides[1] == sides[2] > 0
        return _Resized(node, sides[1]) if is_square else None
    return None

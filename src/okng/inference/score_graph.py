"""The part of a model file that is computed: no heatmap and no resize where none is needed."""

from collections.abc import Collection
from typing import NamedTuple

import onnx
import onnx.numpy_helper

from okng.modelfile.graph import ancestors

DRAWN = frozenset({"heatmap", "evidence"})
"""Outputs that cost time and serve pictures alone; their values decide nothing."""


_GREY_LEVELS = 255.0
_PLANES = "okng_planes"


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
    wanted = [name for name in output_names(model) if part.drawn or name not in DRAWN]
    return only(model, wanted)


def output_names(model: onnx.ModelProto) -> tuple[str, ...]:
    """Names of all outputs."""
    return tuple(output.name for output in model.graph.output)


def only(model: onnx.ModelProto, outputs: Collection[str]) -> bytes:
    """The graph of some outputs, without what they do not need.

    onnxruntime computes every node of a graph, whichever outputs are asked for: its option
    `only_execute_path_to_fetches` changes nothing in 1.32. The heatmap is a seventh of the time of
    a network in INT8 (benchmarks/inspector/LOG.md). Each score is the same to the last bit.

    Args:
        model: it is changed.
        outputs: names.
    """
    graph = model.graph
    remaining = [output for output in graph.output if output.name in outputs]
    needed = ancestors(graph, outputs)
    nodes = [node for node in graph.node if needed.intersection(node.output)]
    tensors = [tensor for tensor in graph.initializer if tensor.name in needed]
    del graph.output[:], graph.node[:], graph.initializer[:]
    graph.output.extend(remaining)
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

    The input `photo` is planes (N, 3, S, S) then. A transpose within the graph is moved behind the
    arithmetic by onnxruntime, which then takes mean and deviation from three values at a time: 1.3
    of 7.9 ms.

    Args:
        graph: it is changed.
    """
    resized = _resized(graph)
    if resized is None:
        return
    nodes = [onnx.helper.make_node("Cast", ["photo"], [_PLANES], to=onnx.TensorProto.FLOAT)]
    resized.scaled.input[0] = _PLANES
    nodes.extend(graph.node)
    del graph.node[:]
    graph.node.extend(nodes)
    shape: list[str | int | None] = ["N", 3, resized.side, resized.side]
    photo = onnx.helper.make_tensor_value_info("photo", onnx.TensorProto.UINT8, shape)
    graph.input[0].CopyFrom(photo)


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
        return _Resized(node, sides[1]) if is_square and _is_all(graph, node.input[0]) else None
    return None


def _is_all(graph: onnx.GraphProto, resized: str) -> bool:
    """Whether outputs need the resized photos and their number alone, not their size."""
    outputs = [output.name for output in graph.output]
    names = ancestors(graph, outputs, given=[resized])
    needed = [node for node in graph.node if names.difference([resized]).intersection(node.output)]
    return all(_is_number(node) for node in needed if "photo" in node.input)


def _is_number(node: onnx.NodeProto) -> bool:
    """Whether a node takes the first length of a shape alone, which is the number of photos."""
    return node.op_type == "Shape" and any(a.name == "end" and a.i == 1 for a in node.attribute)

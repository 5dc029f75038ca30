"""Which nodes of a model file count as layers that can compute in INT8."""

from pathlib import Path

import onnx
from onnx import TensorProto, helper

from okng import modelfile
from okng.quantization.layers import layer_groups, name_nodes


def _graph(*nodes: onnx.NodeProto, constants: tuple[str, ...] = ()) -> onnx.GraphProto:
    value = helper.make_tensor_value_info
    return helper.make_graph(
        list(nodes),
        "layers",
        [value("photo", TensorProto.FLOAT, None)],
        [value("defect_score", TensorProto.FLOAT, None), value("heatmap", TensorProto.FLOAT, None)],
        [helper.make_tensor(name, TensorProto.FLOAT, [1], [1.0]) for name in constants],
    )


def _node(kind: str, given: list[str], gives: str) -> onnx.NodeProto:
    return helper.make_node(kind, given, [gives], name=f"n_{gives}")


def test_convolutions_and_additions_of_them_are_layers() -> None:
    """Also through an activation; an addition of a constant or of a float is none."""
    graph = _graph(
        _node("Sub", ["photo", "w"], "dark"),
        _node("Conv", ["dark", "w"], "a"),
        _node("Clip", ["a", "w", "w"], "b"),
        _node("Conv", ["b", "w"], "c"),
        _node("Add", ["b", "c"], "d"),
        _node("Add", ["d", "w"], "shifted"),
        _node("Add", ["d", "dark"], "mixed"),
        _node("MatMul", ["mixed", "w"], "e"),
        _node("Add", ["e", "shifted"], "defect_score"),
        constants=("w",),
    )

    assert layer_groups(graph) == [["n_a"], ["n_c", "n_d"]]


def test_convolutions_of_the_heatmap_alone_are_none() -> None:
    """What no score is computed from gains nothing on the line."""
    graph = _graph(
        _node("Conv", ["photo", "w"], "a"),
        _node("Conv", ["a", "w"], "heatmap"),
        _node("MatMul", ["a", "w"], "defect_score"),
        constants=("w",),
    )

    assert layer_groups(graph) == [["n_a"]]


def test_a_plain_network_has_its_blocks(exported: Path) -> None:
    """Of a file that okng exports, every convolution, in at most six groups."""
    graph = onnx.load_model_from_string(modelfile.read(exported).data).graph
    convolutions = [node.name for node in graph.node if node.op_type == "Conv"]

    groups = layer_groups(graph)

    assert 1 <= len(groups) <= 6
    assert {name for group in groups for name in group} >= set(convolutions) != set()


def test_nodes_without_a_name_get_one() -> None:
    """The quantiser tells nodes apart by their names."""
    graph = _graph(
        helper.make_node("Conv", ["photo", "w"], ["a"]),
        helper.make_node("Conv", ["a", "w"], ["defect_score"]),
        constants=("w",),
    )
    name_nodes(graph)

    assert len({node.name for node in graph.node}) == 2
    assert all(node.name for node in graph.node)

"""In which numbers the network of a model file computes."""

import onnx

_QUANTISED = frozenset({"QuantizeLinear", "QLinearConv", "QLinearMatMul", "ConvInteger",
                        "DynamicQuantizeLinear", "MatMulInteger"})  # fmt: skip


def precision_of(data: bytes) -> str:
    """`int8` where the graph quantises, else `float32`.

    Args:
        data: bytes of an ONNX file that was checked.
    """
    graph = onnx.load_model_from_string(data).graph
    return "int8" if any(node.op_type in _QUANTISED for node in graph.node) else "float32"

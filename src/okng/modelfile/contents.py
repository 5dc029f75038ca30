"""The contents that the graph of a model file may have: only what okng's exporter writes.

A runtime executes whatever a file contains: endless loops, code of other libraries, references to
other files, allocations without limit. So operators are on an allowlist, and every other place of
the format that can contain a graph or refer to a file is refused.
"""

import math
from collections.abc import Iterable, Iterator
from pathlib import Path

import onnx
import onnx.numpy_helper

from okng.error_codes import Code
from okng.errors import ModelFileError

OPSET = 20
"""The operator version that okng writes; operators of later versions may differ in meaning."""
_OLDEST_OPSET, _NEWEST_IR = 11, onnx.IR_VERSION
_MOST_VALUES = 2**28  # values of a tensor whose size a constant sets: 1 GB of float32
_LONGEST_SIDE = 2**24  # values along one dimension of such a tensor
_OPERATORS = """
one value at a time:
    Abs Add And Cast CastLike Ceil Clip Cos Div Elu Equal Erf Exp Floor Gelu Greater GreaterOrEqual
    HardSigmoid HardSwish Identity IsInf IsNaN LeakyRelu Less LessOrEqual Log Max Mean Min Mish Mod
    Mul Neg Not Or PRelu Pow Reciprocal Relu Round Selu Sigmoid Sign Sin Softplus Softsign Sqrt Sub
    Sum Tanh ThresholdedRelu Where Xor
many values to few:
    ArgMax ArgMin CumSum ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean
    ReduceMin ReduceProd ReduceSum ReduceSumSquare TopK
shapes and places:
    Concat Constant ConstantOfShape DepthToSpace Expand Flatten Gather GatherElements GatherND
    OneHot Pad Range Reshape Resize ScatterElements ScatterND Shape Size Slice SpaceToDepth Split
    Squeeze Tile Transpose Trilu Unsqueeze
layers of networks:
    AveragePool BatchNormalization Conv ConvTranspose Dropout Einsum Gemm GlobalAveragePool
    GlobalMaxPool GroupNormalization InstanceNormalization LRN LayerNormalization LogSoftmax
    LpNormalization LpPool MatMul MaxPool Softmax
whole numbers for layers:
    DequantizeLinear QuantizeLinear
"""
_ALLOWED = frozenset(word for word in _OPERATORS.split() if word[0].isupper())
"""Operators of timm's networks and of okng's additions; none contains a graph."""
_PLAIN = frozenset(
    {
        onnx.AttributeProto.FLOAT,
        onnx.AttributeProto.INT,
        onnx.AttributeProto.STRING,
        onnx.AttributeProto.TENSOR,
        onnx.AttributeProto.FLOATS,
        onnx.AttributeProto.INTS,
        onnx.AttributeProto.STRINGS,
    }
)
_SIZED_BY = {"ConstantOfShape": 0, "Expand": 1, "Tile": 1, "Pad": 1, "Resize": 3, "Range": 1,
             "OneHot": 1, "Reshape": 1}  # fmt: skip
"""Operators whose output size is set by one of their inputs, with the number of that input."""


def check_contents(model: onnx.ModelProto, path: Path | str) -> None:
    """Refuse a graph that okng does not write.

    Raises:
        ModelFileError: external data, other operators or versions, nested graphs, or constants
            that set a size larger than any photo needs.
    """
    if any(_is_outside(tensor) for tensor in _tensors(model)):
        raise ModelFileError(
            "The model file refers to external data, which okng does not load",
            where=path,
            allowed="one ONNX file with all its data inside",
            hint="Use inspector.onnx of a run folder.",
            code=Code.MODEL_EXTERNAL_DATA,
        )
    for fault in [*_versions(model), *_parts(model), *_nodes(model.graph), *_sizes(model.graph)]:
        raise ModelFileError(
            f"The graph of the model file was not written by okng: {fault}",
            where=path,
            allowed="a file that `okng train` wrote",
            hint="Use inspector.onnx of a run folder.",
            code=Code.MODEL_DAMAGED,
        )


def _versions(model: onnx.ModelProto) -> Iterator[str]:
    if model.ir_version > _NEWEST_IR:
        yield f"ONNX IR {model.ir_version}, which is newer than {_NEWEST_IR}"
    for opset in model.opset_import:
        if opset.domain not in {"", "ai.onnx"}:
            yield f"operators of {opset.domain!a}"
        elif not _OLDEST_OPSET <= opset.version <= OPSET:
            yield f"operators of version {opset.version}, not {_OLDEST_OPSET} to {OPSET}"


def _parts(model: onnx.ModelProto) -> Iterator[str]:
    if model.functions:
        yield "functions of its own"
    if model.training_info:
        yield "graphs for training"
    if model.graph.sparse_initializer:
        yield "sparse tensors"


def _nodes(graph: onnx.GraphProto) -> Iterator[str]:
    for node in graph.node:
        # Custom domains load code of other libraries; Loop, If and Scan contain graphs.
        if node.domain not in {"", "ai.onnx"} or node.op_type not in _ALLOWED:
            yield f"the operator {node.op_type!a} {node.domain and f'of {node.domain!a}'}".rstrip()
        for attribute in node.attribute:
            if attribute.type not in _PLAIN or attribute.ref_attr_name:
                yield f"{node.op_type!a} contains a graph, a sparse tensor or a type"


def _sizes(graph: onnx.GraphProto) -> Iterator[str]:
    """Constants that set a size beyond `_MOST_VALUES` or `_LONGEST_SIDE`."""
    constants = {t.name: t for t in graph.initializer}
    for node in graph.node:
        for attribute in node.attribute if node.op_type == "Constant" else ():
            constants |= dict.fromkeys(node.output, attribute.t)
    for node in graph.node:
        at = _SIZED_BY.get(node.op_type)
        if at is None or len(node.input) <= at or node.input[at] not in constants:
            continue
        sizes = _numbers(constants[node.input[at]])
        # Pad adds values per side; the other operators multiply dimensions.
        values = sum(sizes) if node.op_type == "Pad" else math.prod(sizes)
        if max(sizes, default=0) > _LONGEST_SIDE or values > _MOST_VALUES:
            yield f"{node.op_type} to {'x'.join(f'{size:g}' for size in sizes)} values"


def _numbers(tensor: onnx.TensorProto) -> list[float]:
    """The values of a constant that are above 1."""
    if math.prod(tensor.dims) > 64:
        return [math.inf]  # no shape is that long
    values = onnx.numpy_helper.to_array(tensor).ravel()
    return [float(value) for value in values if value > 1]


def _is_outside(tensor: onnx.TensorProto) -> bool:
    return tensor.data_location == onnx.TensorProto.EXTERNAL or bool(tensor.external_data)


def _tensors(model: onnx.ModelProto) -> Iterator[onnx.TensorProto]:
    yield from _of_graph(model.graph)
    for function in model.functions:
        yield from _of_nodes(function.node)
        yield from _of_attributes(function.attribute_proto)
    for training in model.training_info:
        yield from _of_graph(training.initialization)
        yield from _of_graph(training.algorithm)


def _of_graph(graph: onnx.GraphProto) -> Iterator[onnx.TensorProto]:
    yield from graph.initializer
    for sparse in graph.sparse_initializer:
        yield from (sparse.values, sparse.indices)
    yield from _of_nodes(graph.node)


def _of_nodes(nodes: Iterable[onnx.NodeProto]) -> Iterator[onnx.TensorProto]:
    for node in nodes:
        yield from _of_attributes(node.attribute)


def _of_attributes(attributes: Iterable[onnx.AttributeProto]) -> Iterator[onnx.TensorProto]:
    for attribute in attributes:
        yield from (attribute.t, *attribute.tensors)
        for sparse in (attribute.sparse_tensor, *attribute.sparse_tensors):
            yield from (sparse.values, sparse.indices)
        for inner in (attribute.g, *attribute.graphs):
            yield from _of_graph(inner)

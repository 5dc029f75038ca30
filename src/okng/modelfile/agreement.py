"""Checks that the graph of a model file agrees with the metadata: inputs, outputs, constants."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import onnx.numpy_helper

from okng.error_codes import Code
from okng.errors import ModelFileError
from okng.modelfile.metadata import Metadata
from okng.verdict import float32_threshold

CONSTANTS = ("calibration_scale", "calibration_bias", "threshold")
"""Tensors of the graph that `seal` sets."""
_FLOAT, _UINT8 = onnx.TensorProto.FLOAT, onnx.TensorProto.UINT8
_Dims = list[int | None]


def needed_constants(metadata: Metadata) -> tuple[str, ...]:
    """The constants that a graph has: without an OK class there is no threshold."""
    return CONSTANTS if metadata.ok_class is not None else CONSTANTS[:2]


def constant_values(metadata: Metadata) -> dict[str, npt.NDArray[np.float32]]:
    """The constants according to the metadata: scale (1,), bias (K,), threshold (1,)."""
    calibration, point = metadata.calibration, metadata.operating_point
    values = (
        [calibration.scale],
        list(calibration.bias),
        [float32_threshold(point.threshold)],
    )
    arrays = dict(zip(CONSTANTS, (np.asarray(v, np.float32) for v in values), strict=True))
    return {name: arrays[name] for name in needed_constants(metadata)}


def check_agreement(model: onnx.ModelProto, metadata: Metadata, path: Path | str) -> None:
    """Refuse a graph whose inputs, outputs or constants contradict the metadata.

    Raises:
        ModelFileError: with the first contradiction.
    """
    graph = model.graph
    for fault in [*_inputs(graph), *_outputs(graph, metadata), *_constants(graph, metadata)]:
        raise ModelFileError(
            f"Graph and metadata of the model file do not agree: {fault}",
            where=path,
            hint="Use inspector.onnx of a run folder; `okng set-threshold` changes both.",
            code=Code.MODEL_DAMAGED,
        )


def _inputs(graph: onnx.GraphProto) -> Iterator[str]:
    inputs = [(i.name, i.type.tensor_type.elem_type, _dims(i)) for i in graph.input]
    if inputs != [("photo", _UINT8, [None, None, None, 3])]:
        names = ", ".join(ascii(name) for name, *_ in inputs)
        yield f"its inputs are {names or 'none'}, expected one `photo`, uint8 (N, H, W, 3)"


def _outputs(graph: onnx.GraphProto, metadata: Metadata) -> Iterator[str]:
    names = [output.name for output in graph.output]
    wanted: dict[str, _Dims] = {
        "probabilities": [None, len(metadata.classes)],
        "defect_score": [None],
    }
    for output in graph.output:
        dims = _dims(output)
        if output.type.tensor_type.elem_type != _FLOAT or not dims or dims[0] is not None:
            yield f"its output {output.name!a} is not float32 with one row per photo"
        if dims != wanted.get(output.name, dims):
            yield f"its output {output.name!a} is {_shape(dims)}, not one per class or photo"
    if len(set(names)) != len(names) or not set(wanted) <= set(names):
        yield (
            f"its outputs are {', '.join(map(ascii, names))}, expected probabilities and "
            "defect_score"
        )


def _constants(graph: onnx.GraphProto, metadata: Metadata) -> Iterator[str]:
    tensors: dict[str, onnx.TensorProto] = {}
    for tensor in graph.initializer:
        if tensor.name in tensors:
            yield f"it has two constants {tensor.name!a}"
        tensors[tensor.name] = tensor
    for name, value in constant_values(metadata).items():
        if name not in tensors:
            yield f"it lacks the constant {name}"
        elif not any(
            _equal(tensors[name], allowed) for allowed in (value, *_older(metadata, name))
        ):
            yield f"its {name} differs from that of the metadata"


def _older(metadata: Metadata, name: str) -> Iterator[npt.NDArray[np.float32]]:
    """The float32 nearest to the threshold, also one below it: files before December 2026."""
    if name == "threshold":
        yield np.asarray([metadata.operating_point.threshold], np.float32)


def _equal(tensor: onnx.TensorProto, value: npt.NDArray[np.float32]) -> bool:
    if tensor.data_type != _FLOAT or list(tensor.dims) != list(value.shape):
        return False
    return bool(np.array_equal(onnx.numpy_helper.to_array(tensor), value))


def _dims(value: onnx.ValueInfoProto) -> _Dims:
    """The shape of a tensor; None for a dimension of any length."""
    dims = value.type.tensor_type.shape.dim
    return [dim.dim_value if dim.HasField("dim_value") else None for dim in dims]


def _shape(dims: _Dims) -> str:
    return f"({', '.join('any' if dim is None else str(dim) for dim in dims)})"

"""A file that is ONNX but not okng's own is refused before an engine sees it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from okng import modelfile
from okng.errors import ModelFileError
from okng.modelfile import seals

Model = onnx.ModelProto


def _rewritten(path: Path, change: Callable[[Model], object]) -> Path:
    """The file with another graph and a seal that is right, as an attacker would make it."""
    model = onnx.load(path)
    change(model)
    path.write_bytes(seals.sealed(model))
    return path


def _said(path: Path, **changes: Any) -> Path:
    """The file with other metadata and a seal that is right."""

    def change(model: Model) -> None:
        for entry in model.metadata_props:
            if entry.key == modelfile.KEY:
                entry.value = json.dumps(json.loads(entry.value) | changes)

    return _rewritten(path, change)


def _outside() -> TensorProto:
    tensor = TensorProto(name="ex", data_type=TensorProto.FLOAT, dims=[4])
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="secret.bin")
    return tensor


def _sparse() -> onnx.SparseTensorProto:
    indices = numpy_helper.from_array(np.arange(4), "at")
    return onnx.SparseTensorProto(values=_outside(), indices=indices, dims=[4])


def _function(model: Model) -> None:
    constant = helper.make_node("Constant", [], ["y"], value=_outside())
    model.functions.append(
        helper.make_function("own", "f", [], ["y"], [constant], model.opset_import)
    )


def _loop(model: Model) -> None:
    body = helper.make_graph([helper.make_node("Identity", ["c"], ["d"])], "body", [], [])
    model.graph.node.append(helper.make_node("Loop", ["", ""], ["x"], body=body))


def _huge(model: Model) -> None:
    model.graph.initializer.append(numpy_helper.from_array(np.array([60_000, 60_000]), "big"))
    model.graph.node.append(helper.make_node("ConstantOfShape", ["big"], ["x"]))


CHANGES: dict[str, Callable[[Model], object]] = {
    "external data: constant": lambda m: m.graph.initializer.append(_outside()),
    "external data: sparse": lambda m: m.graph.sparse_initializer.append(_sparse()),
    "external data: attribute": lambda m: m.graph.node.append(
        helper.make_node("Constant", [], ["x"], sparse_value=_sparse())
    ),
    "external data: function": _function,
    "external data: training": lambda m: m.training_info.add().algorithm.initializer.append(
        _outside()
    ),
    "operator 'Loop'": _loop,
    "operator 'NoSuchOp'": lambda m: setattr(m.graph.node[3], "op_type", "NoSuchOp"),
    "of 'com.microsoft'": lambda m: setattr(m.graph.node[3], "domain", "com.microsoft"),
    "operators of version 99": lambda m: setattr(m.opset_import[0], "version", 99),
    "operators of 'other'": lambda m: m.opset_import.append(helper.make_opsetid("other", 1)),
    "ONNX IR 99": lambda m: setattr(m, "ir_version", 99),
    "ConstantOfShape to 60000x60000": _huge,
    "its outputs are 'defect_score', 'heatmap'": lambda m: m.graph.output.pop(0),
    "its inputs are 'image'": lambda m: setattr(m.graph.input[0], "name", "image"),
    "'defect_score' is not float32": lambda m: setattr(
        m.graph.output[1].type.tensor_type, "elem_type", TensorProto.STRING
    ),
    "its threshold differs from that": lambda m: _set(m, "threshold", [0.999]),
    "its calibration_scale differs from that": lambda m: _set(m, "calibration_scale", [50.0]),
}


def _set(model: Model, name: str, value: list[float]) -> None:
    for tensor in model.graph.initializer:
        if tensor.name == name:
            tensor.CopyFrom(numpy_helper.from_array(np.asarray(value, np.float32), name))


@pytest.mark.parametrize("fault", list(CHANGES))
def test_foreign_graph_is_refused(own: Path, fault: str) -> None:
    """Even with a right seal: each in one sentence that names the fault."""
    with pytest.raises(ModelFileError) as caught:
        modelfile.read(_rewritten(own, CHANGES[fault]))
    assert fault.partition(":")[0] in caught.value.what


METADATA: dict[str, dict[str, Any]] = {
    "two classes have the same name": {"classes": ["ok", "ok"]},
    "should have at most 1000 items": {"classes": [str(number) for number in range(100_000)]},
    "unable to parse raw data as a unicode string": {"classes": ["ok", "\ud800"]},
    "not the first class": {"classes": ["dent", "ok"]},
    "has another number of classes": {"classes": ["ok", "dent", "third"]},
    "finite number": {"calibration": {"scale": float("inf"), "bias": [0.0, 0.0]}},
    "accuracy is not a rate": {"metrics": {"accuracy": [1]}},
    "less than or equal to 1": {"operating_point": {"threshold": float("nan")}},
}


@pytest.mark.parametrize("fault", list(METADATA))
def test_damaged_metadata_are_refused(own: Path, fault: str) -> None:
    """Fields out of range: each in one sentence, in ASCII, whatever the content."""
    with pytest.raises(ModelFileError, match=r"metadata .* damaged") as caught:
        modelfile.read(_said(own, **METADATA[fault]))
    assert caught.value.what.isascii()
    assert fault in caught.value.what


@pytest.mark.parametrize("text", ["[" * 100_000, '{"schema_version": ' + "1" * 5000 + "}", "[1]"])
def test_metadata_that_are_no_document_are_refused(own: Path, text: str) -> None:
    """Brackets without end and numbers without end are one sentence too."""

    def change(model: Model) -> None:
        for entry in model.metadata_props:
            if entry.key == modelfile.KEY:
                entry.value = text

    with pytest.raises(ModelFileError):
        modelfile.read(_rewritten(own, change))


def test_a_file_from_before_seals_still_opens(own: Path) -> None:
    """It reads as unsealed, and a changed threshold seals it."""
    model = onnx.load(own)
    kept = [entry for entry in model.metadata_props if entry.key != seals.KEY]
    del model.metadata_props[:]
    model.metadata_props.extend(kept)
    for entry in model.metadata_props:
        if entry.key == modelfile.KEY:
            entry.value = json.dumps(json.loads(entry.value) | {"schema_version": 1})
    own.write_bytes(model.SerializeToString())

    assert not modelfile.read(own).sealed
    assert modelfile.change_operating_point(
        own, modelfile.OperatingPointChange(threshold=0.3, reason="week 14")
    )[1].sealed


def test_a_threshold_sealed_below_its_value_still_opens(own: Path) -> None:
    """Files before December 2026 hold the nearest float32; a value further away is refused."""
    metadata = modelfile.read(own).metadata
    point = metadata.operating_point.model_copy(update={"threshold": 0.7})
    modelfile.seal(own, metadata.model_copy(update={"operating_point": point}))
    nearest = np.float32(0.7)
    assert float(nearest) < 0.7
    _with_threshold(own, nearest)

    assert modelfile.read(own).metadata.operating_point.threshold == 0.7

    _with_threshold(own, np.nextafter(nearest, np.float32(0)))
    with pytest.raises(ModelFileError, match="threshold differs from that of the metadata"):
        modelfile.read(own)


def _with_threshold(path: Path, value: np.float32) -> None:
    model = onnx.load(path)
    for tensor in model.graph.initializer:
        if tensor.name == "threshold":
            tensor.CopyFrom(numpy_helper.from_array(np.array([value]), "threshold"))
    path.write_bytes(seals.sealed(model))

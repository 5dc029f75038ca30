"""Write metadata, calibration and threshold into a graph: the one place that does."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnx
import onnx.numpy_helper

from okng.errors import ModelFileError
from okng.files import write_atomic
from okng.modelfile.metadata import Metadata
from okng.modelfile.reading import KEY, parse, read

CONSTANTS = ("calibration_scale", "calibration_bias", "threshold")
"""Tensors of the graph that `seal` fills in; each is used in one place only."""


def write(model: onnx.ModelProto, metadata: Metadata, path: Path) -> None:
    """Seal metadata, calibration and threshold into a graph and write it, whole or not at all."""
    _set_constants(model.graph, metadata)
    del model.metadata_props[:]
    for key, value in _properties(metadata).items():
        model.metadata_props.add(key=key, value=value)
    write_atomic(path, model.SerializeToString())


def seal(path: Path, metadata: Metadata) -> None:
    """Give an exported file new metadata, and the calibration and threshold that go with it.

    Raises:
        ModelFileError: the file is not a model file of okng.
    """
    write(parse(read(path).data, path), metadata, path)


def needed_constants(metadata: Metadata) -> tuple[str, ...]:
    """Those of `CONSTANTS` that a graph has: without an OK class, no threshold decides anything."""
    return CONSTANTS if metadata.ok_class is not None else CONSTANTS[:2]


def _set_constants(graph: onnx.GraphProto, metadata: Metadata) -> None:
    calibration = metadata.calibration
    sealed = [calibration.scale], list(calibration.bias), [metadata.operating_point.threshold]
    values = dict(zip(CONSTANTS, sealed, strict=True))
    values = {name: values[name] for name in needed_constants(metadata)}
    for tensor in graph.initializer:
        if tensor.name in values:
            array = np.asarray(values.pop(tensor.name), dtype=np.float32)
            tensor.CopyFrom(onnx.numpy_helper.from_array(array, tensor.name))
    if values:
        raise ModelFileError(
            f"The graph lacks the constants {', '.join(values)}",
            hint="Only graphs that okng exported can be sealed.",
        )


def _properties(metadata: Metadata) -> Mapping[str, str]:
    return {
        KEY: metadata.model_dump_json(),
        "model_info model_type": "Classification",
        "model_info labels": " ".join(name.replace(" ", "_") for name in metadata.classes),
        "model_info confidence_threshold": str(metadata.operating_point.threshold),
        "model_info embedded_processing": "True",
        "model_info resize_type": "standard",
        "model_info reverse_input_channels": "False",
        "task": "classify",
        "names": str(dict(enumerate(metadata.classes))),
        "imgsz": str([metadata.input.image_size, metadata.input.image_size]),
        "channels": "3",
        "description": f"okng inspector on {metadata.backbone}",
        "author": "okng",
        "date": metadata.created.isoformat(),
    }

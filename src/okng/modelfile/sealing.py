"""Writes metadata, calibration and threshold into a graph. No other module does."""

from collections.abc import Mapping
from pathlib import Path

import onnx
import onnx.numpy_helper

from okng.error_codes import Code
from okng.errors import ModelFileError
from okng.files import locked, write_atomic
from okng.modelfile import seals
from okng.modelfile.agreement import constant_values
from okng.modelfile.metadata import SCHEMA, Metadata
from okng.modelfile.reading import KEY, ModelFile, parse, read
from okng.modelfile.signing import signer


def write(
    model: onnx.ModelProto, metadata: Metadata, path: Path, *, sign: seals.Signer | None = None
) -> None:
    """Seal metadata, calibration and threshold into a graph and write it atomically.

    Args:
        model: a graph that okng exported; it is changed.
        metadata: metadata of the file.
        path: path of the file.
        sign: signs the file; None leaves it unsigned.
    """
    _set_constants(model.graph, metadata)
    # An old file is written with the current schema, and without entries of other tools.
    del model.metadata_props[:]
    current = metadata.model_copy(update={"schema_version": SCHEMA})
    for key, value in _properties(current).items():
        model.metadata_props.add(key=key, value=value)
    write_atomic(path, seals.sealed(model, sign))


def seal(path: Path, metadata: Metadata, *, sign: seals.Signer | None = None) -> None:
    """Replace the metadata of a model file, with calibration and threshold.

    An existing signature is removed, as the content changes.

    Raises:
        ModelFileError: the file is not a model file of okng.
    """
    write(parse(read(path).data, path), metadata, path, sign=sign)


def sign(path: Path, key: Path) -> ModelFile:
    """Sign a model file with a private key, in place; its content does not change.

    Returns:
        The signed file.

    Raises:
        ModelFileError: the file is not a model file of okng, or was changed.
        ConfigError: the key cannot be read, or `cryptography` is not installed.
    """
    made = signer(key)
    with locked(path):
        seal(path, read(path).metadata, sign=made)
        return read(path)


def _set_constants(graph: onnx.GraphProto, metadata: Metadata) -> None:
    values = constant_values(metadata)
    for tensor in graph.initializer:
        if tensor.name in values:
            tensor.CopyFrom(onnx.numpy_helper.from_array(values.pop(tensor.name), tensor.name))
    if values:
        raise ModelFileError(
            f"The graph lacks the constants {', '.join(values)}",
            hint="Only graphs that okng exported can be sealed.",
            code=Code.MODEL_DAMAGED,
        )


def model_info(metadata: Metadata) -> dict[str, str]:
    """What OpenVINO Model API reads, by key."""
    return {
        "model_type": "Classification",
        "labels": " ".join(name.replace(" ", "_") for name in metadata.classes),
        "confidence_threshold": str(metadata.operating_point.threshold),
        "embedded_processing": "True",
        "resize_type": "standard",
        "reverse_input_channels": "False",
    }


def _properties(metadata: Metadata) -> Mapping[str, str]:
    return {
        KEY: metadata.model_dump_json(),
        # In ONNX, OpenVINO Model API reads "model_info ..."; Ultralytics the keys after it.
        **{f"model_info {key}": value for key, value in model_info(metadata).items()},
        "task": "classify",
        "names": str(dict(enumerate(metadata.classes))),
        "imgsz": str([metadata.input.image_size, metadata.input.image_size]),
        "channels": "3",
        "description": f"okng inspector on {metadata.backbone}",
        "author": "okng",
        "date": metadata.created.isoformat(),
    }

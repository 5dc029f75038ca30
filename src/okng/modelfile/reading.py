"""Read a model file, and check that it is one."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import onnx
from google.protobuf.message import DecodeError
from pydantic import ValidationError

from okng.errors import ModelFileError
from okng.modelfile.faults import RETRAIN, foreign
from okng.modelfile.metadata import SCHEMA, Metadata

KEY = "okng"
"""The entry of the ONNX metadata that holds the JSON document."""


class ModelFile(NamedTuple):
    """A model file that was read and checked.

    Attributes:
        metadata: what it says of itself.
        data: the bytes of the ONNX file.
        digest: SHA-256 of the bytes, hexadecimal.
    """

    metadata: Metadata
    data: bytes
    digest: str


def read(path: Path | str, *, digest: str | None = None) -> ModelFile:
    """Read and check a model file.

    Args:
        path: the .onnx file.
        digest: SHA-256 that the file must have, when given.

    Raises:
        ModelFileError: not there, not ONNX, not of okng, of another schema, with external data,
            or not the expected file.
    """
    data = _bytes(Path(path))
    actual = hashlib.sha256(data).hexdigest()
    if digest is not None and actual != digest.lower():
        raise ModelFileError(
            f"The model file is not the expected one: its SHA-256 is {actual}",
            where=path,
            allowed=digest,
            hint="Fetch the file again, or ask who changed it.",
        )
    return ModelFile(_metadata(parse(data, path), path), data, actual)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as exc:
        raise ModelFileError(
            f"The model file cannot be read: {exc.strerror}",
            where=path,
            hint="A run leaves it as inspector.onnx in its folder.",
        ) from exc


def parse(data: bytes, path: Path | str) -> onnx.ModelProto:
    """The ONNX graph in the bytes of a file.

    Raises:
        ModelFileError: the bytes are no ONNX file.
    """
    try:
        model = onnx.load_model_from_string(data)
    except (DecodeError, ValueError) as exc:
        raise foreign("it is not ONNX, or it is damaged", path) from exc
    if not model.graph.node:
        raise foreign("it is not ONNX, or it is empty", path)
    if any(t.data_location == onnx.TensorProto.EXTERNAL for t in _tensors(model.graph)):
        raise ModelFileError(
            "The model file points to data outside of itself, which okng never loads",
            where=path,
            allowed="one ONNX file with all its data inside",
            hint="Take inspector.onnx from a run folder.",
        )
    return model


def _tensors(graph: onnx.GraphProto) -> Iterator[onnx.TensorProto]:
    yield from graph.initializer
    for node in graph.node:
        for attribute in node.attribute:
            yield from [attribute.t, *attribute.tensors]
            for inner in [attribute.g, *attribute.graphs]:
                yield from _tensors(inner)


def _metadata(model: onnx.ModelProto, path: Path | str) -> Metadata:
    properties = {entry.key: entry.value for entry in model.metadata_props}
    if KEY not in properties:
        raise foreign("it is ONNX, but carries no metadata of okng", path)
    try:
        document = json.loads(properties[KEY])
        found = document.get("schema_version")
        if found != SCHEMA:
            raise ModelFileError(
                f"The model file has schema {found}, which this version does not know",
                where=path,
                allowed=f"schema {SCHEMA}",
                hint=RETRAIN,
            )
        return Metadata.model_validate(document)
    except (json.JSONDecodeError, AttributeError, ValidationError) as exc:
        raise ModelFileError(
            f"The metadata of the model file is damaged: {str(exc).splitlines()[0]}",
            where=path,
            hint=RETRAIN,
        ) from exc

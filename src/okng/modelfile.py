"""The model file: one ONNX file that carries all that an inspection needs.

Its metadata is one JSON document under the key `okng`, beside the names that OpenVINO Model API
and Ultralytics read. Calibration and threshold stand in the metadata and, as named constants, in
the graph; `seal` is the one place that writes both. This module runs no network.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import onnx
import onnx.numpy_helper
from google.protobuf.message import DecodeError
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from okng.errors import ConfigError, ModelFileError
from okng.files import write_atomic
from okng.verdict import OperatingPoint

SCHEMA = 1
KEY = "okng"
CONSTANTS = ("calibration_scale", "calibration_bias", "threshold")
"""Tensors of the graph that `seal` fills in; each is used in one place only."""
_RETRAIN = "Export it again with this version of okng, or install the version that wrote it."


class Part(BaseModel):
    """A frozen piece of the metadata; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class InputRules(Part):
    """What the graph does to a photo before the network sees it.

    `mean` and `std` are per channel, for values in [0, 1].
    """

    image_size: int = Field(ge=1)
    grey: bool = False
    channels: int = Field(3, ge=1, le=3)
    mean: tuple[float, ...] = (0.0,)
    std: tuple[float, ...] = (1.0,)
    resize: str = "antialiased bilinear, both sides to image_size"


class Calibration(Part):
    """Calibrated probabilities are softmax(scale * log p + bias)."""

    scale: float = Field(1.0, gt=0)
    bias: tuple[float, ...]

    @classmethod
    def identity(cls, classes: int) -> "Calibration":
        """The calibration that changes nothing."""
        return cls(scale=1.0, bias=(0.0,) * classes)


class ThresholdChange(Part):
    """What stood in the file before somebody changed the threshold, and why it was changed."""

    changed: datetime
    reason: str
    old: OperatingPoint


class Metadata(Part):
    """What a model file says of itself.

    The OK class, when there is one, is the first of `classes`. `tiles` are windows per side within
    which the network takes means; 1 is the whole photo. `looks` is in how many ways, turned and
    mirrored, it sees each photo, whose mean is the score.
    """

    schema_version: int = SCHEMA
    name: str
    classes: tuple[str, ...] = Field(min_length=2)
    ok_class: str | None
    operating_point: OperatingPoint
    calibration: Calibration
    input: InputRules
    dataset_digest: str
    metrics: dict[str, Any] = {}
    backbone: str
    tiles: int = Field(1, ge=1)
    looks: int = Field(1, ge=1)
    weights: str
    weights_licence: str
    created: datetime = Field(default_factory=lambda: datetime.now(UTC))
    versions: dict[str, str] = {}
    history: tuple[ThresholdChange, ...] = ()


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
    return ModelFile(_metadata(_parse(data, path), path), data, actual)


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
    write(_parse(read(path).data, path), metadata, path)


def change_threshold(
    path: Path,
    threshold: float | None,
    *,
    reason: str,
    review: tuple[float, float] | None = None,
    keep_review: bool = True,
    unfamiliar_limit: float | None = None,
) -> tuple[ModelFile, ModelFile]:
    """Change the threshold of a model file, and keep what stood before with reason and date.

    Args:
        path: the file; it is replaced, whole or not at all.
        threshold: the new one, in [0, 1]; None keeps that of the file.
        reason: why; not empty.
        review: a new review band, as low and high end.
        keep_review: keep the band of the file where no new one is given.
        unfamiliar_limit: the new one, in (0, 1]; that of the file where none is given.

    Returns:
        The file before and after.

    Raises:
        ModelFileError: the file is not a model file of okng, or has no OK class.
        ConfigError: nothing is changed, there is no reason, or threshold, band and limit do not
            fit together.
    """
    before = read(path)
    metadata = before.metadata
    if metadata.ok_class is None:
        raise ModelFileError(
            "The model has no OK class: no threshold decides anything", where=path, hint="None."
        )
    old = metadata.operating_point
    if threshold is None and review is None and keep_review and unfamiliar_limit is None:
        raise ConfigError(
            "Nothing is changed", where=path, hint="Give a threshold, a band or a limit."
        )
    if unfamiliar_limit is not None and not _tells_unfamiliarity(before.data, path):
        raise ModelFileError(
            "The model file does not tell how unfamiliar a photo is",
            where=path,
            hint="Train again with at least 20 parts; then it does.",
        )
    asked = {
        "threshold": old.threshold if threshold is None else threshold,
        "unfamiliar_limit": unfamiliar_limit or old.unfamiliar_limit,
    }
    point = _changed_point(old, asked, reason.strip(), review, keep_review)
    entry = ThresholdChange(changed=point.chosen or datetime.now(UTC), reason=point.reason, old=old)
    history = (*metadata.history, entry)
    seal(path, metadata.model_copy(update={"operating_point": point, "history": history}))
    return before, read(path)


def _tells_unfamiliarity(data: bytes, path: Path) -> bool:
    return any(output.name == "unfamiliarity" for output in _parse(data, path).graph.output)


def _changed_point(
    old: OperatingPoint,
    asked: dict[str, float | None],
    reason: str,
    review: tuple[float, float] | None,
    keep_review: bool,
) -> OperatingPoint:
    faults = [] if reason else ["the reason is empty"]
    low, high = review or ((old.review_low, old.review_high) if keep_review else (None, None))
    try:
        point = OperatingPoint.model_validate(
            asked
            | {"review_low": low, "review_high": high, "policy": "set by hand", "reason": reason}
            | {"chosen": datetime.now(UTC)}
        )
    except ValidationError as exc:
        faults += [e["msg"].removeprefix("Value error, ") for e in exc.errors()]
    if faults:
        raise ConfigError.gather(
            faults,
            where=f"threshold {asked['threshold']:g}, review band {low} to {high}",
            hint="Give a band around the threshold with --review LOW HIGH, or --no-review.",
        )
    return point


def needed_constants(metadata: Metadata) -> tuple[str, ...]:
    """Those of `CONSTANTS` that a graph has: without an OK class, no threshold decides anything."""
    return CONSTANTS if metadata.ok_class is not None else CONSTANTS[:2]


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as exc:
        raise ModelFileError(
            f"The model file cannot be read: {exc.strerror}",
            where=path,
            hint="A run leaves it as inspector.onnx in its folder.",
        ) from exc


def _parse(data: bytes, path: Path | str) -> onnx.ModelProto:
    try:
        model = onnx.load_model_from_string(data)
    except (DecodeError, ValueError) as exc:
        raise _foreign("it is not ONNX, or it is damaged", path) from exc
    if not model.graph.node:
        raise _foreign("it is not ONNX, or it is empty", path)
    if any(t.data_location == onnx.TensorProto.EXTERNAL for t in _tensors(model.graph)):
        raise ModelFileError(
            "The model file points to data outside of itself, which okng never loads",
            where=path,
            allowed="one ONNX file with all its data inside",
            hint="Take inspector.onnx from a run folder.",
        )
    return model


def _foreign(reason: str, path: Path | str) -> ModelFileError:
    return ModelFileError(
        f"This is not a model file of okng: {reason}",
        where=path,
        allowed="an inspector.onnx that `okng train` wrote",
        hint="Check the path; the order is `okng predict MODEL PHOTOS...`.",
    )


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
        raise _foreign("it is ONNX, but carries no metadata of okng", path)
    try:
        document = json.loads(properties[KEY])
        found = document.get("schema_version")
        if found != SCHEMA:
            raise ModelFileError(
                f"The model file has schema {found}, which this version does not know",
                where=path,
                allowed=f"schema {SCHEMA}",
                hint=_RETRAIN,
            )
        return Metadata.model_validate(document)
    except (json.JSONDecodeError, AttributeError, ValidationError) as exc:
        raise ModelFileError(
            f"The metadata of the model file is damaged: {str(exc).splitlines()[0]}",
            where=path,
            hint=_RETRAIN,
        ) from exc


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

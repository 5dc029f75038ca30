"""Reads a model file and checks that it is complete and unchanged."""

import hashlib
import json
from pathlib import Path
from typing import NamedTuple

import onnx
from google.protobuf.message import DecodeError
from pydantic import ValidationError

from okng.error_codes import Code
from okng.errors import ModelFileError
from okng.modelfile import seals
from okng.modelfile.agreement import check_agreement
from okng.modelfile.contents import check_contents
from okng.modelfile.faults import RETRAIN, foreign
from okng.modelfile.metadata import SCHEMA, UNSEALED_SCHEMA, Metadata
from okng.modelfile.signing import check_signature

KEY = "okng"
"""The key of the JSON document in the ONNX metadata."""


class ModelFile(NamedTuple):
    """A model file that was read and checked.

    Attributes:
        metadata: the metadata of the file.
        data: the bytes of the ONNX file.
        digest: SHA-256 of the bytes, hexadecimal.
        sealed: whether it contains its own digest, which was verified; older files do not.
        signer: public key of the signature, hexadecimal, or empty. The signature was verified only
            if `read` was given a key.
    """

    metadata: Metadata
    data: bytes
    digest: str
    sealed: bool = False
    signer: str = ""


def read(
    path: Path | str, *, digest: str | None = None, require_signature: Path | str | None = None
) -> ModelFile:
    """Read and check a model file.

    Args:
        path: the .onnx file.
        digest: expected SHA-256 of the file, if given.
        require_signature: file with the public key of the required signature, if given.

    Raises:
        ModelFileError: the file does not exist, is not ONNX or not written by okng, was changed
            after it was sealed, has another schema, external data or content that okng does not
            write, is not signed with the key, or has another digest.
        ConfigError: the public key cannot be read, or `cryptography` is not installed.
    """
    data = _bytes(Path(path))
    actual = hashlib.sha256(data).hexdigest()
    if digest is not None and actual != digest.lower():
        raise ModelFileError(
            f"The model file is not the expected one: its SHA-256 is {actual}",
            where=path,
            allowed=digest,
            hint="Fetch the file again, or ask who changed it.",
            code=Code.MODEL_OTHER_DIGEST,
        )
    # The seal is checked on the bytes, before protobuf and JSON parse them.
    seal = _seal(data, path)
    if require_signature is not None:
        check_signature(seal, require_signature, path)
    model = parse(data, path)
    metadata = _metadata(model, path)
    # A missing seal is accepted in schema 1 only, else it could simply be cut out.
    if seal is None and metadata.schema_version != UNSEALED_SCHEMA:
        raise _changed("its seal is gone", path)
    check_contents(model, path)
    check_agreement(model, metadata, path)
    signature = seal.signature if seal else None
    return ModelFile(metadata, data, actual, seal is not None, signature.key if signature else "")


def parse(data: bytes, path: Path | str) -> onnx.ModelProto:
    """The ONNX graph in the bytes of a file.

    Raises:
        ModelFileError: the bytes are not an ONNX file.
    """
    try:
        model = onnx.load_model_from_string(data)
    except (DecodeError, ValueError, RecursionError) as exc:
        raise foreign("it is not ONNX, or it is damaged", path) from exc
    if not model.graph.node:
        raise foreign("it is not ONNX, or it is empty", path)
    return model


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as exc:
        raise ModelFileError(
            f"The model file cannot be read: {exc.strerror}",
            where=path,
            hint="A run writes inspector.onnx into its folder.",
            code=Code.MODEL_UNREADABLE,
        ) from exc


def _seal(data: bytes, path: Path | str) -> seals.Seal | None:
    try:
        return seals.check(data)
    except seals.BrokenSealError as exc:
        raise _changed(str(exc), path) from exc


def _changed(reason: str, path: Path | str) -> ModelFileError:
    return ModelFileError(
        f"The model file was changed or damaged after okng wrote it: {reason}",
        where=path,
        hint="Copy it again from its run folder; `okng set-threshold` is the way to change one.",
        code=Code.MODEL_SEAL_BROKEN,
    )


def _metadata(model: onnx.ModelProto, path: Path | str) -> Metadata:
    try:
        properties = [(entry.key, entry.value) for entry in model.metadata_props]
        texts = [value for key, value in properties if key == KEY]
        if len(texts) != 1:
            raise foreign("it is ONNX, but has no metadata of okng", path)
        document = json.loads(texts[0])
        schema = document.get("schema_version")
        if schema not in {SCHEMA, UNSEALED_SCHEMA}:
            raise ModelFileError(
                f"The model file has schema {str(schema)[:20]}, which this version cannot read",
                where=path,
                allowed=f"schema {UNSEALED_SCHEMA} or {SCHEMA}",
                hint=RETRAIN,
                code=Code.MODEL_SCHEMA,
            )
        return Metadata.model_validate(document)
    except ValidationError as exc:
        # Without input and context: a damaged file could put anything into the message.
        fault = exc.errors(include_input=False, include_context=False, include_url=False)[0]
        place = ".".join(map(str, fault["loc"]))
        raise _damaged(f"{place}: {fault['msg']}" if place else fault["msg"], path) from exc
    except (ValueError, AttributeError, TypeError, RecursionError) as exc:
        raise _damaged(str(exc).splitlines()[0] if str(exc) else type(exc).__name__, path) from exc


def _damaged(reason: str, path: Path | str) -> ModelFileError:
    shown = reason.encode("ascii", "backslashreplace").decode("ascii")[:200]
    return ModelFileError(
        f"The metadata of the model file is damaged: {shown}",
        where=path,
        hint=RETRAIN,
        code=Code.MODEL_DAMAGED,
    )

"""Inspections -> the answer of an inference request."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from okng.records import InspectionRow
from okng.records.canonical import from_e9
from okng.serve.oip.tensors import joined
from okng.station.models import Served


class Answered(NamedTuple):
    """The body of an answer.

    Attributes:
        body: JSON, and bytes of tensors behind it.
        length: of the JSON part; None where nothing is behind it.
    """

    body: bytes
    length: int | None


class _Tensor(NamedTuple):
    datatype: str
    shape: list[int]
    values: list[Any]

    def bytes(self) -> bytes:
        if self.datatype == "BYTES":
            return joined(self.values)
        # little-endian (facts.md 1.2: binary tensor extension)
        return np.asarray(self.values, "<f4").tobytes()


def answered(
    served: Served,
    request_id: str | None,
    rows: Sequence[InspectionRow],
    outputs: Mapping[str, bool],
) -> Answered:
    """The answer for inspections.

    Args:
        served: the model that was asked.
        request_id: to be echoed; None without one.
        rows: one for each photo, none of them an ERROR.
        outputs: name -> whether it is answered as bytes.
    """
    described, behind = [], []
    for output, binary in outputs.items():
        tensor = _tensor(output, rows, served.engine.metadata.classes)
        entry: dict[str, Any] = {
            "name": output, "datatype": tensor.datatype, "shape": tensor.shape,
        }  # fmt: skip
        if binary:
            data = tensor.bytes()
            # bytes, in the order of `outputs`
            entry["parameters"] = {"binary_data_size": len(data)}
            behind.append(data)
        else:
            entry["data"] = tensor.values
        described.append(entry)
    document: dict[str, Any] = {
        "model_name": served.name,
        "model_version": version_of(rows[0].model_digest),
        "outputs": described,
    }
    if request_id is not None:
        document["id"] = request_id  # the id comes back (facts.md 1.1)
    head = json.dumps(document, allow_nan=False).encode()
    # the length of the JSON part goes into a header where bytes follow it
    return Answered(b"".join((head, *behind)), len(head) if behind else None)


def version_of(digest: str) -> str:
    """The version of a model: the beginning of the digest of its file."""
    return digest[:12]  # 48 bits of a digest: enough to tell the versions of one model apart


def _tensor(name: str, rows: Sequence[InspectionRow], classes: Sequence[str]) -> _Tensor:
    count = len(rows)
    if name == "probabilities":
        documents = [json.loads(row.probabilities) for row in rows]
        # In the order of the model; records have them by name.
        order = classes if set(classes) == set(documents[0]) else sorted(documents[0])
        values = [float(each[name]) for each in documents for name in order]
        return _Tensor("FP32", [count, len(documents[0])], values)
    if name in {"defect_score", "unfamiliarity"}:
        column = "score_e9" if name == "defect_score" else "unfamiliarity_e9"
        # 0 where the model file gives none: JSON has no NaN, and nothing is unfamiliar to it.
        return _Tensor("FP32", [count], [from_e9(getattr(row, column)) or 0.0 for row in rows])
    texts = {"verdict": "verdict", "class": "class_name", "inspection_id": "id"}
    return _Tensor("BYTES", [count], [getattr(row, texts[name]) for row in rows])

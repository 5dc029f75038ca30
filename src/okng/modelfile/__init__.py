"""The model file: one ONNX file that carries all that an inspection needs.

Its metadata is one JSON document under the key `okng`, beside the names that OpenVINO Model API
and Ultralytics read. Calibration and threshold stand in the metadata and, as named constants, in
the graph; `seal` is the one place that writes both. This package runs no network.
"""

from okng.modelfile.agreement import CONSTANTS, needed_constants
from okng.modelfile.changing import change_threshold
from okng.modelfile.contents import OPSET
from okng.modelfile.location import located
from okng.modelfile.metadata import (
    FLOAT_RESIZE,
    SCHEMA,
    WHOLE_RESIZE,
    Calibration,
    Digests,
    HeatScale,
    InputRules,
    Metadata,
    Part,
    ThresholdChange,
    Traces,
)
from okng.modelfile.reading import KEY, ModelFile, read
from okng.modelfile.sealing import seal, sign, write
from okng.modelfile.signing import new_keys

__all__ = [
    "CONSTANTS",
    "FLOAT_RESIZE",
    "KEY",
    "OPSET",
    "SCHEMA",
    "WHOLE_RESIZE",
    "Calibration",
    "Digests",
    "HeatScale",
    "InputRules",
    "Metadata",
    "ModelFile",
    "Part",
    "ThresholdChange",
    "Traces",
    "change_threshold",
    "located",
    "needed_constants",
    "new_keys",
    "read",
    "seal",
    "sign",
    "write",
]

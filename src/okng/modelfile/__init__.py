"""The model file: one ONNX file with everything that an inspection needs.

Its metadata is one JSON document under the key `okng`, beside the keys that OpenVINO Model API and
Ultralytics read. Calibration and threshold are in the metadata and, as named constants, in the
graph; only `seal` writes them. This package does not run networks.
"""

from okng.modelfile.agreement import CONSTANTS, needed_constants
from okng.modelfile.changing import (
    ChangedFile,
    OperatingPointChange,
    change_operating_point,
)
from okng.modelfile.contents import OPSET
from okng.modelfile.location import loaded, located
from okng.modelfile.metadata import (
    BINS,
    FLOAT_RESIZE,
    SCHEMA,
    WHOLE_RESIZE,
    Calibration,
    CertificateMark,
    Digests,
    FieldGroup,
    HeatScale,
    HeldOut,
    InputRules,
    Metadata,
    Moments,
    ThresholdChange,
    Traces,
)
from okng.modelfile.reading import KEY, ModelFile, read
from okng.modelfile.sealing import seal, sign, write
from okng.modelfile.signing import new_keys

__all__ = [
    "BINS",
    "CONSTANTS",
    "FLOAT_RESIZE",
    "KEY",
    "OPSET",
    "SCHEMA",
    "WHOLE_RESIZE",
    "Calibration",
    "CertificateMark",
    "ChangedFile",
    "Digests",
    "FieldGroup",
    "HeatScale",
    "HeldOut",
    "InputRules",
    "Metadata",
    "ModelFile",
    "Moments",
    "OperatingPointChange",
    "ThresholdChange",
    "Traces",
    "change_operating_point",
    "loaded",
    "located",
    "needed_constants",
    "new_keys",
    "read",
    "seal",
    "sign",
    "write",
]

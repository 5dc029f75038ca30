"""Export: a trained network -> the model file, and the check that both give the same."""

from okng.export.agreement import Agreement, check_agreement, disagreement
from okng.export.embedder import write_embedder
from okng.export.graph import InspectionGraph
from okng.export.onnx_file import export, follow
from okng.export.parity import Parity, check_parity
from okng.export.reference_photos import reference_photos
from okng.export.refitted_file import FittedTensors, write_refitted

__all__ = [
    "Agreement",
    "FittedTensors",
    "InspectionGraph",
    "Parity",
    "check_agreement",
    "check_parity",
    "disagreement",
    "export",
    "follow",
    "reference_photos",
    "write_embedder",
    "write_refitted",
]

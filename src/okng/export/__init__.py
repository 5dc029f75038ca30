"""Export: a trained network -> the model file, and the proof that both say the same."""

from okng.export.embedder import write_embedder
from okng.export.graph import InspectionGraph
from okng.export.onnx_file import export, follow
from okng.export.parity import Parity, check_parity

__all__ = ["InspectionGraph", "Parity", "check_parity", "export", "follow", "write_embedder"]

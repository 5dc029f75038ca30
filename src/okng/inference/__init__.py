"""Inference: the model file -> verdicts, records of inspections, heatmaps, tables. No torch."""

from okng.config import Runtime
from okng.inference.engine import InspectionEngine
from okng.inference.frames import Frame, Photo, ReadError
from okng.inference.inspection import Inspection
from okng.inference.inspector import Inspector
from okng.inference.overlay import overlay
from okng.inference.tables.saving import save, to_frame

__all__ = [
    "Frame",
    "Inspection",
    "InspectionEngine",
    "Inspector",
    "Photo",
    "ReadError",
    "Runtime",
    "overlay",
    "save",
    "to_frame",
]

"""Predict: the model file -> verdicts, heatmaps, tables. No torch."""

from okng.config import Runtime
from okng.inference.frames import Photo
from okng.inference.inspector import Inspector
from okng.inference.overlay import overlay
from okng.inference.tables.saving import save, to_frame

__all__ = ["Inspector", "Photo", "Runtime", "overlay", "save", "to_frame"]

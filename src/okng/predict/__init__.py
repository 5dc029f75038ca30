"""Predict: the model file -> verdicts, heatmaps, tables. No torch."""

from okng.config import Runtime
from okng.predict.inspector import Inspector
from okng.predict.overlay import overlay
from okng.predict.reading import Photo
from okng.predict.results import save, to_frame

__all__ = ["Inspector", "Photo", "Runtime", "overlay", "save", "to_frame"]

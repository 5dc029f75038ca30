"""Predict: the model file -> verdicts, heatmaps, tables. No torch."""

from okng.config import Runtime
from okng.predict.inspector import Inspector
from okng.predict.overlay import overlay
from okng.predict.reading import Photo

__all__ = ["Inspector", "Photo", "Runtime", "overlay"]

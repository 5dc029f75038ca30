"""Predict: the model file -> verdicts, heatmaps, tables. No torch."""

from okng.config import Runtime
from okng.predict.inspector import Inspector, Photo
from okng.predict.overlay import overlay

__all__ = ["Inspector", "Photo", "Runtime", "overlay"]

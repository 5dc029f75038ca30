"""A source of photos: a camera, and what triggers it."""

from okng.connect.sources.camera.settings import CAMERAS, TRIGGERS, CameraSourceSettings
from okng.connect.sources.camera.source import CameraSource

__all__ = ["CAMERAS", "TRIGGERS", "CameraSource", "CameraSourceSettings"]

"""Industrial cameras after the GenICam standard, by the GenTL producer of their maker."""

from okng.connect.cameras.genicam.settings import GenicamCameraSettings

__all__ = ["GenicamCameraSettings"]

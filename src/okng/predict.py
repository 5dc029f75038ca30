"""The name that `okng.inference` had before; programs that import from it keep working."""

from okng.config import Runtime
from okng.inference import Inspector, overlay, save, to_frame

__all__ = ["Inspector", "Runtime", "overlay", "save", "to_frame"]

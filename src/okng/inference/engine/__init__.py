"""The inspection engine: a model that stays loaded, and photos in batches and in streams."""

from okng.inference.engine.engine import Inspected, InspectionEngine
from okng.inference.engine.submissions import Load

__all__ = ["Inspected", "InspectionEngine", "Load"]

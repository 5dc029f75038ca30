"""The inspection engine: a model that stays loaded, judged photos in batches and in streams."""

from okng.inference.engine.engine import InspectionEngine, Judged
from okng.inference.engine.submissions import Load

__all__ = ["InspectionEngine", "Judged", "Load"]

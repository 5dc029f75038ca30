"""okng turns a folder of product photos into a proven visual inspector.

The public names are loaded when they are first used, so that `import okng` stays quick and never
pulls in the training stack. Packages bear nouns (`okng.training`) and functions verbs
(`okng.train`).
"""

import importlib
import os
from typing import TYPE_CHECKING, Any

from okng.privacy import keep_private

if TYPE_CHECKING:
    from okng import errors
    from okng.commands.audit import audit
    from okng.commands.bench import bench
    from okng.commands.certify import certify
    from okng.commands.compare import compare
    from okng.commands.evaluate import evaluate
    from okng.commands.quantize import quantize
    from okng.commands.split import split
    from okng.commands.train import Run, train
    from okng.commands.tune import tune
    from okng.dataset import Dataset, find_photos
    from okng.inference import Inspection, InspectionEngine, Inspector, save, to_frame
    from okng.verdict import Judgement, Verdict

__version__ = "0.1.0"
keep_private()  # before anything below loads onnxruntime
__all__ = [
    "Dataset",
    "Inspection",
    "InspectionEngine",
    "Inspector",
    "Judgement",
    "Run",
    "Verdict",
    "audit",
    "bench",
    "certify",
    "compare",
    "errors",
    "evaluate",
    "find_photos",
    "quantize",
    "save",
    "split",
    "to_frame",
    "train",
    "tune",
]

_HOMES = {
    "Dataset": "okng.dataset",
    "Inspection": "okng.inference",
    "InspectionEngine": "okng.inference",
    "Inspector": "okng.inference",
    "Judgement": "okng.verdict",
    "Run": "okng.commands.train",
    "Verdict": "okng.verdict",
    "audit": "okng.commands.audit",
    "bench": "okng.commands.bench",
    "certify": "okng.commands.certify",
    "quantize": "okng.commands.quantize",
    "compare": "okng.commands.compare",
    "evaluate": "okng.commands.evaluate",
    "find_photos": "okng.dataset",
    "save": "okng.inference",
    "split": "okng.commands.split",
    "to_frame": "okng.inference",
    "train": "okng.commands.train",
    "tune": "okng.commands.tune",
}


def __getattr__(name: str) -> Any:
    if name == "errors":
        return importlib.import_module("okng.errors")
    if name == "train" and "OKNG_TRIES_MAIN" in os.environ:
        return importlib.import_module("okng.spawning").trains_again
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'okng' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)

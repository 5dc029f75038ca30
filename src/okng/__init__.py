"""okng turns a folder of product photos into a proven visual inspector.

The public names are loaded when they are first used, so that `import okng` stays quick and never
pulls in the training stack. `okng.train(...)`, `okng.audit(...)` and `okng.evaluate(...)` are
functions, although packages of these names exist as well: import from those by their full names.
"""

import importlib
import os
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

from okng.privacy import keep_private

if TYPE_CHECKING:
    from okng import errors
    from okng.dataset import Dataset
    from okng.pipeline import Run, audit, compare, evaluate, split, train, tune
    from okng.predict import Inspector, save, to_frame
    from okng.verdict import Judgement, Verdict

__version__ = "0.1.0"
keep_private()  # before anything below loads onnxruntime
__all__ = [
    "Dataset",
    "Inspector",
    "Judgement",
    "Run",
    "Verdict",
    "audit",
    "compare",
    "errors",
    "evaluate",
    "save",
    "split",
    "to_frame",
    "train",
    "tune",
]

_HOMES = {
    "Dataset": "okng.dataset",
    "Inspector": "okng.predict",
    "Judgement": "okng.verdict",
    "Run": "okng.pipeline",
    "Verdict": "okng.verdict",
    "audit": "okng.pipeline",
    "compare": "okng.pipeline",
    "evaluate": "okng.pipeline",
    "save": "okng.predict",
    "split": "okng.pipeline",
    "to_frame": "okng.predict",
    "train": "okng.pipeline",
    "tune": "okng.pipeline",
}


class _Package(ModuleType):
    """Keeps importing a package, as `okng.train`, from hiding the function of that name."""

    def __setattr__(self, name: str, value: Any) -> None:
        if not (name in _HOMES and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package


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

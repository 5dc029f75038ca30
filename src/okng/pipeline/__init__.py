"""The main job: a folder of photos -> a run folder with a proven inspector.

The stages are called in order and hand files from one to the next. What a stage does inside, this
package does not know. Names are loaded when they are first used: only training needs torch.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from okng.pipeline.auditing import Audit, audit
    from okng.pipeline.comparing import Comparison, compare
    from okng.pipeline.evaluating import Evaluation, evaluate
    from okng.pipeline.job import Run, train
    from okng.pipeline.sharing import split
    from okng.pipeline.tuning import Tuning, tune

__all__ = ["Audit", "Comparison", "Evaluation", "Run", "Tuning", "audit", "compare", "evaluate",
           "split", "train", "tune"]  # fmt: skip
_HOMES = {
    "Audit": "auditing",
    "Comparison": "comparing",
    "Evaluation": "evaluating",
    "Run": "job",
    "Tuning": "tuning",
    "audit": "auditing",
    "compare": "comparing",
    "evaluate": "evaluating",
    "split": "sharing",
    "train": "job",
    "tune": "tuning",
}


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(importlib.import_module(f"okng.pipeline.{_HOMES[name]}"), name)
    raise AttributeError(f"module 'okng.pipeline' has no attribute {name!r}")

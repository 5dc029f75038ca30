"""Evaluate: scores of the model file -> metrics with intervals, report. No torch.

The public names are loaded when they are first used: a station uses results and intervals of this
package, and has neither SciPy nor pandas.
"""

import importlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

from okng.files import write_atomic

if TYPE_CHECKING:
    from okng.evaluation.examples import choose_cases, write_gallery
    from okng.evaluation.heatmaps import check_heatmaps, heat_scale
    from okng.evaluation.metrics.baseline import BaselinePhotos
    from okng.evaluation.metrics.calibration import fit_calibration
    from okng.evaluation.metrics.document import EvaluationContext, measure, validation_of
    from okng.evaluation.plots import write_figures
    from okng.evaluation.report import write_report
    from okng.evaluation.results import Metrics, Result
    from okng.evaluation.results.counts import Leakage
    from okng.evaluation.scores import Scores
    from okng.evaluation.threshold.operating_point import (
        Validation,
        alternatives,
        choose_operating_point,
    )

__all__ = [
    "BaselinePhotos",
    "EvaluationContext",
    "Leakage",
    "Metrics",
    "Scores",
    "Validation",
    "alternatives",
    "check_heatmaps",
    "choose_cases",
    "choose_operating_point",
    "fit_calibration",
    "heat_scale",
    "measure",
    "validation_of",
    "write_figures",
    "write_gallery",
    "write_metrics",
    "write_report",
]

_HOMES = {
    "BaselinePhotos": "okng.evaluation.metrics.baseline",
    "EvaluationContext": "okng.evaluation.metrics.document",
    "Leakage": "okng.evaluation.results.counts",
    "Metrics": "okng.evaluation.results",
    "Scores": "okng.evaluation.scores",
    "Validation": "okng.evaluation.threshold.operating_point",
    "alternatives": "okng.evaluation.threshold.operating_point",
    "check_heatmaps": "okng.evaluation.heatmaps",
    "choose_cases": "okng.evaluation.examples",
    "choose_operating_point": "okng.evaluation.threshold.operating_point",
    "fit_calibration": "okng.evaluation.metrics.calibration",
    "heat_scale": "okng.evaluation.heatmaps",
    "measure": "okng.evaluation.metrics.document",
    "validation_of": "okng.evaluation.metrics.document",
    "write_figures": "okng.evaluation.plots",
    "write_gallery": "okng.evaluation.examples",
    "write_report": "okng.evaluation.report",
}


def __getattr__(name: str) -> object:
    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'okng.evaluation' has no attribute {name!r}")


def write_metrics(metrics: "Result", path: Path) -> None:
    """Write results as JSON, whole or not at all."""
    write_atomic(
        path, json.dumps(metrics.plain(), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    )

"""Evaluate: scores of the model file -> metrics with intervals, report. No torch."""

import json
from pathlib import Path
from typing import Any

from okng.evaluation.examples import choose_cases, write_gallery
from okng.evaluation.heatmaps import check_heatmaps, heat_scale
from okng.evaluation.metrics.assess import assess, validation_of
from okng.evaluation.metrics.baseline import baselines
from okng.evaluation.metrics.calibration import fit_calibration
from okng.evaluation.metrics.document import measure
from okng.evaluation.metrics.out_of_fold import out_of_fold
from okng.evaluation.plots import write_figures
from okng.evaluation.report import write_report
from okng.evaluation.robustness.measure import robustness
from okng.evaluation.scores import Scores
from okng.evaluation.threshold.operating_point import (
    Validation,
    alternatives,
    choose_operating_point,
)
from okng.files import write_atomic

__all__ = [
    "Scores",
    "Validation",
    "alternatives",
    "assess",
    "baselines",
    "check_heatmaps",
    "choose_cases",
    "choose_operating_point",
    "fit_calibration",
    "heat_scale",
    "measure",
    "out_of_fold",
    "robustness",
    "validation_of",
    "write_figures",
    "write_gallery",
    "write_metrics",
    "write_report",
]


def write_metrics(metrics: dict[str, Any], path: Path) -> None:
    """Write `metrics.json`, whole or not at all; a NaN in it is a fault of ours and raises."""
    write_atomic(path, json.dumps(metrics, indent=2, ensure_ascii=False, allow_nan=False) + "\n")

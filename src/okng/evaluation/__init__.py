"""Evaluate: scores of the model file -> metrics with intervals, report. No torch."""

import json
from pathlib import Path

from okng.evaluation.examples import choose_cases, write_gallery
from okng.evaluation.heatmaps import check_heatmaps, heat_scale
from okng.evaluation.metrics.baseline import BaselinePhotos
from okng.evaluation.metrics.calibration import fit_calibration
from okng.evaluation.metrics.document import EvaluationContext, measure, validation_of
from okng.evaluation.plots import write_figures
from okng.evaluation.report import write_report
from okng.evaluation.results import Metrics, Result
from okng.evaluation.results.counts import Leakage
from okng.evaluation.robustness.measure import robustness
from okng.evaluation.scores import Scores
from okng.evaluation.threshold.operating_point import (
    Validation,
    alternatives,
    choose_operating_point,
)
from okng.files import write_atomic

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
    "robustness",
    "validation_of",
    "write_figures",
    "write_gallery",
    "write_metrics",
    "write_report",
]


def write_metrics(metrics: Result, path: Path) -> None:
    """Write results as JSON, whole or not at all."""
    write_atomic(
        path, json.dumps(metrics.plain(), indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    )

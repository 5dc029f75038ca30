"""Evaluate: scores of the model file -> metrics with intervals, report. No torch."""

import json
from pathlib import Path
from typing import Any

from okng.evaluate.assess import assess, validation_of
from okng.evaluate.baseline import baselines
from okng.evaluate.calibration import fit_calibration
from okng.evaluate.figures import write_figures
from okng.evaluate.gallery import choose_cases, write_gallery
from okng.evaluate.heatmaps import check_heatmaps, heat_scale
from okng.evaluate.metrics import measure
from okng.evaluate.operating import Validation, alternatives, choose_operating_point
from okng.evaluate.report import write_report
from okng.evaluate.robustness import robustness
from okng.evaluate.scores import Scores
from okng.evaluate.statistics.out_of_fold import out_of_fold
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

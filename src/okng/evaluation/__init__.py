"""Evaluate: scores of the model file -> metrics with intervals, report. No torch.

Names are imported when they are first used: the station reads results and needs neither matplotlib
nor scikit-learn, which take seconds of its start.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from okng.evaluation.examples import choose_cases, write_gallery
    from okng.evaluation.heatmaps import check_heatmaps, heat_scale
    from okng.evaluation.metrics.baseline import BaselinePhotos
    from okng.evaluation.metrics.calibration import fit_calibration
    from okng.evaluation.metrics.document import EvaluationContext, measure, validation_of
    from okng.evaluation.plots import write_figures
    from okng.evaluation.report import write_report
    from okng.evaluation.results import Metrics
    from okng.evaluation.results.counts import Leakage
    from okng.evaluation.results.writing import write_metrics
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
_MODULES = {
    "examples": ("choose_cases", "write_gallery"),
    "heatmaps": ("check_heatmaps", "heat_scale"),
    "metrics.baseline": ("BaselinePhotos",),
    "metrics.calibration": ("fit_calibration",),
    "metrics.document": ("EvaluationContext", "measure", "validation_of"),
    "plots": ("write_figures",),
    "report": ("write_report",),
    "results": ("Metrics",),
    "results.counts": ("Leakage",),
    "results.writing": ("write_metrics",),
    "scores": ("Scores",),
    "threshold.operating_point": ("Validation", "alternatives", "choose_operating_point"),
}
_PLACES = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> object:
    """A name of this package, from its module."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)

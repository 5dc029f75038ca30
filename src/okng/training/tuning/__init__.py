"""Tuning: many trainings on folds of the same photos, to find the settings that do best.

Optuna draws the settings and stores the study; trials are evaluated here. This package never gets
the test photos of a run.
"""

from okng.training.tuning.folds import FoldedPhotos
from okng.training.tuning.objective import Objective
from okng.training.tuning.plots import write_figures
from okng.training.tuning.space import Space
from okng.training.tuning.storage import (
    find_study,
    open_study,
    shown,
    url_of,
)
from okng.training.tuning.study_identity import identity
from okng.training.tuning.summary import best_settings, summary, trial_table
from okng.training.tuning.trial_runner import Networks
from okng.training.tuning.trials import Limits, Trials, run_trials

__all__ = [
    "FoldedPhotos",
    "Limits",
    "Networks",
    "Objective",
    "Space",
    "Trials",
    "best_settings",
    "find_study",
    "identity",
    "open_study",
    "run_trials",
    "shown",
    "summary",
    "trial_table",
    "url_of",
    "write_figures",
]

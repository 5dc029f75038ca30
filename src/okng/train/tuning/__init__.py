"""Tuning: many trainings on folds of the same photos, to find the settings that do best.

Optuna draws the settings and keeps the study; what a trial is worth is measured here. The test
photos of a run are never among those that this package is given.
"""

from okng.train.tuning.figures import write_figures
from okng.train.tuning.identity import identity
from okng.train.tuning.networks import Networks
from okng.train.tuning.objective import Objective
from okng.train.tuning.photos import FoldedPhotos
from okng.train.tuning.space import Space
from okng.train.tuning.storage import find_study, open_study, shown, url_of
from okng.train.tuning.summary import best_settings, summary, trial_table
from okng.train.tuning.trials import Limits, Trials, run_trials

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

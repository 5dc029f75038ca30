"""Training: decoded photos -> a network and its .pth files. Torch lives here and in `export`."""

from okng.training.artifacts import (
    TrainedModel,
    load_full,
    load_out_of_fold,
    save_full,
    save_out_of_fold,
)
from okng.training.data.axis_alignment import decided_turns
from okng.training.data.draws import photos_of_an_epoch, views_worth_seeing
from okng.training.data.sample_weights import photo_weights
from okng.training.data.samples import Sample, Task
from okng.training.error_mapping import mapped_errors
from okng.training.exclusive import alone
from okng.training.fit import fit
from okng.training.networks.architecture import Architecture
from okng.training.networks.registry import check_name
from okng.training.novelty.kept_measures import KeptMeasures
from okng.training.novelty.mahalanobis import fit_detector
from okng.training.preflight import (
    check_batch,
    check_devices,
    check_settings,
    check_tiles,
)
from okng.training.probe.cross_fit import folds_due
from okng.training.probe.further_features import further_features
from okng.training.probe.kept_features import FeatureBlock, FittedAs, has_features, stored_blocks
from okng.training.probe.logistic_head import Features
from okng.training.probe.refit import Learned, Refitted, refit
from okng.training.time_budget.benchmark import measure
from okng.training.time_budget.planner import (
    Asked,
    Choice,
    Work,
    choose,
    described,
)
from okng.training.trunk_precision.choice import read_choice

__all__ = [
    "Architecture",
    "Asked",
    "Choice",
    "FeatureBlock",
    "Features",
    "FittedAs",
    "KeptMeasures",
    "Learned",
    "Refitted",
    "Sample",
    "Task",
    "TrainedModel",
    "Work",
    "alone",
    "check_batch",
    "check_devices",
    "check_name",
    "check_settings",
    "check_tiles",
    "choose",
    "decided_turns",
    "described",
    "fit",
    "fit_detector",
    "folds_due",
    "further_features",
    "has_features",
    "load_full",
    "load_out_of_fold",
    "mapped_errors",
    "measure",
    "photo_weights",
    "photos_of_an_epoch",
    "read_choice",
    "refit",
    "save_full",
    "save_out_of_fold",
    "stored_blocks",
    "views_worth_seeing",
]

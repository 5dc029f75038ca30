"""Training: decoded photos -> a network and its .pth files. Torch lives here and in `export`."""

from okng.train.alone import alone
from okng.train.architecture import Architecture, check_name
from okng.train.budget import Asked, Choice, Work, choose, described
from okng.train.checks import check_batch, check_devices, check_settings, check_tiles
from okng.train.faults import in_own_words
from okng.train.fit import fit
from okng.train.saved import TrainedModel, load_full, load_unseen
from okng.train.speed import measure
from okng.train.straight import decided_turns
from okng.train.task import Sample, Task
from okng.train.views import photos_of_an_epoch, views_worth_seeing

__all__ = [
    "Architecture",
    "Asked",
    "Choice",
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
    "in_own_words",
    "load_full",
    "load_unseen",
    "measure",
    "photos_of_an_epoch",
    "views_worth_seeing",
]

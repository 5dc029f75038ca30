"""Training: decoded photos -> a network and its .pth files. Torch lives here and in `export`."""

from okng.train.architecture import Architecture, check_name
from okng.train.fit import Sample, Task, fit
from okng.train.saved import TrainedModel, load_full

__all__ = ["Architecture", "Sample", "Task", "TrainedModel", "check_name", "fit", "load_full"]

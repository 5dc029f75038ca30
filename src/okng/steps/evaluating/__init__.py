"""An evaluation of a model file on labelled photos: the task, its checks, its metrics."""

"""Steps of a retraining: reviewed photos join those of a run, and its classifier is fitted again."""

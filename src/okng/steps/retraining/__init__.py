"""Steps of a retraining: reviewed photos join a run, and its classifier is fitted again."""

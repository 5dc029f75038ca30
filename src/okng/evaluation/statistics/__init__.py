"""Statistics that several sections of `metrics.json` share."""

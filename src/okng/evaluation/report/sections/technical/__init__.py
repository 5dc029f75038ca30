"""The technical annex of a report: calibration, comparisons, heatmaps, training."""

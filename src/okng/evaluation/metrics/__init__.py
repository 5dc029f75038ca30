"""Metrics of scored photos: rates with intervals, calibration, agreement, comparisons."""

"""Pages about the line: master parts, bypass, models and thresholds."""

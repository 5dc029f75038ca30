"""One file per check; none knows another. Each takes `Evidence` and gives findings."""

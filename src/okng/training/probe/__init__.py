"""The classifier on frozen features: extraction, whitening, logistic regression, cross-fitting."""

"""Training data: samples, weights, loader, augmentation."""

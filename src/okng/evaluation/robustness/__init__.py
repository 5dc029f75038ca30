"""Scores on changed photos: darker, blurred, noisy, shifted, compressed."""
